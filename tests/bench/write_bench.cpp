// How fast the store writes, against PostgreSQL's own COPY of the same lines into the same indexed
// table, in turn within one run. Prints medians and ratios.
//
//   write_bench [ROWS] [ROUNDS] [ROWS A BATCH]
#include "sync/postgres/connect.hpp"
#include "sync/postgres/conninfo.hpp"
#include "sync/postgres/session.hpp"
#include "sync/providers/provider.hpp"
#include "sync/write/batch.hpp"
#include "sync/write/postgres_store.hpp"
#include "tests/support/postgres.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <thread>
#include <vector>

namespace {

using namespace callmirror;
using write::row_batch;

const providers::resource& events() {
    return *providers::find_resource(*providers::find_platform("snapcall"), "stream_events");
}

// A stream event of about 800 bytes as JSON, with its columns.
void add_event(row_batch& batch, const std::string& account, std::int64_t id, std::uint64_t hash) {
    static const std::string words(300, 'w');
    const std::string key = std::to_string(id);
    const std::string stream = std::to_string(id / 20);
    const auto seconds = std::to_string(10 + id % 50);
    const std::string time =
        "2026-03-" + std::to_string(10 + id % 20) + "T10:11:" + seconds + ".000Z";
    const std::string raw =
        R"({"id":)" + key + R"(,"stream_id":)" + stream +
        R"(,"type":"record_end","peer_id":"peer-)" + key +
        R"(","role":"agent","data":{"from":"agent","type":"video","s3Asset":"assets/)" + key +
        R"(/recording.mp4","summary":{"text":")" + words + R"(","status":"done"},"thumbnail":{)" +
        R"("s3Asset":"thumbs/)" + key + R"(.jpg","s3Bucket":"media"},"assemblyTranscriptId":"t-)" +
        key + R"("},"emitted_at":")" + time + R"(","created_at":")" + time +
        R"(","user":{"id":7,"name":"Ada Agent","email":"ada@example.org","settings":{"theme":"dark"},)" +
        R"("avatar_url":"https://cdn.example.org/a/7.png","role":{"id":3,"name":"agent"}},"v":)" +
        std::to_string(hash) + "}";
    const auto begin = batch.lines.size();
    batch.lines += account + '\t' + key + '\t' + std::to_string(static_cast<std::int64_t>(hash)) +
                   '\t' + stream + "\t\\N\trecord_end\t" + time + '\t' + time + "\tpeer-" + key +
                   "\tagent\t7\tAda Agent\tada@example.org\tvideo\tagent\tassets/" + key +
                   "/recording.mp4\t" + words + "\tdone\tthumbs/" + key + ".jpg\tt-" + key + '\t' +
                   write::escape_for_copy(raw) + '\n';
    batch.rows.push_back({key, hash, static_cast<std::uint32_t>(begin),
                          static_cast<std::uint32_t>(batch.lines.size() - begin)});
}

struct measure {
    double seconds = 0;
    double server = 0; // CPU seconds
    double client = 0;
    double wal = 0; // bytes
};

class bench {
public:
    bench(std::int64_t rows, std::int64_t batch_rows)
        : rows_(rows)
        , batch_rows_(batch_rows) {}

    std::vector<row_batch> batches(const std::string& account, std::int64_t changed_percent) const {
        std::vector<row_batch> all;
        for (std::int64_t begin = 0; begin < rows_; begin += batch_rows_) {
            auto& batch = all.emplace_back();
            for (std::int64_t id = begin; id < std::min(rows_, begin + batch_rows_); ++id)
                add_event(batch, account, id,
                          static_cast<std::uint64_t>(id) * 31 +
                              (id * 7 % 100 < changed_percent ? 1 : 0));
        }
        return all;
    }

    measure timed(const std::function<void()>& work) const {
        const auto wal = [&] {
            return std::stod(
                cluster_.value(database_, "select pg_current_wal_insert_lsn() - '0/0'"));
        };
        cluster_.sql(database_, "checkpoint");
        const double wal_before = wal();
        const double server_before = cluster_.cpu_seconds();
        const auto client_before = std::clock();
        const auto before = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
        return {took.count(), cluster_.cpu_seconds() - server_before,
                static_cast<double>(std::clock() - client_before) / CLOCKS_PER_SEC,
                wal() - wal_before};
    }

