// Dates of the API, of HTTP and of the configuration, and durations.
#include "config/values.hpp"
#include "sync/base/time.hpp"
#include "sync/decode/timestamp.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace callmirror::fuzz {
namespace {

using std::chrono::milliseconds;

void try_text(std::string_view text) {
    const auto time = parse_time(text);
    if (time) {
        require(parse_time(format_utc(*time)) == time, "a time survives its text", text);
        require(!parse_http_date(text), "no time is an HTTP date, too", text);
    }
    if (const auto date = parse_http_date(text)) {
        require(parse_time(format_utc(*date)) == date, "an HTTP date survives its text", text);
    }
    if (const auto duration = config::parse_duration(text)) {
        require(config::parse_duration(config::duration_text(*duration)) == duration,
                "a duration survives its text", text);
    }
}

void try_timestamp(std::string_view text) {
    decode::byte_buffer to;
    if (!decode::append_timestamp(to, text)) {
        require(to.size() == 0, "nothing is appended for what is no time", to.view());
        require(!parse_time(text), "what is a time is a timestamp", text);
        return;
    }
    const std::string shown{to.view()};
    require(shown.size() >= 20 && shown.size() <= 27 && shown.ends_with('Z'),
            "a timestamp is RFC 3339 in UTC", shown);
    const auto meant = parse_time(shown);
    require(meant.has_value(), "a timestamp is a time", shown);
    require(!parse_time(text) || parse_time(text) == meant, "it is the time that was said", text);
    decode::byte_buffer again;
    require(decode::append_timestamp(again, shown) && again.view() == shown,
            "a timestamp stays as it is", shown);
}

// Any number of milliseconds, the ends of time among them.
void try_number(std::string_view text) {
    std::int64_t count = 0;
    if (!text.empty()) { // its data() may be none
        std::memcpy(&count, text.data(), std::min(sizeof count, text.size()));
    }
    const utc_time time{milliseconds{count}};
    const std::string shown = format_utc(time);
    require(shown.size() == 24 && parse_time(shown).has_value(), "any time can be shown", shown);
    require(floor_day(time) <= time, "midnight comes before", shown);
    require(parse_time(shown) != time || floor_day(floor_day(time)) == floor_day(time),
            "midnight is midnight", shown);
    require(is_safe_line(format_duration(milliseconds{count})), "any duration can be shown");
}

} // namespace
} // namespace callmirror::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    const fuzz::input in{data, size};
    fuzz::try_text(in.rest());
    fuzz::try_timestamp(in.rest());
    fuzz::try_number(in.rest());
    return 0;
}
