#include "daemon/backfill_summary.hpp"

#include "daemon/text_table.hpp"
#include "sync/base/text.hpp"

namespace callmirror::daemon {
namespace {

std::string word_for(const account_outcome& of) {
    if (of.misconfigured) {
        return "the configuration can't be used";
    }
    switch (of.end) {
    case engine::account_end::done:
        return "all is read";
    case engine::account_end::done_in_part:
        return "done in part";
    case engine::account_end::stopped:
        return "interrupted; the next `callmirror backfill` goes on from here";
    case engine::account_end::held_elsewhere:
        return "another process holds the account";
    case engine::account_end::key_refused:
        return "the API refuses the key";
    case engine::account_end::unreachable:
        return "out of reach";
    case engine::account_end::database_refused:
        return "the database refuses us";
    }
    return "";
}

// Why a list is not whole; "" where it is.
std::string missing_of(const progress_meter::totals& of) {
    if (!of.last.aside.empty()) {
        return "not readable with this key: " + of.last.aside;
    }
    if (of.last.unread == 0) {
        return of.last.last_error;
    }
    return (of.last.unread == 1 ? std::string("1 stretch of history is")
                                : grouped(of.last.unread) + " stretches of history are") +
           " still to be read" +
           (of.last.last_error.empty() ? "" : "; last failure: " + of.last.last_error);
}

} // namespace

exit_status status_of(const account_outcome& of) {
    if (of.misconfigured) {
        return exit_status::configuration;
    }
    switch (of.end) {
    case engine::account_end::done:
        return exit_status::done;
    case engine::account_end::stopped:
    case engine::account_end::held_elsewhere:
    case engine::account_end::done_in_part:
        return exit_status::in_part;
    case engine::account_end::unreachable:
        return exit_status::unavailable;
    case engine::account_end::key_refused:
    case engine::account_end::database_refused:
        return exit_status::refused;
    }
    return exit_status::in_part;
}

std::string backfill_summary(const std::vector<progress_meter::totals>& lists,
                             const std::vector<account_outcome>& accounts,
                             std::chrono::milliseconds took) {
    std::string text;
    for (const auto& account : accounts) {
        text_table table({{"  list"},
                          {"read", align::right},
                          {"new", align::right},
                          {"changed", align::right},
                          {"deleted", align::right},
                          {"rejected", align::right}});
        std::string notes;
        std::uint64_t rejected = 0;
        std::size_t missing_lists = 0;
        std::size_t complete = 0;
        for (const auto& list : lists) {
            if (list.account != account.name) {
                continue;
            }
            const auto figure = [&](std::uint64_t n) {
                return account.elsewhere ? std::string() : grouped(n);
            };
            table.add({"  " + list_name(list.resource, list.scope), grouped(list.read),
                       figure(list.inserted), figure(list.changed), figure(list.deleted),
                       figure(list.rejected)});
            rejected += list.rejected;
            const auto missing = missing_of(list);
            missing_lists += missing.empty() ? 0 : 1;
            complete += missing.empty() && list.last.history_complete ? 1 : 0;
            if (!missing.empty()) {
                notes += "  " + list_name(list.resource, list.scope) + ": " + missing + '\n';
            }
            if (list.last.unanswered > 0) {
                notes +=
                    "  " + list_name(list.resource, list.scope) + ": " +
                    counted(list.last.unanswered, "record") +
                    " that it no longer shows could not be asked for: whether they are deleted "
                    "is not known yet; `callmirror run` goes on asking\n";
            }
            if (list.last.waiting_deletes > 0) {
                notes += "  " + list_name(list.resource, list.scope) + ": " +
                         counted(list.last.waiting_deletes, "deletion") +
                         " at once, not carried out: a second read at least six hours later has to "
                         "agree, or `callmirror deletes accept`\n";
            }
            if (list.misfits > 0) {
                notes += "  " + list_name(list.resource, list.scope) + ": " +
                         counted(list.misfits, "value") +
                         " did not fit their column: null there, kept in raw\n";
            }
        }
        text += account.name + ": " + word_for(account) + " (" + format_duration(took) +
                (account.elsewhere ? ", by the daemon that holds the account"
                                   : ", " + counted(account.requests, "request")) +
                ")\n";
        if (!account.why.empty()) {
            text += "  " + account.why + '\n';
        }
        text += (table.empty() ? "" : table.to_text("")) + notes;
        if (missing_lists > 0 && complete > 0) {
            text += complete == 1 ? "  one other list is complete\n"
                                  : "  " + grouped(complete) + " other lists are complete\n";
        }
        if (rejected > 0) {
            text += "  rejected records are in callmirror.rejected, with the reason\n";
        }
    }
    return text;
}

} // namespace callmirror::daemon
