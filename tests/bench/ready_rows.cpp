// What PostgreSQL does by itself: COPY of rows that are ready.
#include "sync/postgres/session.hpp"
#include "sync/providers/provider.hpp"
#include "sync/write/table_sql.hpp"
#include "tests/bench/lab.hpp"

#include <exception>
#include <functional>
#include <libpq-fe.h>
#include <memory>
#include <stdexcept>
#include <thread>

namespace callmirror::bench {
namespace {

constexpr std::size_t piece = std::size_t{128} << 10U;

std::string copy_sql() {
    const auto* platform = providers::find_platform("snapcall");
    const auto* resource = providers::find_resource(*platform, "stream_events");
    return write::make_table_sql("snapcall", *resource).copy_table;
}

void copy_one(const std::string& url, std::string_view lines) {
    postgres::session session({.url = url, .statement_limit = std::chrono::seconds(600)});
    session.in_transaction("copy", [&](postgres::transaction& within) {
        auto rest = lines;
        const std::function<std::string_view()> next = [&] {
            const auto some = rest.substr(0, piece);
            rest.remove_prefix(some.size());
            return some;
        };
        within.copy(copy_sql(), next);
    });
}

} // namespace

std::string ready_lines(const lab& from, int account) {
    auto columns = copy_sql();
    columns = columns.substr(columns.find('(') + 1);
    columns.resize(columns.find(')'));
    auto values = columns.substr(columns.find(','));
    // As served: PostgreSQL's own writing of a jsonb has its members sorted and blanks between.
    values.replace(values.rfind("raw"), 3, "served");
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
        PQconnectdb(from.database_url().c_str()), &PQfinish);
    const auto sql = "copy (select 'acme-" + std::to_string(account) + "'" + values +
                     " from snapcall.stream_events join (select id as key, served from "
                     "bench.source) s on key = id where account = 'acme-1' order by id) to stdout";
    PQclear(PQexec(connection.get(), sql.c_str()));
    std::string lines;
    char* line = nullptr;
    for (int size = 0; (size = PQgetCopyData(connection.get(), &line, 0)) > 0; PQfreemem(line)) {
        lines.append(line, static_cast<std::size_t>(size));
    }
    if (lines.empty()) {
        throw std::runtime_error(std::string("copy to stdout: ") +
                                 PQerrorMessage(connection.get()));
    }
    return lines;
}

run_result copy_lines(lab& where, const api_process& idle, const std::vector<std::string>& lines) {
    where.sql_of_copies("truncate snapcall.stream_events");
    return where.measured(idle, [&](run_result&) {
        std::vector<std::thread> threads;
        std::vector<std::exception_ptr> errors(lines.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            threads.emplace_back([&, i] {
                try {
                    copy_one(where.copies_url(), lines[i]);
                } catch (...) {
                    errors[i] = std::current_exception();
                }
            });
        }
        for (auto& each : threads) {
            each.join();
        }
        for (const auto& error : errors) {
            if (error) {
                std::rethrow_exception(error);
            }
        }
    });
}

} // namespace callmirror::bench
