#include "sync/postgres/raw_copy.hpp"

#include <algorithm>
#include <libpq-fe.h>
#include <memory>

namespace callmirror::postgres {
namespace {

using owned_result = std::unique_ptr<PGresult, decltype(&PQclear)>;

constexpr std::size_t most_at_once = std::size_t{1} << 20; // bounds libpq's own buffer

bool send(PGconn* handle, std::string_view text) {
    while (!text.empty()) {
        const auto piece = text.substr(0, most_at_once);
        if (PQputCopyData(handle, piece.data(), static_cast<int>(piece.size())) != 1)
            return false;
        text.remove_prefix(piece.size());
    }
    return true;
}

// The server's last word: reads until it has no more to say.
copy_answer read_answer(PGconn* handle) {
    copy_answer answer;
    while (const owned_result result{PQgetResult(handle), &PQclear}) {
        if (PQresultStatus(result.get()) ==
            PGRES_COPY_IN) // a broken connection answers so for ever
            break;
        if (PQresultStatus(result.get()) == PGRES_COMMAND_OK || !answer.message.empty())
            continue;
        answer.message = PQresultErrorMessage(result.get());
    }
    answer.lost = PQstatus(handle) != CONNECTION_OK;
    return answer;
}

} // namespace

copy_answer send_copy_lines(pg_conn* handle, const std::function<std::string_view()>& lines) {
    bool sent = true;
    try {
        for (auto piece = lines(); sent && !piece.empty(); piece = lines())
            sent = send(handle, piece);
    } catch (...) {
        PQputCopyEnd(handle, "the program gave up");
        read_answer(handle);
        throw;
    }
    if (!sent || PQputCopyEnd(handle, nullptr) != 1)
        return {.lost = true, .message = PQerrorMessage(handle)};
    return read_answer(handle);
}

} // namespace callmirror::postgres