    // The yardstick: ready lines, sorted, one transaction a batch.
    measure plain_copy(const std::string& account) {
        const auto all = batches(account, 0);
        postgres::session session({.url = cluster_.url(database_)});
        const auto sql = write::make_table_sql("snapcall", events()).copy_table;
        return timed([&] {
            for (const auto& batch : all)
                session.in_transaction("copy", [&](postgres::transaction& within) {
                    bool first = true;
                    within.copy(sql, [&]() -> std::string_view {
                        return std::exchange(first, false) ? std::string_view(batch.lines) : "";
                    });
                });
        });
    }

    measure store(const std::string& account, std::int64_t changed_percent,
                  write::commit_outcome& sum) {
        auto all = batches(account, changed_percent);
        write::postgres_store store({.url = cluster_.url(database_)});
        const auto held = *store.acquire(account, "bench", std::chrono::hours(1)).taken;
        sum = {};
        return timed([&] {
            for (auto& batch : all) {
                write::commit_unit unit;
                unit.holder = held;
                unit.platform = "snapcall";
                unit.table = &events();
                unit.rows = std::move(batch);
                const auto outcome = store.commit(unit);
                sum.inserted += outcome.inserted;
                sum.changed += outcome.changed;
                sum.unchanged += outcome.unchanged;
            }
        });
    }

    void begin() { cluster_.sql(database_, "truncate snapcall.stream_events, callmirror.leases"); }
    // As a mirror in use is: the planner knows of the rows.
    void settle() { cluster_.sql(database_, "vacuum analyze snapcall.stream_events"); }
    std::int64_t rows() const { return rows_; }

private:
    std::int64_t rows_;
    std::int64_t batch_rows_;
    tests::postgres_cluster& cluster_ = tests::postgres_cluster::shared();
    std::string database_ = cluster_.migrated_database();
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

struct result {
    std::vector<double> rate_ratio;
    std::vector<double> server_ratio;
    std::vector<double> rate;
    std::vector<double> server;
    std::vector<double> client;
    std::vector<double> wal;
};

void add(result& to, const measure& it, const measure& copy, double rows) {
    to.rate_ratio.push_back(copy.seconds / it.seconds);
    to.server_ratio.push_back(it.server / copy.server);
    to.rate.push_back(rows / it.seconds);
    to.server.push_back(it.server / rows * 1e6);
    to.client.push_back(it.client / rows * 1e6);
    to.wal.push_back(it.wal / rows);
}

void print(const char* name, const result& it) {
    std::printf("%-24s %10.0f %9.2f %12.2f %11.2f %10.2f %10.1f\n", name, median(it.rate),
                median(it.rate_ratio), median(it.server), median(it.server_ratio),
                median(it.client), median(it.wal));
}

} // namespace

int main(int count, char** arguments) {
    const auto argument = [&](int at, std::int64_t otherwise) {
        return count > at ? std::atoll(arguments[at]) : otherwise;
    };
    bench it(argument(1, 100'000), argument(3, 5'000));
    const auto rounds = argument(2, 5);
    const auto rows = static_cast<double>(it.rows());
    result copies;
    result fresh;
    result unchanged;
    result tenth;
    for (std::int64_t round = 0; round < rounds; ++round) {
        write::commit_outcome sum;
        it.begin();
        const auto copy = it.plain_copy("acme");
        it.begin();
        const auto first = it.store("acme", 0, sum);
        if (sum.inserted != static_cast<std::uint64_t>(it.rows()))
            return 1;
        it.settle();
        const auto again = it.store("acme", 0, sum);
        if (sum.unchanged != static_cast<std::uint64_t>(it.rows()))
            return 1;
        const auto changed = it.store("acme", 10, sum);
        if (sum.changed * 10 != static_cast<std::uint64_t>(it.rows()))
            return 1;
        add(copies, copy, copy, rows);
        add(fresh, first, copy, rows);
        add(unchanged, again, copy, rows);
        add(tenth, changed, copy, rows);
    }
    std::printf("%-24s %10s %9s %12s %11s %10s %10s\n", "", "rows/s", "to COPY", "server us/row",
                "to COPY", "client us", "WAL B/row");
    print("COPY of ready lines", copies);
    print("store, all new", fresh);
    print("store, unchanged", unchanged);
    print("store, 10 % changed", tenth);
    return 0;
}
