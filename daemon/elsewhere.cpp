#include "daemon/elsewhere.hpp"

#include "daemon/clock.hpp"
#include "daemon/on_thread.hpp"
#include "daemon/sql.hpp"
#include "sync/base/text.hpp"
#include "sync/write/postgres_store.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

bool is_wanted(const list_state& list, const std::vector<std::string>& resources) {
    return resources.empty() || std::ranges::find(resources, list.resource) != resources.end();
}

// Why the list is not all there; "" where it is. What the key may not read is missing only where it
// was asked for by name.
std::string missing_in(const list_state& list, bool named, const engine::one_shot& wanted,
                       bool& hopeless) {
    const auto name = list_name(list.resource, list.scope);
    if (list.aside) {
        hopeless = true;
        return named ? name + ": not readable with this key: " + list.aside_reason : "";
    }
    if (!list.head_read_at) {
        return name + ": the newest records are still to be read";
    }
    if (list.unread > 0) {
        hopeless = list.unread == list.hopeless;
        return name +
               ": stretches of history are still to be read: " + std::to_string(list.unread) +
               (list.last_error.empty() ? "" : "; last failure: " + list.last_error);
    }
    const bool reaches = list.oldest && *list.oldest <= wanted.range.from;
    if (!list.history_complete && !reaches) {
        return name + ": the beginning of its history is still to be found";
    }
    return "";
}

} // namespace

elsewhere_progress judge_elsewhere(const account_state& state,
                                   const std::vector<std::string>& resources,
                                   const engine::one_shot& wanted) {
    elsewhere_progress result{.finished = true, .missing = {}};
    for (const auto& name : resources) {
        if (std::ranges::none_of(state.lists,
                                 [&](const auto& list) { return list.resource == name; })) {
            return {.finished = false, .missing = name + ": that process has not begun to read it"};
        }
    }
    if (state.lists.empty()) {
        return {.finished = false, .missing = "that process has not begun to read anything"};
    }
    for (const auto& list : state.lists) {
        if (!is_wanted(list, resources)) {
            continue;
        }
        bool hopeless = false;
        const auto missing = missing_in(list, !resources.empty(), wanted, hopeless);
        if (!missing.empty()) {
            result.missing = result.missing.empty() ? missing : result.missing;
            result.finished = result.finished && hopeless;
        }
    }
    return result;
}

elsewhere::elsewhere(boost::asio::any_io_executor executor, engine::task_group& tasks,
                     elsewhere_options options, engine::report say)
    : executor_(std::move(executor))
    , tasks_(tasks)
    , options_(std::move(options))
    , say_(std::move(say))
    , session_(database_options(options_.database_url)) {
    view_.name = options_.of.settings.name;
}

void elsewhere::place_orders() {
    if (ordered_ || !options_.wanted.again) {
        return;
    }
    write::postgres_store store(database_options(options_.database_url));
    auto resources = options_.of.settings.resources;
    if (resources.empty()) {
        resources.emplace_back(); // all
    }
    for (const auto& resource : resources) {
        orders_.push_back(store.place_order(view_.name, {.id = 0,
                                                         .kind = "again",
                                                         .resource = resource,
                                                         .from = options_.wanted.range.from,
                                                         .to = options_.wanted.range.to}));
    }
    read_since_ = utc_now();
    ordered_ = true;
}

elsewhere::look elsewhere::look_once() {
    look seen;
    try {
        place_orders();
        session_.in_transaction("look at the mirror", [&](postgres::transaction& within) {
            const state_question question{
                .account = view_.name,
                .platform = providers::find_platform(options_.of.settings.provider),
                .range = options_.wanted.range,
                .now = utc_now(),
                .read_since = read_since_,
                .newest_records = false};
            seen.state = read_state(within, question);
            for (const auto order : orders_) {
                postgres::parameters values;
                values.add(view_.name).add(order);
                const auto rows = within.run(sql::order_is_done.text, values);
                seen.orders_done = seen.orders_done && (rows.empty() || rows[0][0].as<bool>());
            }
            const auto columns =
                within.run(sql::columns_being_filled.text, postgres::parameters().add(view_.name));
            seen.being_filled = columns[0][0].c_str(); // "" for null
        });
    } catch (const postgres::database_lost& error) {
        seen.lost = error.what();
    } catch (const postgres::database_refused& error) {
        seen.refused = error.what();
    }
    return seen;
}

void elsewhere::show(const account_state& state) {
    view_.state = "mirrored by " + state.holder;
    view_.pace = state.pace;
    view_.lists.clear();
    for (const auto& list : state.lists) {
        if (!is_wanted(list, options_.of.settings.resources)) {
            continue;
        }
        engine::list_view shown;
        shown.resource = list.resource;
        shown.scope = list.scope;
        shown.records = list.records;
        shown.share = list.share;
        shown.history_complete =
            list.history_complete || options_.wanted.range.from != start_of_time;
        shown.unread = list.unread;
        shown.reading = list.reading;
        shown.oldest = list.oldest;
        shown.head_read_at = list.head_read_at;
        shown.due_at = list.whole_due_at;
        shown.aside = list.aside ? list.aside_reason : "";
        shown.last_error = list.last_error;
        view_.lists.push_back(std::move(shown));
    }
}

bool elsewhere::has_moved(const look& now) {
    std::string seen = now.being_filled + '\n';
    for (const auto& list : now.state.lists) {
        seen += list.resource + ' ' + list.scope + ' ' + std::to_string(list.records) + ' ' +
                std::to_string(list.unread) + ' ' + std::to_string(list.share) + '\n';
    }
    return std::exchange(last_seen_, seen) != seen;
}

engine::awaitable<std::optional<engine::account_end>> elsewhere::follow() {
    using engine::account_end;
    auto moved_at = steady_now();
    bool said = false;
    look seen;
    const std::function<void()> work = [this, &seen] { seen = look_once(); };
    do {
        co_await on_thread(executor_, work);
        why_ = seen.refused.empty() ? seen.lost : seen.refused;
        if (!seen.refused.empty()) {
            co_return account_end::database_refused;
        }
        const bool stale = steady_now() - moved_at >= options_.wanted.give_up_after;
        if (!seen.lost.empty()) {
            if (stale) {
                co_return account_end::unreachable;
            }
            continue;
        }
        if (!seen.state.held) {
            co_return std::nullopt;
        }
        if (!said) {
            say_(engine::level::info, "held by " + seen.state.holder + ", which does the work");
            said = true;
        }
        show(seen.state);
        if (has_moved(seen)) {
            moved_at = steady_now();
        }
        const auto judged =
            judge_elsewhere(seen.state, options_.of.settings.resources, options_.wanted);
        if (judged.finished && seen.orders_done && seen.being_filled.empty()) {
            why_ = judged.missing;
            co_return why_.empty() ? account_end::done : account_end::done_in_part;
        }
        if (stale) {
            why_ = "nothing has moved for " + format_duration(options_.wanted.give_up_after) +
                   "; " + (judged.missing.empty() ? "columns are not filled yet" : judged.missing);
            co_return account_end::done_in_part;
        }
    } while (co_await tasks_.sleep_until(steady_now() + options_.look_every));
    why_.clear();
    co_return account_end::stopped;
}

} // namespace callmirror::daemon
