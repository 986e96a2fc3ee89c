#include "tests/bench/lab.hpp"

#include "tests/support/process.hpp"

#include <pqxx/pqxx>

#include <fstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace callmirror::bench {
namespace {

// As a server is run, but for autovacuum: it would add its own work to one side or the other.
const std::vector<std::string> server_settings{"fsync = on",
                                               "shared_buffers = '1GB'",
                                               "max_wal_size = '32GB'",
                                               "checkpoint_timeout = '1h'",
                                               "autovacuum = off",
                                               "track_activities = on"};

std::string account_name(int number) {
    return "acme-" + std::to_string(number);
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

} // namespace

lab::lab(std::string bin, std::string directory)
    : bin_(std::move(bin))
    , directory_(std::move(directory))
    , cluster_(server_settings)
    , database_(cluster_.migrated_database())
    , copies_(cluster_.migrated_database()) {
    sql("create schema bench; "
        "create table bench.source (id bigint primary key, record jsonb not null, "
        "served text not null)");
}

double lab::number(const std::string& sql) const {
    return std::stod(cluster_.value(database_, sql));
}

void lab::configure(const api_process& from, const mirror_settings& wanted) {
    const auto key_file = directory_ + "/api.key";
    std::ofstream(key_file) << api_key << '\n';
    ::chmod(key_file.c_str(), 0600);
    std::ofstream file(directory_ + "/callmirror.toml");
    file << "[database]\nurl = \"" << database_url() << "\"\n[sync]\npoll_interval = \""
         << wanted.poll_interval << "\"\n[http]\nlisten = \"\"\n";
    for (int i = 1; i <= wanted.accounts; ++i) {
        file << "[[accounts]]\nname = \"" << account_name(i) << "\"\nbase_url = \"" << from.url()
             << "\"\nca_file = \"" << from.ca_file() << "\"\napi_key_file = \"" << key_file
             << "\"\ncompanies = [123]\nresources = [" << wanted.resources
             << "]\nrequests_per_second = " << std::to_string(wanted.requests_per_second)
             << "\nmax_in_flight = " << wanted.max_in_flight << '\n';
        if (!wanted.history_start.empty()) {
            file << "history_start = " << wanted.history_start << '\n';
        }
    }
}

std::vector<std::string> lab::words(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all{program()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.insert(all.end(), {"--config", directory_ + "/callmirror.toml"});
    return all;
}

run_result lab::run_words(const api_process& from, const std::vector<std::string>& words) {
    auto made = measured(from, [&](run_result& result) {
        const auto process = tests::spawn(words, log_of_program(), "/");
        int status = 0;
        rusage used{};
        if (::wait4(process, &status, 0, &used) != process) {
            throw std::runtime_error("wait4 failed");
        }
        result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        result.cpu_seconds = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
        result.peak_mib = static_cast<double>(used.ru_maxrss) / 1024;
    });
    if (made.status != 0) {
        throw std::runtime_error(words.front() + " ended with " + std::to_string(made.status) +
                                 "; see " + log_of_program());
    }
    return made;
}

void lab::empty_mirror() const {
    sql("do $$ declare name text; begin "
        "for name in select format('%I.%I', schemaname, tablename) from pg_tables "
        "where schemaname in ('callmirror', 'snapcall') and tablename <> 'migrations' loop "
        "execute 'truncate ' || name; end loop; end $$");
}

std::size_t lab::learn_source(const api_process& from, std::size_t first) const {
    pqxx::connection connection(cluster_.socket_url(database_));
    pqxx::work work(connection);
    if (first == 0) {
        work.exec("truncate bench.source");
    }
    work.exec("create temporary table dump (line json) on commit drop");
    constexpr std::size_t part = 100'000;
    std::size_t last = first; // where the last part began
    for (std::size_t at_record = first;; at_record += part) {
        const auto lines =
            from.get("/_simulator/records/stream_events?first=" + std::to_string(at_record) +
                     "&count=" + std::to_string(part));
        if (lines.empty()) {
            break;
        }
        last = at_record;
        pqxx::stream_to to(work, "dump");
        for (std::size_t at = 0; at < lines.size();) {
            const auto end = lines.find('\n', at);
            to << std::make_tuple(lines.substr(at, end - at));
            at = end + 1;
        }
        to.complete();
    }
    work.exec("insert into bench.source select (line->>'key')::bigint, (line->'record')::jsonb, "
              "(line->'record')::text from dump order by 1 on conflict do nothing");
    work.commit();
    sql("analyze bench.source");
    return last;
}

void lab::count_differences(const std::string& join, const std::string& account) const {
    const auto wrong =
        number("select count(*) from bench.source s " + join +
               " join (select * from snapcall.stream_events where account = '" + account +
               "') m on m.id = s.id where m.id is null or s.id is null or m.deleted_at is not null "
               "or m.raw <> s.record or m.type is distinct from s.record->>'type' "
               "or m.stream_id is distinct from (s.record->>'stream_id')::bigint "
               "or m.created_at is distinct from (s.record->>'created_at')::timestamptz");
    if (wrong != 0) {
        throw std::runtime_error("the mirror of " + account + " differs from its source in " +
                                 std::to_string(wrong) + " records");
    }
}

double lab::check(int accounts) const {
    for (int i = 1; i <= accounts; ++i) {
        count_differences("full", account_name(i));
    }
    if (number("select count(*) from callmirror.rejected") != 0) {
        throw std::runtime_error("records were rejected");
    }
    return number("select count(*) from bench.source");
}

double lab::check_part() const {
    count_differences("right", account_name(1));
    return number("select count(*) from snapcall.stream_events");
}

} // namespace callmirror::bench
