// How fast rows come into the mirror, against what PostgreSQL and the API allow by themselves.
#include "tests/bench/measurements.hpp"
#include "tests/bench/page_reader.hpp"

#include <stdexcept>

namespace callmirror::bench {
namespace {

const std::vector<std::string> backfill{"backfill", "--progress", "none"};
const std::vector<std::string> backfill_again{"backfill", "--again", "--progress", "none"};

result compared(std::string what, const std::vector<double>& ours,
                const std::vector<double>& theirs, const std::string& unit,
                const std::string& theirs_are, double at_least) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        ratios.push_back(ours[i] / theirs[i]);
    }
    const auto ratio = median(ratios);
    return {.what = std::move(what),
            .measured = grouped(median(ours)) + ' ' + unit,
            .against = theirs_are + ' ' + grouped(median(theirs)),
            .ratio = ratio,
            .bar = at_least > 0 ? ">= " + with_digits(at_least, 2) : "",
            .good = ratio >= at_least};
}

std::vector<std::string> words_of_people(const lab& in, const api_process& from, const plan& as) {
    return {"env",
            "DATABASE_URL=" + in.database_url(),
            "API_URL=" + from.url(),
            std::string("API_KEY=") + api_key,
            "NODE_EXTRA_CA_CERTS=" + from.ca_file(),
            "node",
            as.people_script};
}

// How the script's rows a second compare with ours.
double rate_of_people(lab& in, const api_process& from, const plan& as, double rows) {
    in.sql("drop schema if exists people cascade; create schema people; "
           "create table people.stream_events (id bigint primary key, stream_id bigint, type text, "
           "emitted_at timestamptz, created_at timestamptz, raw jsonb); "
           "create index on people.stream_events (created_at); "
           "create index on people.stream_events (stream_id)");
    const auto took = in.run_words(from, words_of_people(in, from, as));
    if (in.number("select count(*) from people.stream_events p join bench.source s "
                  "on s.id = p.id and s.record = p.raw") != rows) {
        throw std::runtime_error("the script's table differs from the source");
    }
    in.sql("drop schema people cascade");
    return rows / took.seconds;
}

std::vector<std::string> targets_of(const api_process& from) {
    std::vector<std::string> targets;
    for (const auto& each : from.log()) {
        if (each.target.find("/stream-events?") != std::string::npos) {
            targets.push_back(each.target);
        }
    }
    return targets;
}

// Each tenth record gets another peer_id.
void change_a_tenth(const lab& in, const api_process& from, int round) {
    const auto orders = in.cluster().value(
        in.database(),
        "select json_agg(json_build_object('do', 'replace', 'resource', 'stream_events', 'id', id, "
        "'text', jsonb_set(record, '{peer_id}', '\"changed-" +
            std::to_string(round) +
            "\"')::text)) from bench.source where id % 10 = " + std::to_string(round % 10));
    from.post("/_simulator/mutate", orders);
}

// Of each round: rows a second, and microseconds of CPU a row.
struct backfill_figures {
    std::vector<double> ours, copy, people;
    std::vector<double> cpu, server, server_of_copy, api;
};

void tell(const backfill_figures& seen, result_table& into) {
    into.add(compared("fresh backfill, TLS + gzip, 1 writer", seen.ours, seen.copy, "rows/s", "L1",
                      0.80));
    const auto each = median(seen.cpu);
    into.add({.what = "CPU of callmirror a row, fresh, gzip",
              .measured = with_digits(each, 2) + " us",
              .against = "API " + with_digits(median(seen.api), 1) + " us",
              .bar = "<= 6.5 us",
              .good = each <= 6.5});
    auto of_server = compared("CPU of PostgreSQL a row, fresh", seen.server, seen.server_of_copy,
                              "us", "COPY", 0);
    of_server.measured = with_digits(median(seen.server), 1) + " us";
    of_server.against = "COPY " + with_digits(median(seen.server_of_copy), 1) + " us";
    of_server.bar = "<= 1.15";
    of_server.good = *of_server.ratio <= 1.15;
    into.add(of_server);
    if (!seen.people.empty()) {
        into.add(compared("fresh backfill", seen.ours, seen.people, "rows/s", "Node script", 0));
    }
}

} // namespace

