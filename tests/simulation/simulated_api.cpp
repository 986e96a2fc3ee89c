#include "tests/simulation/simulated_api.hpp"

#include "sync/fetch/headers.hpp"

#include <algorithm>

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;
using simulator::transport;

fetch::answer failed(fetch::failure_kind what, std::string text) {
    fetch::answer got;
    got.failure = what;
    got.failure_text = std::move(text);
    return got;
}

// What the real client makes of what comes over the wire; `takes` grows to when it is known.
fetch::answer received(const simulator::response& made, utc_time now,
                       std::chrono::microseconds timeout, std::chrono::microseconds& takes) {
    takes += made.wire.delay;
    if (made.wire.bytes_per_second > 0) {
        takes += 1'000'000us * static_cast<std::int64_t>(made.body->size()) /
                 static_cast<std::int64_t>(made.wire.bytes_per_second);
    }
    using end = transport::ending;
    const bool hangs = made.wire.end == end::hang || made.wire.end == end::hang_within ||
                       made.wire.content_length_error > 0;
    if (hangs || takes >= timeout) {
        takes = timeout;
        return failed(fetch::failure_kind::timeout, "timeout");
    }
    if (made.wire.end == end::reset_before) {
        return failed(fetch::failure_kind::unreachable, "reset");
    }
    if (made.wire.end == end::reset_within || made.wire.end == end::cut_within) {
        if (made.wire.bytes < made.body->size()) {
            return failed(fetch::failure_kind::truncated, "the body ended early");
        }
    }
    if (!simulator::find_header(made.headers, "Content-Encoding").empty()) {
        return failed(fetch::failure_kind::bad_answer, "not gzip");
    }
    fetch::answer got;
    got.status = made.status;
    std::vector<fetch::header_field> fields;
    for (const auto& [name, value] : made.headers) {
        fields.push_back({name, value});
    }
    got.headers = fetch::read_headers(fields, now);
    const auto cut = static_cast<std::size_t>(std::max<std::int64_t>(
        0, static_cast<std::int64_t>(made.body->size()) + made.wire.content_length_error));
    got.body.reserve(cut + 64);
    got.body.assign(*made.body, 0, cut);
    return got;
}

} // namespace

void request_judge::sent(const std::string& who, const std::string& target, bool just_woken) {
    ++total_;
    const auto now = all_.events.now();
    // Requests are spaced: in any stretch of time no more than it has room for, and one. What a
    // late wake-up lost, up to 25 ms, may be made up for.
    while (!lately_.empty() && lately_.front() + 10s <= now) {
        lately_.pop_front();
    }
    if (!just_woken) {
        for (std::size_t i = 0; i < lately_.size(); ++i) {
            const auto span = std::chrono::duration<double>(now - lately_[i]).count();
            const auto count = static_cast<double>(lately_.size() - i); // this one aside
            if (count > (span + 0.025) * limit_ * 1.001 + 0.001) {
                all_.fail("pace: " + std::to_string(lately_.size() - i + 1) + " requests within " +
                          std::to_string(span) + " s, the last of " + who + " for " + target);
                break;
            }
        }
        lately_.push_back(now);
    }
}

void request_judge::undocumented(const std::string& target) {
    all_.fail("an undocumented parameter was sent: " + target);
}

struct simulated_api::exchange {
    std::string target;
    std::optional<schedule::event> next;
    parking::place place = 0;
    fetch::answer got{};
};

simulated_api::simulated_api(universe& all, simulator::service& behind, request_judge& judge,
                             parking& waiting, api_options options, std::string who)
    : all_(all)
    , behind_(behind)
    , judge_(judge)
    , waiting_(waiting)
    , options_(options)
    , who_(std::move(who)) {}

simulated_api::~simulated_api() {
    for (const auto& each : under_way_) {
        if (each->next) {
            all_.events.cancel(*each->next);
        }
    }
}

fetch::answer simulated_api::arrived(const std::string& target, std::chrono::microseconds& takes) {
    behind_.data().live(all_.life_until());
    const auto before = behind_.log().undocumented();
    const simulator::request asked{.target = target,
                                   .headers = {{"Authorization", "Bearer simulated-key"}},
                                   .time = all_.true_time()};
    const auto made = behind_.answer(asked);
    if (behind_.log().undocumented() != before) {
        judge_.undocumented(target);
    }
    return received(made, all_.true_time(), options_.request_timeout, takes);
}

engine::awaitable<fetch::answer> simulated_api::get(const std::string& target) {
    const bool just_woken = woken_at_ == all_.events.now();
    judge_.sent(who_, target, just_woken);
    if (refused_) {
        all_.fail("a request after 401: " + target);
    }
    const auto begun = all_.events.now();
    const auto under_way = std::make_shared<exchange>();
    under_way->target = target;
    under_way->place = waiting_.reserve();
    under_way_.push_back(under_way);
    auto* const it = under_way.get();
    const auto there = all_.between(options_.latency_least, options_.latency_most);
    const auto back = all_.between(options_.latency_least, options_.latency_most);
    it->next = all_.events.plan(begun + there, [this, it, there, back] {
        auto takes = there + back;
        it->got = arrived(it->target, takes);
        it->next = all_.events.plan(all_.events.now() - there + takes, [this, it] {
            it->next.reset();
            waiting_.resume(it->place);
        });
        if (all_.told.wanted()) {
            all_.tell(who_ + " GET " + it->target + " -> " +
                      (it->got.failure == fetch::failure_kind::none
                           ? std::to_string(it->got.status) + ", " +
                                 std::to_string(it->got.body.size()) + " bytes"
                           : it->got.failure_text));
        }
    });
    co_await waiting_.wait(it->place);
    std::erase(under_way_, under_way);
    auto got = std::move(under_way->got);
    got.elapsed = std::chrono::floor<std::chrono::milliseconds>(all_.events.now() - begun);
    refused_ = refused_ || got.status == 401;
    co_return got;
}

} // namespace callmirror::simulation
