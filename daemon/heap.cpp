#include "daemon/heap.hpp"

#include <malloc.h>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr auto looked_every = 60s;
constexpr std::size_t worth_giving_back = std::size_t{32} << 20U;
constexpr std::size_t kept = std::size_t{4} << 20U; // for the next pages

constexpr int large = 2 << 20;
constexpr int kept_at_the_end = 16 << 20;

} // namespace

void give_back_large_pieces() {
    // NOLINTBEGIN(concurrency-mt-unsafe): there is one thread by now
    ::mallopt(M_MMAP_THRESHOLD, large); // no longer moved by glibc
    ::mallopt(M_TRIM_THRESHOLD, kept_at_the_end);
    // NOLINTEND(concurrency-mt-unsafe)
}

void heap_keeper::tend(steady_time now) {
    if (now < next_) {
        return;
    }
    next_ = now + looked_every;
    if (::mallinfo2().fordblks > worth_giving_back) {
        ::malloc_trim(kept);
    }
}

} // namespace callmirror::daemon
