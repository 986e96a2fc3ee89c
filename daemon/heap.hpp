// Gives memory back to the system that a burst has taken: the start of a thousand accounts, a page
// of 30 MB. glibc keeps freed pieces between those in use for good.
#pragma once

#include "sync/base/time.hpp"

namespace callmirror::daemon {

class heap_keeper {
public:
    // Looks once a minute, and acts where much of the heap is free. Any thread, one at a time.
    void tend(steady_time now);

private:
    steady_time next_{0};
};

} // namespace callmirror::daemon
