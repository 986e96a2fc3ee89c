// Where a body may hold credentials: one pass over its colons, so that most bodies need not be
// copied. Errs on the side of yes. Remembers names: one thread at a time.
#pragma once

#include "sync/providers/provider.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace callmirror::decode {

// What was found out about names, as a body has the same few again and again. Forgets them all
// where they are too many.
class name_memory {
public:
    template <typename Judge>
    bool tells(std::string_view name, Judge judge) {
        if (name.empty()) {
            return false;
        }
        if (name.size() > longest) {
            return judge(name);
        }
        auto place = place_of(name);
        while (known_[place].size > 0) {
            const auto& known = known_[place];
            if (known.size == name.size() &&
                std::memcmp(known.text.data(), name.data(), name.size()) == 0) {
                return known.tells;
            }
            place = (place + 1) % places;
        }
        if (++count_ > most) {
            known_ = {};
            count_ = 1;
            place = place_of(name);
        }
        auto& added = known_[place];
        added.tells = judge(name);
        added.size = static_cast<std::uint8_t>(name.size());
        std::memcpy(added.text.data(), name.data(), name.size());
        return added.tells;
    }

private:
    static constexpr std::size_t longest = 38;
    static constexpr std::size_t places = 64;
    static constexpr int most = 48; // so that a search ends soon
    static std::size_t place_of(std::string_view name) {
        std::uint64_t mixed = name.size();
        const auto mix = [&](auto word) {
            std::memcpy(&word, name.data(), sizeof word);
            mixed = (mixed ^ word) * 0x9e3779b97f4a7c15U;
            std::memcpy(&word, name.data() + name.size() - sizeof word, sizeof word);
            mixed = (mixed ^ word) * 0x9e3779b97f4a7c15U;
        };
        name.size() >= 8   ? mix(std::uint64_t{})
        : name.size() >= 4 ? mix(std::uint32_t{})
                           : mix(std::uint8_t{});
        return (mixed >> 56U) % places;
    }
    struct judged {
        std::uint8_t size = 0; // 0: a free place
        bool tells = false;
        std::array<char, longest> text{};
    };
    std::array<judged, places> known_{};
    int count_ = 0;
};

class secret_scan {
public:
    // What `rules` views must outlive it.
    explicit secret_scan(const providers::credentials& rules)
        : rules_(rules) {}

    // `parameters`: of links, in plain writing, and nothing else: parameters() are their values.
    enum class found : std::uint8_t { nothing, parameters, more };
    found look_at(std::string_view body);

    // Whether a text that is no JSON has a secret name in quotes before a colon, or is written so
    // that there may be one, or more than plain links.
    bool may_hide_more(std::string_view plain);

    struct span {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    const std::vector<span>& parameters() const { return parameters_; } // of the last body

private:
    bool is_telling(std::string_view name);
    bool see_link(std::string_view body, std::size_t colon);

    const providers::credentials rules_;
    std::vector<span> parameters_;
    name_memory members_, queries_;
};

} // namespace callmirror::decode
