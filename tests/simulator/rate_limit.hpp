// A key's token bucket as a server keeps it, and what it tells about it. Pure.
#pragma once

#include "tests/simulator/manners.hpp"
#include "tests/simulator/message.hpp"

namespace callmirror::simulator {

class rate_limit {
public:
    // Takes a token for a request at `now`. False: there is none, the answer is a 429.
    bool admit(const manners& is, utc_time now);
    // X-RateLimit-* or RateLimit-*, if these manners have them.
    void describe(const manners& is, utc_time now, header_list& into) const;
    // The 429 with its Retry-After.
    response refuse(const manners& is, utc_time now) const;

private:
    double tokens_ = 0;
    bool started_ = false;
    utc_time filled_{};
};

} // namespace callmirror::simulator