void measure_backfill(lab& in, const api_process& from, const plan& as, result_table& into) {
    in.empty_mirror();
    in.configure(from, {});
    in.run(from, backfill);
    const auto rows = in.check();
    const std::vector<std::string> lines{ready_lines(in, 1)};
    backfill_figures seen;
    for (int round = 0; round < as.rounds; ++round) {
        const auto plain = copy_lines(in, from, lines);
        seen.copy.push_back(rows / plain.seconds);
        seen.server_of_copy.push_back(plain.server_seconds / rows * 1e6);
        in.empty_mirror();
        const auto fresh = in.run(from, backfill);
        in.check();
        seen.ours.push_back(rows / fresh.seconds);
        seen.cpu.push_back(fresh.cpu_seconds / rows * 1e6);
        seen.server.push_back(fresh.server_seconds / rows * 1e6);
        seen.api.push_back(fresh.api_seconds / rows * 1e6);
        if (!as.people_script.empty()) {
            seen.people.push_back(rate_of_people(in, from, as, rows));
        }
    }
    tell(seen, into);
}

void measure_two_writers(lab& in, const api_process& from, const plan& as, result_table& into) {
    in.configure(from, {.accounts = 2});
    const std::vector<std::string> lines{ready_lines(in, 1), ready_lines(in, 2)};
    std::vector<double> ours;
    std::vector<double> copy;
    for (int round = 0; round < as.rounds; ++round) {
        const auto plain = copy_lines(in, from, lines);
        in.empty_mirror();
        const auto fresh = in.run(from, backfill);
        const auto rows = 2 * in.check(2);
        copy.push_back(rows / plain.seconds);
        ours.push_back(rows / fresh.seconds);
    }
    into.add(compared("the same, 2 writers (2 accounts)", ours, copy, "rows/s", "L2", 0.75));
    in.sql_of_copies("truncate snapcall.stream_events");
}

void measure_reading_again(lab& in, const api_process& from, const plan& as, result_table& into) {
    in.empty_mirror();
    in.configure(from, {});
    in.run(from, backfill);
    in.sql("vacuum analyze snapcall.stream_events");
    in.run(from, backfill_again); // neighbours are joined; the API has its pages ready
    const auto rows = in.check();
    std::vector<double> ours;
    std::vector<double> bare;
    std::vector<double> cpu;
    std::vector<double> wal;
    const std::string last_change = "select extract(epoch from max(changed_at)) "
                                    "from snapcall.stream_events";
    const auto changed_before = in.number(last_change);
    for (int round = -1; round < as.rounds; ++round) { // the first to warm up
        const auto pages = read_pages(from, targets_of(from), 4);
        from.clear_log();
        const auto again = in.run(from, backfill_again);
        in.check();
        if (in.number(last_change) != changed_before) {
            throw std::runtime_error("reading unchanged history again has written rows");
        }
        if (round >= 0) {
            bare.push_back(static_cast<double>(pages.records) / pages.seconds);
            ours.push_back(rows / again.seconds);
            cpu.push_back(again.cpu_seconds / rows * 1e6);
            wal.push_back(again.wal_bytes / rows);
        }
    }
    into.add(
        compared("re-read of unchanged history (" + with_digits(median(cpu), 2) + " us CPU a row)",
                 ours, bare, "rows/s", "L0", 0.85));
    into.add({.what = "WAL of such a re-read",
              .measured = with_digits(median(wal), 2) + " bytes a row, no row written",
              .against = "",
              .bar = "< 0.1",
              .good = median(wal) < 0.1});
}

// A re-read of which a tenth goes to the database.
void measure_changes(lab& in, const api_process& from, const plan& as, result_table& into) {
    in.empty_mirror();
    in.configure(from, {});
    in.run(from, backfill);
    in.sql("vacuum analyze snapcall.stream_events");
    from.clear_log();
    in.run(from, backfill_again);
    const auto rows = in.check();
    const auto targets = targets_of(from);
    const std::vector<std::string> lines{ready_lines(in, 1)};
    std::vector<double> tenth;
    std::vector<double> copy;
    for (int round = 0; round < as.rounds; ++round) {
        change_a_tenth(in, from, round);
        in.learn_source(from);
        read_pages(from, targets, 4); // the API has its pages ready
        copy.push_back(rows / copy_lines(in, from, lines).seconds);
        tenth.push_back(rows / in.run(from, backfill_again).seconds);
        in.check();
    }
    into.add(compared("re-read with 10 % changed", tenth, copy, "rows/s", "L1", 1.5));
}

} // namespace callmirror::bench
