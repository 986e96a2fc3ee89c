#include "tests/simulator/service.hpp"

#include "tests/simulator/chance.hpp"
#include "tests/simulator/gzip.hpp"

#include <algorithm>
#include <array>

namespace callmirror::simulator {
namespace {

constexpr std::size_t pages_kept_bytes = 256U << 20U;

std::string label_of(const std::optional<endpoint>& to) {
    constexpr std::array<std::string_view, 3> kinds{" list", " record", " me"};
    return to ? std::string(info(to->of).name) +
                    std::string(kinds[static_cast<std::size_t>(to->kind)])
              : "unknown";
}

bool accepts_gzip(const request& asked) {
    return find_header(asked.headers, "Accept-Encoding").find("gzip") != std::string_view::npos;
}

void compress(response& plain) {
    plain.body = std::make_shared<const std::string>(gzip(*plain.body));
    plain.headers.emplace_back("Content-Encoding", "gzip");
    plain.headers.emplace_back("Vary", "Accept-Encoding");
}

} // namespace

service::service(world& data, std::vector<std::string> keys)
    : world_(data)
    , keys_(std::move(keys))
    , faults_(data.seed())
    , selections_(data) {}

manners_book& service::change_manners() {
    pages_.clear();
    pages_bytes_ = 0;
    frozen_totals_.clear();
    return manners_;
}

record_style service::oracle_style(resource of) const {
    auto style = manners_.of(of).style;
    style.signature_period_s = 0;
    return style;
}

record_style service::served_style(resource of, utc_time now) const {
    auto style = manners_.of(of).style;
    style.now_ms = to_ms(now);
    return style;
}

response service::answer(const request& asked) {
    ++requests_;
    const auto target = parse_target(asked.target);
    const auto to = target ? route(target->path) : std::nullopt;
    const auto& is = to ? manners_.of(to->of) : manners_.shared;
    auto made = admitted(asked, target, to);
    const auto jitter = is.jitter_ms == 0 ? 0
                                          : mix(world_.seed(), requests_) %
                                                static_cast<std::uint64_t>(is.jitter_ms + 1);
    made.wire.delay += std::chrono::milliseconds(is.latency_ms + static_cast<std::int64_t>(jitter));
    made.wire.chunked = is.chunked;
    made.wire.close = !is.keep_alive;
    made.headers.emplace_back("Date",
                              http_date(asked.time + std::chrono::milliseconds(is.clock_ahead_ms)));
    using end = transport::ending;
    const bool answered = made.wire.end != end::reset_before && made.wire.end != end::hang;
    log_.add({asked.time, asked.method, asked.target, answered ? made.status : 0}, label_of(to),
             target && to ? undocumented(*to, target->parameters) : 0);
    return made;
}

response service::admitted(const request& asked, const std::optional<parsed_target>& target,
                           const std::optional<endpoint>& to) {
    if (asked.method != "GET") {
        return error_response(405, "only GET is simulated");
    }
    if (!knows(asked)) {
        return error_response(401, "Missing or invalid authentication");
    }
    if (!rate_limit_.admit(manners_.shared, asked.time)) {
        return rate_limit_.refuse(manners_.shared, asked.time);
    }
    const auto firing = faults_.decide(to, asked.target);
    auto made = !target ? error_response(400, "malformed target")
                : !to   ? error_response(404, "Not Found")
                        : ordinary(asked, *target, *to);
    const auto deciding = std::ranges::find_if(
        firing, [](const fault_rule* each) { return each->what != fault_kind::none; });
    if (deciding != firing.end()) {
        made = spoil(**deciding, std::move(made));
    }
    for (const auto* each : firing) {
        made.wire.delay = std::max(made.wire.delay, each->delay);
        for (const auto& change : each->drifts) {
            carry_out(change, asked, target, to);
        }
    }
    rate_limit_.describe(manners_.shared, asked.time, made.headers);
    return made;
}

bool service::knows(const request& asked) const {
    const auto given = find_header(asked.headers, "Authorization");
    return std::ranges::any_of(keys_, [&](const std::string& key) {
        return given == "Bearer " + key || given == "Basic " + base64(key + ":");
    });
}

response service::ordinary(const request& asked, const parsed_target& target, const endpoint& to) {
    const auto& is = manners_.of(to.of);
    if (!to.company.empty() && !world_.company_index(to.company)) {
        return error_response(404, "Company not found");
    }
    if (to.kind == endpoint_kind::me) {
        return me();
    }
    const auto status =
        static_cast<int>(to.kind == endpoint_kind::list ? is.list_status : is.record_status);
    if (status != 200) {
        return error_response(status, "your role does not allow this");
    }
    if (to.kind == endpoint_kind::list) {
        return list(asked, target, to);
    }
    if (is.strict && !target.parameters.empty()) {
        return error_response(400, "\"" + target.parameters.front().first + "\" is not allowed");
    }
    auto made = record(asked, to);
    if (is.gzip && accepts_gzip(asked)) {
        compress(made);
    }
    return made;
}

response service::list(const request& asked, const parsed_target& target, const endpoint& to) {
    const auto& is = manners_.of(to.of);
    const auto style = served_style(to.of, asked.time);
    const bool zipped = is.gzip && accepts_gzip(asked);
    const auto version = world_.version(to.of);
    const auto signed_at =
        style.signature_period_s == 0 ? 0 : style.now_ms / 1000 / style.signature_period_s;
    const auto name = asked.target + (zipped ? " gzip" : "");
    const auto kept = pages_.find(name);
    if (kept != pages_.end() && kept->second.version == version &&
        kept->second.signed_at == signed_at) {
        return kept->second.whole;
    }
    auto judged = judge(to, target.parameters, is);
    if (const auto* refused = std::get_if<refusal>(&judged)) {
        return error_response(refused->status, refused->message);
    }
    auto& query = std::get<list_query>(judged);
    query.what.company = world_.company_index(to.company);
    const auto page = page_of(selections_.select(query.what), query, is);
    const bool past_end = query.offset > 0 && static_cast<std::size_t>(query.offset) >= page.total;
    if (past_end && is.past_end_status != 200) {
        return error_response(static_cast<int>(is.past_end_status), "there is no such page");
    }
    auto made =
        render(world_, page, query, is, style, total_to_tell(is, target, page), target.path);
    if (zipped) {
        compress(made);
    }
    pages_bytes_ += made.body->size();
    if (pages_bytes_ > pages_kept_bytes) {
        pages_.clear();
        pages_bytes_ = made.body->size();
    }
    pages_.insert_or_assign(name, kept_page{version, signed_at, made});
    return made;
}

std::size_t service::total_to_tell(const simulator::manners& is, const parsed_target& target,
                                   const list_page& page) {
    switch (is.totals_are) {
    case total_truth::exact:
        return page.total;
    case total_truth::page:
        return page.records.size();
    case total_truth::wrong:
        return page.total * 2 + 7;
    case total_truth::frozen:
        break;
    }
    auto name = target.path;
    for (const auto& [parameter, value] : target.parameters) {
        if (parameter != "page") {
            name += '\n' + parameter + '=' + value;
        }
    }
    return frozen_totals_.try_emplace(name, page.total).first->second;
}

} // namespace callmirror::simulator
