#include "daemon/api_probe.hpp"
#include "daemon/clock.hpp"
#include "sync/base/text.hpp"
#include "sync/engine/requests.hpp"
#include "sync/engine/slice_sink.hpp"
#include "sync/fetch/query.hpp"

#include <algorithm>

namespace callmirror::daemon {

namespace {

// Of days whose start has to be named: as far back as history is looked for.
constexpr auto days_looked_at = std::chrono::days(3 * 365);

} // namespace

list_probe::list_probe(api_probe& through, const providers::resource& resource, std::string scope)
    : through_(through)
    , resource_(resource)
    , scope_(std::move(scope))
    , path_(fetch::fill_path(resource.list_path, {{"companyId", scope_}}))
    , decoder_(through.account().name, resource)
    , limit_(static_cast<int>(through.account().page_size)) {}

std::string list_probe::name() const {
    return list_name(resource_.name, scope_);
}

engine::awaitable<probe_problem> list_probe::read_page(const std::string& target,
                                                       decode::decoded_page& page) {
    std::string body;
    std::optional<std::uint64_t> total;
    auto problem = co_await through_.get(target, body, &total);
    if (problem.what != fetch::verdict::ok) {
        co_return problem;
    }
    auto result = decoder_.page(body);
    if (!result.page) {
        co_return probe_problem{fetch::verdict::bad_page,
                                through_.censored(std::move(result.error.reason))};
    }
    page = std::move(*result.page);
    if (!page.hints.total) {
        page.hints.total = total;
    }
    served_ = std::max(served_, page.served);
    co_return problem;
}

engine::awaitable<probe_problem> list_probe::learn() {
    if (!resource_.takes_page && !resource_.takes_limit) { // nothing to learn: can it be read?
        limit_ = 0;
        fetch::page_facts facts;
        co_return co_await ask(0, {.from = floor_day(utc_now())}, facts);
    }
    fetch::manner_probe manners(resource_.takes_page, resource_.takes_limit, limit_);
    while (true) {
        const auto step = manners.next();
        if (const auto* found = std::get_if<fetch::manner_probe::found>(&step)) {
            first_page_ = found->first_page;
            limit_ = found->limit;
            co_return probe_problem{};
        }
        if (std::holds_alternative<fetch::manner_probe::refused>(step)) {
            co_return probe_problem{fetch::verdict::bad_request,
                                    "400 for every page and limit that was tried"};
        }
        const auto& next = std::get<fetch::manner_probe::ask>(step);
        const auto target = fetch::target_of(
            {.path = path_, .page = next.page, .limit = next.limit, .start = {}, .end = {}});
        decode::decoded_page page;
        auto problem = co_await read_page(target, page);
        if (problem.what == fetch::verdict::bad_request) {
            manners.bad_request();
        } else if (problem.what != fetch::verdict::ok) {
            co_return problem;
        } else {
            std::vector<std::string> keys;
            for (const auto& record : page.records) {
                keys.emplace_back(record.key);
            }
            for (const auto& record : page.rejected) { // served all the same
                keys.push_back(record.raw);
            }
            manners.page(std::move(keys));
        }
    }
}

engine::awaitable<probe_problem> list_probe::ask(int index, plan::time_range range,
                                                 fetch::page_facts& facts) {
    if (resource_.kind == providers::shape::days && range.from == start_of_time) {
        range.from = floor_day(utc_now()) - days_looked_at;
    }
    const engine::page_form form{.first_page = first_page_.value_or(0), .limit = limit_};
    const auto target =
        fetch::target_of(engine::query_for(resource_, path_, form, index, range, utc_now()));
    decode::decoded_page page;
    auto problem = co_await read_page(target, page);
    if (problem.what == fetch::verdict::ok) {
        const engine::slice_sink sink(std::string(resource_.name), "", {});
        facts = sink.facts_of(page);
    }
    co_return problem;
}

} // namespace callmirror::daemon
