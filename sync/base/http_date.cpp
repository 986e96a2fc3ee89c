#include "sync/base/text.hpp"
#include "sync/base/time.hpp"
#include "sync/base/time_reader.hpp"

#include <array>
#include <string_view>

namespace callmirror {
namespace {

constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> day_names{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 7> short_day_names{"Sun", "Mon", "Tue", "Wed",
                                                          "Thu", "Fri", "Sat"};

struct http_date {
    int year = 0;
    int month = 0; // from 0
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;

    bool take_clock(reader& from) {
        return from.take_number(2, hour) && from.take(':') && from.take_number(2, minute) &&
               from.take(':') && from.take_number(2, second);
    }

    // "06 Nov 1994 08:49:37 GMT"
    bool take_imf(reader from) {
        return from.take_number(2, day) && from.take(' ') && from.take_name(month_names, month) &&
               from.take(' ') && from.take_number(4, year) && from.take(' ') && take_clock(from) &&
               from.take(" GMT") && from.at_end();
    }

    // "06-Nov-94 08:49:37 GMT"
    bool take_rfc850(reader from) {
        const bool taken = from.take_number(2, day) && from.take('-') &&
                           from.take_name(month_names, month) && from.take('-') &&
                           from.take_number(2, year) && from.take(' ') && take_clock(from) &&
                           from.take(" GMT") && from.at_end();
        year += year < 70 ? 2000 : 1900;
        return taken;
    }

    // "Nov  6 08:49:37 1994"
    bool take_asctime(reader from) {
        if (!from.take_name(month_names, month) || !from.take(' ')) {
            return false;
        }
        const bool day_taken = from.take(' ') ? from.take_number(1, day) : from.take_number(2, day);
        return day_taken && from.take(' ') && take_clock(from) && from.take(' ') &&
               from.take_number(4, year) && from.at_end();
    }
};

} // namespace

std::optional<utc_time> parse_http_date(std::string_view text) {
    reader from{trim(text)};
    http_date date;
    int weekday = 0; // said twice, so not compared: the date alone counts
    bool taken = false;
    if (from.take_name(day_names, weekday)) {
        taken = from.take(", ") && date.take_rfc850(from);
    } else if (from.take_name(short_day_names, weekday)) {
        taken = from.take(", ") ? date.take_imf(from) : from.take(' ') && date.take_asctime(from);
    }
    if (!taken) {
        return std::nullopt;
    }
    const auto midnight = day_of(date.year, date.month + 1, date.day);
    const auto since_midnight = time_of_day(date.hour, date.minute, date.second, 0);
    if (!midnight || !since_midnight) {
        return std::nullopt;
    }
    return *midnight + *since_midnight;
}

} // namespace callmirror
