// How the world's records are called: ids, tokens, and which record a path's key means.
#include "tests/simulator/chance.hpp"
#include "tests/simulator/keys.hpp"
#include "tests/simulator/world.hpp"

#include <algorithm>
#include <charconv>

namespace callmirror::simulator {
namespace {

// Each resource counts its ids from here, as a platform that has lived for a while does.
constexpr std::array<std::int64_t, resource_count> first_ids{
    4'100'001, 700'001, 1, 810'001, 90'000'001, 301, 5'001, 41, 1, 901, 61, 401, 71, 5'001};

std::optional<std::int64_t> integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<std::size_t> world::company_index(std::string_view company_id) const {
    const auto id = integer(company_id);
    const auto found = std::ranges::find(options_.company_ids, id.value_or(-1));
    return found == options_.company_ids.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - options_.company_ids.begin()));
}

std::int64_t world::id_of(resource of, ordinal which) const {
    return first_ids[static_cast<std::size_t>(of)] + options_.first_id + which;
}

std::optional<ordinal> world::find(resource of, std::int64_t id) const {
    const auto first = first_ids[static_cast<std::size_t>(of)] + options_.first_id;
    const bool given_out =
        id >= first && static_cast<std::uint64_t>(id - first) < created_count(of);
    return given_out ? std::optional(static_cast<ordinal>(id - first)) : std::nullopt;
}

std::string world::token(resource of, ordinal which) const {
    return token_of(mix(seed_, static_cast<std::uint64_t>(of)), which);
}

std::string world::key_text(resource of, ordinal which) const {
    const auto salt = mix(seed_, static_cast<std::uint64_t>(of));
    switch (of) {
    case resource::partner_stats:
        return format_day(from_ms(at(of, which).created));
    case resource::booking_pages:
        return uuid_of(salt, which);
    case resource::buttons:
    case resource::invites:
        return token_of(salt, which);
    case resource::agents:
        return "agent" + std::to_string(which + 1) + "@company.example";
    default:
        return std::to_string(id_of(of, which));
    }
}

std::optional<ordinal> world::find_key(resource of, std::string_view key) const {
    const auto salt = mix(seed_, static_cast<std::uint64_t>(of));
    std::optional<ordinal> found;
    if (of == resource::booking_pages) {
        found = number_of_uuid(salt, key);
    } else if (of == resource::buttons || of == resource::invites) {
        found = number_of_token(salt, key);
    } else if (of == resource::streams) { // its path takes the token
        found = number_of_token(salt, key);
    } else if (of == resource::agents) {
        for (ordinal i = 0; i < created_count(of) && !found; ++i) {
            found = key_text(of, i) == key ? std::optional(i) : std::nullopt;
        }
    } else if (const auto id = integer(key)) {
        found = find(of, *id);
    }
    return found && *found < created_count(of) ? found : std::nullopt;
}

} // namespace callmirror::simulator
