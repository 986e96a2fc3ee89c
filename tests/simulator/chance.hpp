// Chance that is decided by a seed alone: the same numbers in every build and with every standard
// library. (The distributions of <random> differ; so none of them is used here.)
#pragma once

#include <cmath>
#include <cstdint>

namespace callmirror::simulator {

// Scatters 64 bits (the finalizer of splitmix64): equal in, equal out; near in, far out.
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15ULL;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

// Several numbers, of any integer type, scattered into one.
template <typename Next, typename... More>
constexpr std::uint64_t mix(std::uint64_t x, Next y, More... more) {
    return mix(mix(x) ^ static_cast<std::uint64_t>(y), more...);
}

// A stream of numbers from one seed.
class chance {
public:
    explicit constexpr chance(std::uint64_t seed)
        : state_(seed) {}

    constexpr std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15ULL); }
    // 0 to n - 1; n is at least 1.
    constexpr std::uint64_t below(std::uint64_t n) { return next() % n; }
    // 0 up to, not including, 1.
    constexpr double real() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
    constexpr bool happens(double probability) { return real() < probability; }
    double exponential(double mean) { return -mean * std::log1p(-real()); }

    // How many arrivals where `mean` are expected.
    std::uint64_t poisson(double mean) {
        if (mean > 40) {
            const double spread =
                std::sqrt(-2 * std::log1p(-real())) * std::cos(6.283185307 * real());
            const double value = mean + std::sqrt(mean) * spread + 0.5;
            return value < 0 ? 0 : static_cast<std::uint64_t>(value);
        }
        const double limit = std::exp(-mean);
        std::uint64_t count = 0;
        for (double product = real(); product > limit; product *= real()) {
            ++count;
        }
        return count;
    }

private:
    std::uint64_t state_;
};

} // namespace callmirror::simulator
