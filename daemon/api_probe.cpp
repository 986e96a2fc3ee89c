#include "daemon/api_probe.hpp"

#include "daemon/clock.hpp"
#include "sync/engine/companies.hpp"
#include "sync/providers/provider.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr int throttled_told = 3; // in a row
constexpr int most_bad_bodies = 3;
constexpr double share_beside_holder = 0.1;
constexpr steady_time longest_quiet = 30s; // that is waited for

// The API said something, whatever it was: it is no outage.
bool is_outage(fetch::verdict what) {
    return what == fetch::verdict::timeout || what == fetch::verdict::connection_lost ||
           what == fetch::verdict::server_busy;
}

} // namespace

api_probe::api_probe(const boost::asio::any_io_executor& executor, engine::task_group& tasks,
                     const account_setup& of, const account_state& known, steady_time give_up_after,
                     engine::report say)
    : account_(of.settings)
    , api_(executor, of.settings, of.key)
    , tasks_(tasks)
    , share_(known.held ? share_beside_holder : 1)
    , pace_(of.settings.requests_per_second * share_, known.pace * share_)
    , give_up_after_(give_up_after)
    , say_(std::move(say))
    , last_answer_(tasks.time().now()) {
    if (known.held) {
        say_(engine::level::info,
             known.holder + " holds the account: a tenth of its pace is used here");
    }
    if (known.quiet_until) {
        keep_quiet(known);
    }
}

void api_probe::keep_quiet(const account_state& known) {
    const std::string text =
        "the API wants no request before " + format_utc(*known.quiet_until).substr(0, 19) + 'Z';
    if (known.quiet >= std::min(longest_quiet, give_up_after_)) {
        throttled_for_good_ = {fetch::verdict::throttled, text + ", so none is sent"};
        return;
    }
    say_(engine::level::warning, text + ": that is waited for");
    last_answer_ += known.quiet;
    pace_.hold_until(last_answer_);
}

engine::awaitable<bool> api_probe::wait_for_turn() {
    while (!tasks_.stopping() && pace_.ready_at() > tasks_.time().now()) {
        co_await tasks_.sleep_until(pace_.ready_at());
    }
    co_return !tasks_.stopping();
}

engine::awaitable<probe_problem> api_probe::get(const std::string& target, std::string& body,
                                                std::optional<std::uint64_t>* total_header) {
    int failed = 0;
    int throttled = 0;
    const auto deadline = [this] { return last_answer_ + give_up_after_; };
    if (throttled_for_good_) {
        co_return *throttled_for_good_;
    }
    while (co_await wait_for_turn()) {
        const auto sent_at = tasks_.time().now();
        pace_.sent(sent_at);
        ++requests_;
        auto got = co_await api_.get(target);
        const auto now = tasks_.time().now();
        const auto what = fetch::judge(got);
        if (what == fetch::verdict::throttled) {
            pace_.throttled(now, sent_at, got.headers.retry_after);
        }
        const probe_problem problem{what, censored(fetch::describe(got))};
        if (what == fetch::verdict::throttled) {
            if (pace_.ready_at() >= deadline()) {
                throttled_for_good_ = problem;
                co_return problem;
            }
            if (++throttled == throttled_told) {
                tell_outage(problem);
            }
            continue;
        }
        if (!is_outage(what)) {
            pace_.answered(now);
            last_answer_ = now;
            body = std::move(got.body);
            if (total_header) {
                *total_header = got.headers.total_count;
            }
        }
        if (!fetch::is_retryable(what) || now >= deadline() ||
            (!is_outage(what) && ++failed >= most_bad_bodies)) {
            co_return problem;
        }
        if (is_outage(what)) {
            tell_outage(problem);
        }
        failed += is_outage(what) ? 1 : 0;
        const auto until = now + fetch::backoff(failed, tasks_.time().chance());
        co_await tasks_.sleep_until(std::min<steady_time>(until, deadline()));
    }
    co_return probe_problem{fetch::verdict::stopped, "interrupted"};
}

void api_probe::tell_outage(const probe_problem& problem) {
    if (!std::exchange(outage_told_, true)) {
        say_(engine::level::warning,
             account_.base_url + ": " + problem.text + "; it is tried again for " +
                 format_duration(std::chrono::floor<std::chrono::milliseconds>(give_up_after_)));
    }
}

engine::awaitable<probe_problem> api_probe::find_companies(std::vector<std::int64_t>& companies) {
    const std::string target(providers::find_platform(account_.provider)->self_path);
    std::string body;
    const auto problem = co_await get(target, body);
    companies = account_.companies;
    if (companies.empty() && problem.what == fetch::verdict::ok) {
        companies = engine::companies_in(body);
    }
    co_return problem;
}

namespace {

std::vector<const providers::resource*> mirrored_by(const config::account_settings& account) {
    const auto& wanted = account.resources;
    std::vector<const providers::resource*> all;
    for (const auto& each : providers::find_platform(account.provider)->resources) {
        if (wanted.empty() || std::ranges::find(wanted, each.name) != wanted.end()) {
            all.push_back(&each);
        }
    }
    return all;
}

} // namespace

std::vector<const providers::resource*> without_list(const config::account_settings& account) {
    auto all = mirrored_by(account);
    std::erase_if(all, [](const auto* each) { return each->kind != providers::shape::by_key; });
    return all;
}

std::vector<list_probe> lists_of(api_probe& through, const std::vector<std::int64_t>& companies) {
    std::vector<list_probe> lists;
    for (const auto* each : mirrored_by(through.account())) {
        const auto& resource = *each;
        if (resource.kind == providers::shape::by_key) { // there is no list to look at
            continue;
        }
        if (resource.scope == providers::list_scope::account) {
            lists.emplace_back(through, resource, "");
            continue;
        }
        for (const auto company : companies) {
            lists.emplace_back(through, resource, std::to_string(company));
        }
    }
    return lists;
}

} // namespace callmirror::daemon
