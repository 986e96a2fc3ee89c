// How the simulated API behaves where the documents leave it open. Plain data; every field can be
// set by name from a command line or a test (set_manner).
#pragma once

#include "tests/simulator/record_text.hpp"
#include "tests/simulator/resource.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::simulator {

enum class total_truth : std::uint8_t {
    exact,
    page,   // the page's own length
    wrong,  // twice as many and seven
    frozen, // what it was when this list was first asked for
};
enum class page_zero : std::uint8_t { refused, same_as_first, empty };
enum class over_limit : std::uint8_t { clamped, refused };
enum class list_order : std::uint8_t { newest, oldest, id, shuffled };
enum class granularity : std::uint8_t { millisecond, second, day };
enum class compared_time : std::uint8_t {
    created,
    started, // of an event: emitted_at; where there is no such time, created
    updated, // where there is no such time, created
};
enum class retry_after : std::uint8_t { seconds, date, none };
enum class rate_headers : std::uint8_t {
    none,
    x_ratelimit,
    ratelimit
}; // X-RateLimit-*, RateLimit-*
enum class me_shape : std::uint8_t { both, company_id, companies, neither };

struct manners {
    // --- envelope ---
    // Where the records are: "" a bare array; "data", "result.items", ...; "{name}" in it stands
    // for the resource's name.
    std::string envelope = "data";
    std::string record_envelope; // of a single record: "" bare, "data", ...
    std::string extra; // a JSON object merged into a list's envelope: {"errors":[],"ok":true}
    // Where totals are: "total", "meta.totalCount", "pagination.pages" (a name with "page" in it
    // counts pages), "header:X-Total-Count", "header:Link". Ignored inside a bare array.
    std::vector<std::string> totals{"total"};
    total_truth totals_are = total_truth::exact;
    std::string has_more; // where a flag says whether more pages follow: "has_more", "meta.hasNext"

    // --- pages ---
    std::int64_t first_page = 0;           // 0 or 1
    page_zero zero = page_zero::refused;   // what page 0 is where the first is 1
    std::int64_t default_limit = 20;       // without limit
    std::int64_t max_limit = 100;          // at least 1
    over_limit over = over_limit::clamped; // what comes of a limit above it
    std::vector<std::int64_t> limits; // the only ones accepted, by a 400 for others; empty: all
    std::int64_t hidden_per_250 = 0;  // 0 to 40 of 250 are left out after paging: short pages
    bool ignores_page = false;        // every page is the first
    list_order order = list_order::newest;

    // --- start and end ---
    granularity grain = granularity::millisecond;
    bool start_inclusive = true;
    bool end_inclusive = true;
    bool ignores_range = false;
    compared_time compares = compared_time::created;

    // --- validation and rights ---
    bool strict = true;                 // 400 for undocumented parameters and malformed values
    std::int64_t list_status = 200;     // 403, 404, ...: what this role gets for every list
    std::int64_t record_status = 200;   // and for every single record
    std::int64_t gone_status = 404;     // of a deleted record: 404 or 410
    std::int64_t past_end_status = 200; // of a page over the end of its list; 200: an empty page
    me_shape me = me_shape::both;       // what /v2/users/me says about companies

    // --- pace (of the whole key, whatever the resource) ---
    double requests_per_second = 0; // 0: no limit
    std::int64_t burst = 5;         // requests that may come at once
    retry_after after = retry_after::seconds;
    rate_headers rates = rate_headers::none;
    std::int64_t latency_ms = 0;
    std::int64_t jitter_ms = 0;      // up to so much more
    std::int64_t clock_ahead_ms = 0; // of the server's Date, and of a Retry-After as a date

    // --- transport ---
    bool gzip = true;       // where the client accepts it
    bool chunked = false;   // Transfer-Encoding: chunked
    bool keep_alive = true; // false: each answer closes its connection

    // --- values ---
    record_style style{.signature_period_s = 900};
};

// Manners of the whole API, and of those resources that differ.
struct manners_book {
    manners shared;
    std::map<resource, manners> special;

    const manners& of(resource which) const {
        const auto found = special.find(which);
        return found == special.end() ? shared : found->second;
    }
};

// A field by its name: "first_page", values as help_on_manners() lists them. "calls.first_page"
// sets it for one resource only. "" when done, otherwise what is wrong.
std::string set_manner(manners_book& book, std::string_view name, std::string_view value);
std::string set_manner(manners& of, std::string_view name, std::string_view value);

// One line for each: name, default, values, meaning.
std::string help_on_manners();

} // namespace callmirror::simulator
