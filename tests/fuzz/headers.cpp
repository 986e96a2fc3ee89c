// Header fields, a line each: Retry-After, rate limits, Link, codings, and what is told of them.
#include "sync/fetch/headers.hpp"

#include "sync/base/text.hpp"
#include "sync/fetch/verdict.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace callmirror::fuzz {
namespace {

using namespace fetch;
using std::chrono::milliseconds;

std::vector<header_field> fields_of(std::string_view text) {
    std::vector<header_field> fields;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        const auto colon = std::min(line.find(':'), line.size());
        fields.push_back({line.substr(0, colon), line.substr(std::min(colon + 1, line.size()))});
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
    return fields;
}

void require_bounded(std::optional<milliseconds> wait) {
    require(!wait || (*wait >= milliseconds{0} && *wait <= longest_asked_wait),
            "nobody waits for longer than a day");
}

void try_fields(const std::vector<header_field>& fields, utc_time now) {
    const answer_headers headers = read_headers(fields, now);
    require_bounded(headers.retry_after);
    require_bounded(headers.rate_reset);
    require(headers.content_type.find(';') == std::string::npos &&
                trim(headers.content_type) == headers.content_type,
            "a media type has no parameters", headers.content_type);
    for (const auto& field : fields) {
        require_bounded(parse_retry_after(field.value, now));
    }
    const auto coding = read_coding(fields);
    require(find_field(fields, "Content-Encoding") || coding == content_coding::identity,
            "nothing is undone that was not done");
}

// What a person is told of an answer with such headers.
void try_describe(const std::vector<header_field>& fields, std::string_view body, int status) {
    answer got;
    got.status = status;
    got.headers = read_headers(fields, {});
    got.body = body;
    require(is_safe_line(describe(got)), "what is told is safe to show", describe(got));
    got.headers.content_type = "application/json";
    const std::string told = describe(got);
    require(is_safe_line(told) && told.size() < 1000, "what is told is safe to show", told);
}

} // namespace
} // namespace callmirror::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    fuzz::input in{data, size};
    const auto fields = fuzz::fields_of(in.rest());
    fuzz::try_fields(fields, parse_time("2026-11-20T10:00:00Z").value());
    fuzz::try_fields(fields, {});
    for (const int status : {200, 302, 400, 401, 503}) {
        fuzz::try_describe(fields, in.rest(), status);
    }
    return 0;
}
