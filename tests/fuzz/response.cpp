// The bytes of an HTTP response as a socket gives them: any pieces, any end.
#include "sync/fetch/inflate.hpp"
#include "sync/fetch/response_reader.hpp"
#include "sync/fetch/verdict.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace callmirror::fuzz {
namespace {

using namespace fetch;

constexpr response_limits limits{.header = 512, .body = 1000};

struct manner {
    std::size_t piece; // bytes that come at once
    request_kind kind;
    bool clean_end;
};

answer read(std::string_view bytes, const manner& how) {
    response_reader reader{limits, how.kind};
    std::size_t taken = 0;
    while (reader.reading() && taken < bytes.size()) {
        const auto space = reader.prepare();
        require(!space.empty(), "there is room while it reads");
        const std::size_t size = std::min({how.piece, bytes.size() - taken, space.size()});
        std::copy_n(bytes.data() + taken, size, space.data());
        reader.commit(size);
        taken += size;
        require(reader.received() == taken, "every byte is counted");
    }
    if (reader.reading()) {
        reader.end_of_stream(how.clean_end);
    }
    require(!reader.reading(), "the end is the end");
    require(!reader.reusable() || !reader.surplus(), "a connection with surplus is not used again");
    return reader.take({});
}

void require_sound(const answer& got) {
    if (got.failure == failure_kind::none) {
        require(got.status >= 200 && got.status <= 999, "an answer has a status");
        require(got.body.size() <= limits.body, "a body is bounded");
        require(got.body.capacity() >= got.body.size() + body_padding, "a body is padded");
    } else {
        require(got.status == 0 && got.body.empty(), "a failure has no answer", got.body);
        require(!got.failure_text.empty(), "a failure is told");
    }
    require(is_safe_line(describe(got)), "what is told is safe to show", describe(got));
    require(name_of(judge(got)).size() > 1, "every answer has a verdict");
}

// Where it fails, how it does may depend on what came first: the limit or the rest. And Beast
// counts the first line for itself where all of the header comes at once.
void require_same(const answer& one, const answer& other) {
    if (one.failure == failure_kind::too_large || other.failure == failure_kind::too_large) {
        return;
    }
    require((one.failure == failure_kind::none) == (other.failure == failure_kind::none),
            "pieces make no difference", one.failure_text + " | " + other.failure_text);
    require(one.status == other.status && one.body == other.body, "pieces make no difference",
            one.body);
    require(one.headers.last_page == other.headers.last_page &&
                one.headers.date == other.headers.date,
            "pieces make no difference to the headers");
}

} // namespace
} // namespace callmirror::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    constexpr std::array<std::size_t, 5> pieces{1, 2, 3, 7, 100};
    constexpr std::size_t whole = 1U << 20U;
    fuzz::input in{data, size};
    fuzz::manner how{pieces[in.choose(pieces.size())], fetch::request_kind::get, false};
    how.kind = in.choose(2) == 0 ? fetch::request_kind::get : fetch::request_kind::connect;
    how.clean_end = in.choose(2) == 0;
    const auto in_pieces = fuzz::read(in.rest(), how);
    fuzz::require_sound(in_pieces);
    how.piece = whole;
    const auto at_once = fuzz::read(in.rest(), how);
    fuzz::require_sound(at_once);
    fuzz::require_same(in_pieces, at_once);
    return 0;
}
