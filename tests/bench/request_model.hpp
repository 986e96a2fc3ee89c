// How many requests a year of history and each day after it take, by the program's own planner and
// paginator on a list whose records come evenly. No API, no clock: a year of 18 million calls takes
// a moment.
#pragma once

namespace callmirror::bench {

struct model_result {
    double rows = 0;
    double requests = 0;       // of the backfill
    double due_each_day = 0;   // reading again, from the 30th to the 60th day after it
    double heads_each_day = 0; // polls
};

// `records_a_day` for 365 days; the head is polled every 30 s, pages hold 100.
model_result requests_for(double records_a_day);

} // namespace callmirror::bench
