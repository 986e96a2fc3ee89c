// What the benchmark measures; each adds its lines to the table. Every measured run is followed by
// a comparison of the mirror with its source, and a difference ends the benchmark.
#pragma once

#include "tests/bench/lab.hpp"
#include "tests/bench/result_table.hpp"

#include <string>

namespace callmirror::bench {

struct plan {
    int rounds = 5;
    double rows = 150'000;     // of the main world; the large one has four times as many
    std::string people_script; // as_people_write_it.mjs beside its modules; "" leaves it out
};

// Rows a second into an empty mirror, with one writer and with two.
void measure_backfill(lab& in, const api_process& from, const plan& as, result_table& into);
void measure_two_writers(lab& in, const api_process& from, const plan& as, result_table& into);
void measure_changes(lab& in, const api_process& from, const plan& as, result_table& into);

// With four times as many rows: what begins and ends a run would count too much.
void measure_reading_again(lab& in, const api_process& from, const plan& as, result_table& into);
// A far API, and one that limits.
void measure_latency(lab& in, const api_process& from, const plan& as, result_table& into);
void measure_rate_limit(lab& in, const api_process& from, const plan& as, result_table& into);
// New records while history is read at full speed.
void measure_freshness(lab& in, const api_process& from, const plan& as, result_table& into);
void measure_start(lab& in, const api_process& from, const plan& as, result_table& into);
// A year of calls: the real program, and the planner alone.
void count_requests(lab& in, double calls_a_day, result_table& into);
void count_requests_of_model(result_table& into);

// The long ones.
void measure_growth(lab& in, double few, double many, result_table& into);
void measure_many_accounts(lab& in, int accounts, result_table& into);

} // namespace callmirror::bench
