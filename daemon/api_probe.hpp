// Asks an API a few questions without mirroring anything: for `check` and `backfill --plan`. Keeps
// the account's pace as far as the database knows it, and sends nothing but documented GET
// requests. One io thread.
#pragma once

#include "daemon/http_source.hpp"
#include "daemon/mirror_state.hpp"
#include "daemon/setup.hpp"
#include "sync/decode/decoder.hpp"
#include "sync/engine/tasks.hpp"
#include "sync/fetch/paginator.hpp"
#include "sync/fetch/verdict.hpp"
#include "sync/plan/pace.hpp"
#include "sync/plan/timeline.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::daemon {

// An answer that was not what was asked for; `what` is ok where there is nothing to complain of.
struct probe_problem {
    fetch::verdict what = fetch::verdict::ok;
    std::string text; // "503", "connect to 127.0.0.1:443: connection refused"
};

class api_probe {
public:
    // `known`: what the database has just said of the account; its pace is begun with, a wait that
    // the API has asked for is kept, and where a process holds it, that one needs the pace: a tenth
    // is taken. `give_up_after`: how long an outage may take. Throws std::invalid_argument as
    // http_source does.
    api_probe(const boost::asio::any_io_executor& executor, engine::task_group& tasks,
              const account_setup& of, const account_state& known, steady_time give_up_after,
              engine::report say);

    // Again and again while that may help and give_up_after is not over; an outage is told at once.
    // The answer's body is in `body` where the problem is ok.
    engine::awaitable<probe_problem> get(const std::string& target, std::string& body,
                                         std::optional<std::uint64_t>* total_header = nullptr);

    // The companies that are configured, or that the key's own user names.
    engine::awaitable<probe_problem> find_companies(std::vector<std::int64_t>& companies);

    const config::account_settings& account() const { return account_; }
    double rate() const { return pace_.rate() / share_; } // of the account: requests a second
    std::uint64_t requests() const { return requests_; }
    void stop() { api_.stop(); }
    // A text about an answer without the key in it.
    std::string censored(std::string text) const { return api_.censored(std::move(text)); }

private:
    engine::awaitable<bool> wait_for_turn();
    void tell_outage(const probe_problem& problem); // once
    void keep_quiet(const account_state& known);

    config::account_settings account_;
    http_source api_;
    engine::task_group& tasks_;
    double share_; // of the account's pace
    plan::pace pace_;
    steady_time give_up_after_;
    engine::report say_;
    steady_time last_answer_;
    bool outage_told_ = false;
    std::optional<probe_problem> throttled_for_good_; // what the next request would only meet again
    std::uint64_t requests_ = 0;
};

// One list: how it counts its pages, and what is on them.
class list_probe {
public:
    // `scope`: a company's id, or "". `resource` and `through` must outlive it.
    list_probe(api_probe& through, const providers::resource& resource, std::string scope);

    // Finds out which page is the first, and which limit is taken: two requests or a few more.
    engine::awaitable<probe_problem> learn();
    // One page, 0-based, of what lies within `range`. After learn().
    engine::awaitable<probe_problem> ask(int index, plan::time_range range,
                                         fetch::page_facts& facts);

    std::string name() const;
    const providers::resource& resource() const { return resource_; }
    int limit() const { return limit_; }           // 0: none is asked for
    std::size_t served() const { return served_; } // most records seen on a page

private:
    engine::awaitable<probe_problem> read_page(const std::string& target,
                                               decode::decoded_page& page);

    api_probe& through_;
    const providers::resource& resource_;
    std::string scope_;
    std::string path_;
    decode::decoder decoder_;
    std::optional<int> first_page_;
    int limit_;
    std::size_t served_ = 0;
};

// What an account mirrors that has no list.
std::vector<const providers::resource*> without_list(const config::account_settings& account);

// The lists of an account: each resource, once for each company where it is a company's.
std::vector<list_probe> lists_of(api_probe& through, const std::vector<std::int64_t>& companies);

} // namespace callmirror::daemon
