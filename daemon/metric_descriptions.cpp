#include "daemon/metrics.hpp"

#include <array>

namespace callmirror::daemon {
namespace {

constexpr auto counter = metric_kind::counter;
constexpr auto gauge = metric_kind::gauge;
constexpr auto histogram = metric_kind::histogram;

constexpr std::string_view list = "account, resource, company";

constexpr std::array all{
    metric_description{"callmirror_build_info", gauge, "version", "1, for the version that runs."},
    metric_description{"callmirror_database_up", gauge, "",
                       "1 while the database is in reach and its schema is the right one."},
    metric_description{"callmirror_database_queue_jobs", gauge, "",
                       "Database jobs that wait for a connection."},
    metric_description{"callmirror_account_state", gauge, "account, state",
                       "1 for the state the account is in, 0 for the others."},
    metric_description{"callmirror_pace_requests_per_second", gauge, "account",
                       "Requests a second that the API gets at most, as learnt from its answers."},
    metric_description{"callmirror_pace_limit_requests_per_second", gauge, "account",
                       "The configured upper bound of the pace."},
    metric_description{"callmirror_requests_total", counter,
                       "account, resource, company, outcome, code",
                       "Requests to the API, retries included, by what came of them."},
    metric_description{"callmirror_received_bytes_total", counter, list,
                       "Bytes of the API's answers, decompressed, without headers."},
    metric_description{"callmirror_request_duration_seconds", histogram, list,
                       "Time from sending a request to the end of its answer."},
    metric_description{
        "callmirror_decode_queue_bytes", gauge, "account",
        "Bytes of answers that wait to be decoded; while they are many, nothing is asked for."},
    metric_description{"callmirror_decode_duration_seconds", histogram, list,
                       "Time to decode an answer, waiting for the thread that does included."},
    metric_description{"callmirror_commit_duration_seconds", histogram, list,
                       "Time to commit a batch, waiting for a connection included."},
    metric_description{
        "callmirror_freshness_seconds", gauge, list,
        "Age of the last complete read of the newest records, or of all of a list without "
        "time axis; +Inf before it."},
    metric_description{"callmirror_last_read_timestamp_seconds", gauge, list,
                       "When any slice was last read whole by this process, since 1970."},
    metric_description{"callmirror_backfill_share_ratio", gauge, list,
                       "Share of the planned history that has been read, 0 to 1."},
    metric_description{"callmirror_history_complete", gauge, list,
                       "1 when nothing older than what is planned is to be expected."},
    metric_description{"callmirror_slices", gauge, "account, resource, company, state",
                       "Slices of history: failing, unread, due again, or current."},
    metric_description{"callmirror_records_total", counter, list,
                       "Records that the API served, repeated reads included."},
    metric_description{"callmirror_rows_total", counter, "account, resource, company, outcome",
                       "Records that reached the database, by what became of them."},
    metric_description{"callmirror_field_changes_total", counter,
                       "account, resource, company, change",
                       "Fields of the API's records that changed: see callmirror fields."},
    metric_description{"callmirror_misfit_values_total", counter, list,
                       "Values that did not fit their column and are null there."},
    metric_description{"callmirror_read_failures_total", counter, list,
                       "Reads of a slice that came to nothing after all retries."},
    metric_description{"callmirror_held_deletes_total", counter, list,
                       "Deletions that a read found and held back, as they were too many at once."},
    metric_description{"callmirror_waiting_deletes", gauge, list,
                       "Deletions that are held back and wait for a word."},
    metric_description{"callmirror_failing", gauge, list,
                       "1 while the last read of the list failed."},
    metric_description{"callmirror_set_aside", gauge, list,
                       "1 while the list is not read because the key may not read it."},
    metric_description{"process_cpu_seconds_total", counter, "",
                       "Total user and system CPU time spent in seconds."},
    metric_description{"process_resident_memory_bytes", gauge, "",
                       "Resident memory size in bytes."},
    metric_description{"process_virtual_memory_bytes", gauge, "", "Virtual memory size in bytes."},
    metric_description{"process_threads", gauge, "", "Threads of the process."},
    metric_description{"process_open_fds", gauge, "", "Number of open file descriptors."},
    metric_description{"process_max_fds", gauge, "", "Maximum number of open file descriptors."},
    metric_description{"process_start_time_seconds", gauge, "",
                       "Start time of the process since 1970 in seconds."},
};

} // namespace

std::span<const metric_description> metric_descriptions() {
    return all;
}

} // namespace callmirror::daemon
