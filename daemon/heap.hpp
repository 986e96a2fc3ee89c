// Keeps the heap from growing over what is in use: glibc holds on to freed pieces between those in
// use, and takes ever larger ones from there once large ones were freed.
#pragma once

#include "sync/base/time.hpp"

namespace callmirror::daemon {

// Batches of rows, and whatever else takes megabytes, go back to the system when they are freed.
// Once, before any other thread runs. A fifth less memory in a backfill, for half a microsecond a
// row.
void give_back_large_pieces();

// Gives back what a burst has taken in small pieces: the start of a thousand accounts.
class heap_keeper {
public:
    // Looks once a minute, and acts where much of the heap is free. Any thread, one at a time.
    void tend(steady_time now);

private:
    steady_time next_{0};
};

} // namespace callmirror::daemon
