#include "tests/simulator/faults.hpp"

#include "tests/simulator/chance.hpp"

#include <algorithm>

namespace callmirror::simulator {
namespace {

response replaced_by(std::string_view type, std::string body) {
    response made;
    made.headers = {{"Content-Type", std::string(type)}};
    made.body = std::make_shared<const std::string>(std::move(body));
    return made;
}

response with_status(const fault_rule& rule) {
    auto made = error_response(rule.status, "the fault script says so");
    if (!rule.body.empty()) {
        made.body = std::make_shared<const std::string>(rule.body);
    }
    for (const auto& [name, value] : rule.headers) {
        std::erase_if(made.headers, [&](const auto& each) { return each.first == name; });
        made.headers.emplace_back(name, value);
    }
    return made;
}

response ending(response ordinary, transport::ending end, std::size_t bytes) {
    ordinary.wire.end = end;
    ordinary.wire.bytes = bytes;
    return ordinary;
}

// What is compressed can't be cut as text.
response malformed(const response& ordinary) {
    auto made = replaced_by("application/json; charset=utf-8", R"({"data":[{"id":1,"name":"cut)");
    if (find_header(ordinary.headers, "Content-Encoding").empty() && ordinary.body->size() > 40) {
        made.body = std::make_shared<const std::string>(
            ordinary.body->substr(0, ordinary.body->size() / 2 - 1));
    }
    return made;
}

} // namespace

std::uint64_t fault_script::fired(std::string_view name) const {
    std::uint64_t count = 0;
    for (const auto& each : rules_) {
        count += each.name == name ? each.fired : 0;
    }
    return count;
}

std::vector<const fault_rule*> fault_script::decide(const std::optional<endpoint>& to,
                                                    std::string_view target) {
    std::vector<const fault_rule*> firing;
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        auto& rule = rules_[i];
        if ((rule.of && (!to || *rule.of != to->of)) ||
            (rule.kind && (!to || *rule.kind != to->kind)) ||
            target.find(rule.target) == std::string_view::npos) {
            continue;
        }
        const auto nth = ++rule.matched;
        chance luck(mix(seed_, i, nth));
        if (nth >= rule.from && (nth - rule.from) % rule.every == 0 &&
            (rule.times == 0 || rule.fired < rule.times) && luck.happens(rule.probability)) {
            ++rule.fired;
            firing.push_back(&rule);
        }
    }
    return firing;
}

response spoil(const fault_rule& rule, response ordinary) {
    using end = transport::ending;
    switch (rule.what) {
    case fault_kind::none:
        return ordinary;
    case fault_kind::status:
        return with_status(rule);
    case fault_kind::error_object:
        return replaced_by(
            "application/json; charset=utf-8",
            R"({"statusCode":500,"error":"Internal Server Error","message":"oops"})");
    case fault_kind::html:
        return replaced_by("text/html", "<!doctype html><html><body>Please wait...</body></html>");
    case fault_kind::csv:
        return replaced_by("text/csv", "id,status\n1,answered\n2,missed\n");
    case fault_kind::empty:
        return replaced_by("application/json; charset=utf-8", "");
    case fault_kind::malformed:
        return malformed(ordinary);
    case fault_kind::cut:
        return ending(std::move(ordinary), end::cut_within, rule.bytes);
    case fault_kind::reset:
        return ending(std::move(ordinary), end::reset_before, 0);
    case fault_kind::reset_within:
        return ending(std::move(ordinary), end::reset_within, rule.bytes);
    case fault_kind::hang:
        return ending(std::move(ordinary), end::hang, 0);
    case fault_kind::hang_within:
        return ending(std::move(ordinary), end::hang_within, rule.bytes);
    case fault_kind::slow:
        ordinary.wire.bytes_per_second = rule.bytes_per_second;
        return ordinary;
    case fault_kind::wrong_length:
        ordinary.wire.content_length_error = rule.length_error;
        return ordinary;
    case fault_kind::bad_gzip: {
        auto made = replaced_by("application/json; charset=utf-8", "\x1f\x8b\x08 this is no gzip");
        made.headers.emplace_back("Content-Encoding", "gzip");
        return made;
    }
    case fault_kind::redirect: {
        auto made = replaced_by("text/plain", "this way");
        made.status = 302;
        made.headers.emplace_back("Location", rule.location);
        return made;
    }
    }
    return ordinary;
}

} // namespace callmirror::simulator
