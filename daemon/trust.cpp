#include "daemon/trust.hpp"

#include "daemon/freshness.hpp"
#include "daemon/text_table.hpp"
#include "sync/base/text.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

using engine::account_phase;

// The whole account's: nothing where it is mirrored here.
concern concern_of(const engine::account_view& account) {
    concern made{.how = trust::bad, .account = account.name, .what = account.state};
    switch (account.phase) {
    case account_phase::mirroring:
        made.how = trust::good;
        break;
    case account_phase::held_elsewhere:
        made.how = trust::idle;
        made.to_do =
            "Another process mirrors this account and tells how it is; this one takes over "
            "if that one ends.";
        break;
    case account_phase::starting:
        made.how = trust::idle;
        break;
    case account_phase::lease_lost:
        made.how = trust::care;
        made.to_do = "Nothing: it is taken again as soon as it is free.";
        break;
    case account_phase::database_away:
        made.to_do = "It goes on by itself when PostgreSQL is back; nothing is lost. See that it "
                     "runs and takes connections.";
        break;
    case account_phase::key_refused:
        made.what = "the API refuses the key, and nothing is asked with it any more";
        made.to_do = "Put a valid key in its place, then `systemctl restart callmirror`.";
        break;
    }
    return made;
}

void add_reading(std::vector<concern>& to, concern about, const engine::list_view& list,
                 const web_view& view) {
    const bool fresh = is_fresh(list.head_read_at, list.due_at, view.poll_interval, view.now);
    const bool failing = !list.last_error.empty();
    // The head's reads may go well all the while.
    const auto stretches =
        list.history.slices[static_cast<std::size_t>(plan::slice_state::failing)];
    if (fresh && !failing && stretches == 0) {
        return;
    }
    if (fresh) {
        about.what =
            (stretches > 0 ? grouped(stretches) + (stretches == 1 ? " stretch" : " stretches") +
                                 " of its history"
                           : std::string("a part of its history")) +
            " could not be read" + (failing ? ": " + list.last_error : "");
        about.to_do =
            "It is tried again by itself; the newest records are not touched by it. If it "
            "lasts, `callmirror status` and the log have the reason.";
    } else {
        about.how = list.head_read_at || failing ? trust::bad : trust::care;
        about.what = !list.head_read_at ? "not read yet"
                     : list.due_at
                         ? "it was read last " + ago(list.head_read_at, view.now)
                         : "its newest records were read " + ago(list.head_read_at, view.now);
        about.what += failing ? "; the last try failed: " + list.last_error : "";
        about.to_do = failing
                          ? "It is tried again by itself. If it lasts, `callmirror check` looks "
                            "at network, certificate, key and rights."
                          : "It is under way.";
    }
    to.push_back(about);
}

void add_list(std::vector<concern>& to, const engine::account_view& account,
              const engine::list_view& list, const web_view& view) {
    const concern about{.account = account.name, .list = list_name(list.resource, list.scope)};
    const auto add = [&](std::string what, std::string to_do) {
        to.push_back(about);
        to.back().what = std::move(what);
        to.back().to_do = std::move(to_do);
    };
    if (!list.aside.empty()) {
        add("not mirrored, as the key may not read it: " + list.aside,
            "Give the key's user a role that may, or name the `resources` you want in the "
            "configuration. It is tried again every hour.");
    } else {
        add_reading(to, about, list, view);
    }
    if (list.waiting_deletes > 0) {
        add(counted(list.waiting_deletes, "deletion") +
                " wait for a word: a read would have deleted over a fifth of its records",
            "Look at them with `callmirror deletes list`; if they are meant, `callmirror deletes "
            "accept`.");
    }
}

std::string detail_of(const web_view& view) {
    bool whole = true;
    bool any = false;
    bool all_at_work = true;
    utc_time oldest = view.now;
    double share = 1;
    for (const auto* account : view.accounts) {
        if (account->phase != account_phase::mirroring) {
            all_at_work = false;
            continue;
        }
        for (const auto& list : account->lists) {
            if (!list.aside.empty()) {
                continue;
            }
            any = true;
            whole = whole && list.history_complete && list.unread == 0;
            share = std::min(share, list.share);
            if (list.head_read_at && !list.due_at) {
                oldest = std::min(oldest, *list.head_read_at);
            }
        }
    }
    if (!any) {
        return {};
    }
    return (all_at_work ? "The newest records were read "
                        : "Of the accounts at work, the newest records were read ") +
           ago(oldest, view.now) + " at the latest. " +
           (whole ? "History is complete."
                  : "History is still being read: at least " + percent(std::min(share, 0.9999)) +
                        " of each list is there.");
}

} // namespace

std::vector<concern> concerns_of(const engine::account_view& account, const web_view& view) {
    std::vector<concern> all;
    if (auto own = concern_of(account); own.how != trust::good) {
        all.push_back(std::move(own));
    }
    if (account.phase != account_phase::mirroring) {
        return all; // what is known of its lists grows old
    }
    if (!account.lacks.empty()) {
        all.push_back({.how = trust::care, .account = account.name, .what = account.lacks});
    }
    for (const auto& list : account.lists) {
        add_list(all, account, list, view);
    }
    for (const auto& [resource, records] : account.rejected) {
        if (records > 0) {
            all.push_back(
                {.account = account.name,
                 .list = resource,
                 .what = counted(records, "record") + " could not be mirrored",
                 .to_do = "The reasons: `select reason, count(*) from callmirror.rejected group by "
                          "1`. They are kept there as they were served; delete them there when "
                          "you have dealt with them."});
        }
    }
    return all;
}

judgement judge(const web_view& view) {
    if (view.stopping) {
        return {.how = trust::care,
                .headline = "Stopping: the mirror stands still until callmirror runs again."};
    }
    if (!view.schema_ready) {
        return {.how = trust::bad,
                .headline = "The mirror stands still: waiting for the database.",
                .detail = "It goes on by itself when PostgreSQL is in reach and its schema is the "
                          "right one. What was mirrored is as right as it was then."};
    }
    if (!view.schema_trouble.empty()) {
        return {.how = trust::bad,
                .headline = "The mirror can't be trusted just now: its schema was changed.",
                .detail = view.schema_trouble};
    }
    judgement made;
    std::size_t bad_accounts = 0;
    std::size_t idle_accounts = 0;
    for (const auto* account : view.accounts) {
        auto worst = trust::good;
        for (auto& each : concerns_of(*account, view)) {
            worst = std::max(worst, each.how);
            made.concerns.push_back(std::move(each));
        }
        bad_accounts += worst == trust::bad ? 1 : 0;
        idle_accounts += worst == trust::idle ? 1 : 0;
        made.how = std::max(made.how, worst == trust::idle ? trust::good : worst);
    }
    std::ranges::stable_sort(made.concerns, std::ranges::greater{}, &concern::how);
    const auto all = view.accounts.size();
    if (bad_accounts == all && all > 0) {
        made.headline = "The mirror can't be trusted just now: it is out of date.";
    } else if (bad_accounts > 0) {
        made.headline = "The mirror can be trusted for " + grouped(all - bad_accounts) + " of " +
                        grouped(all) + " accounts.";
    } else if (made.how == trust::care) {
        made.headline = "The mirror can be trusted, but for what stands here.";
    } else if (idle_accounts == all && all > 0) {
        made.how = trust::idle;
        made.headline = "This process has nothing to mirror just now.";
    } else {
        made.headline = "The mirror can be trusted.";
    }
    made.detail = detail_of(view);
    return made;
}

} // namespace callmirror::daemon
