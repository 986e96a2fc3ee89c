#include "tests/simulator/rate_limit.hpp"

#include "tests/simulator/service.hpp"

#include <algorithm>
#include <cmath>

namespace callmirror::simulator {

bool rate_limit::admit(const manners& is, utc_time now) {
    if (is.requests_per_second <= 0) {
        return true;
    }
    const auto full = static_cast<double>(is.burst);
    if (!started_) {
        tokens_ = full;
        filled_ = now;
        started_ = true;
    }
    if (now > filled_) {
        const auto seconds = static_cast<double>((now - filled_).count()) / 1000;
        tokens_ = std::min(full, tokens_ + seconds * is.requests_per_second);
        filled_ = now;
    }
    if (tokens_ < 1) {
        return false;
    }
    tokens_ -= 1;
    return true;
}

void rate_limit::describe(const manners& is, utc_time now, header_list& into) const {
    if (is.rates == rate_headers::none || is.requests_per_second <= 0) {
        return;
    }
    const bool old_style = is.rates == rate_headers::x_ratelimit;
    const std::string prefix = old_style ? "X-RateLimit-" : "RateLimit-";
    const auto full = static_cast<double>(is.burst);
    const auto reset =
        static_cast<std::int64_t>(std::ceil((full - tokens_) / is.requests_per_second));
    const auto moment = (to_ms(now) + is.clock_ahead_ms) / 1000 + reset;
    into.emplace_back(prefix + "Limit", std::to_string(is.burst));
    into.emplace_back(prefix + "Remaining", std::to_string(static_cast<std::int64_t>(tokens_)));
    into.emplace_back(prefix + "Reset", std::to_string(old_style ? moment : reset));
}

response rate_limit::refuse(const manners& is, utc_time now) const {
    auto refusal = error_response(429, "Rate limit exceeded");
    const auto wait = static_cast<std::int64_t>(std::ceil((1 - tokens_) / is.requests_per_second));
    const auto seconds = std::max<std::int64_t>(1, wait);
    if (is.after == retry_after::seconds) {
        refusal.headers.emplace_back("Retry-After", std::to_string(seconds));
    } else if (is.after == retry_after::date) {
        const auto then = now + std::chrono::milliseconds(is.clock_ahead_ms + 1000 * seconds + 999);
        refusal.headers.emplace_back("Retry-After", http_date(then));
    }
    describe(is, now, refusal.headers);
    return refusal;
}

} // namespace callmirror::simulator
