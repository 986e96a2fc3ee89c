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

// What was found out about the last names, as a body has the same few again and again.
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
        auto& known = known_[place_of(name)];
        if (known.size != name.size() ||
            std::memcmp(known.text.data(), name.data(), name.size()) != 0) {
            known.tells = judge(name);
            known.size = static_cast<std::uint8_t>(name.size());
            std::memcpy(known.text.data(), name.data(), name.size());
        }
        return known.tells;
    }

private:
    static constexpr std::size_t longest = 38;
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
        return mixed >> 56U;
    }
    struct judged {
        std::uint8_t size = 0;
        bool tells = false;
        std::array<char, longest> text{};
    };
    std::array<judged, 256> known_{};
};

class secret_scan {
public:
    // What `rules` views must outlive it.
    explicit secret_scan(const providers::credentials& rules)
        : rules_(rules) {}

    // `parameters`: of links, in plain writing, and nothing else: parameters() are their values.
    enum class found : std::uint8_t { nothing, parameters, more };
    found look_at(std::string_view body);

    struct span {
        std::size_t begin = 0;
        std::size_t end = 0;
    };
    const std::vector<span>& parameters() const { return parameters_; } // of the last body

private:
    bool is_telling(std::string_view name);
    bool see_link(std::string_view body, std::size_t begin, std::size_t end);

    const providers::credentials rules_;
    std::vector<span> parameters_;
    name_memory members_, queries_;
};

} // namespace callmirror::decode
