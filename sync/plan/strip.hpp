// A row of slices as it looks from afar: a few cells, each as bad as the worst slice in it.
// Pure.
#pragma once

#include "sync/plan/slice.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace callmirror::plan {

// By what is to be done with them; a slice is in the first that fits.
enum class slice_state : std::uint8_t {
    failing, // the last tries to read it came to nothing
    unread,
    due,    // read, and to be read again
    current // read, and not due yet
};
inline constexpr std::size_t slice_states = 4;

slice_state state_of(const slice& which, utc_time now);

struct strip_cell {
    slice_state state = slice_state::current;
    std::optional<utc_time> read_at{}; // the oldest last read in it; none: never
    bool operator==(const strip_cell&) const = default;
};

// From the oldest slice to now, in equal parts.
struct history_strip {
    utc_time from{};
    utc_time to{};
    std::vector<strip_cell> cells{}; // empty: no time axis, or nothing planned yet
    // Slices by state, the head aside.
    std::array<std::size_t, slice_states> slices{};
};

// `slices` as a timeline has them: oldest first, without gap. `cells` > 0.
history_strip strip_of(const std::vector<slice>& slices, utc_time now, std::size_t cells = 96);

} // namespace callmirror::plan
