// Which of the waiting kinds of work gets an account's next request: the head first, then suspects,
// then what was never read, then what is due; with a floor for each, so that none starves.
// Pure; not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace callmirror::plan {

enum class work : std::uint8_t { head, suspect, backfill, due };
inline constexpr std::size_t kinds_of_work = 4;

class work_order {
public:
    // `waiting[k]`: there is a request of kind k to be sent. nullopt where none is.
    // A kind that has waited while `floor_every` requests went to others comes first.
    std::optional<work> next(const std::array<bool, kinds_of_work>& waiting);

    static constexpr std::uint32_t floor_every = 16;

private:
    std::array<std::uint32_t, kinds_of_work> passed_over_{};
};

} // namespace callmirror::plan
