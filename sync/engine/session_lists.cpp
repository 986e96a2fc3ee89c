#include "sync/base/text.hpp"
#include "sync/engine/commits.hpp"
#include "sync/engine/companies.hpp"
#include "sync/engine/own_columns.hpp"
#include "sync/engine/requests.hpp"
#include "sync/engine/session_parts.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr auto companies_soon = 30s; // where they could not be found out
constexpr auto companies_asked_every = 1h;
constexpr auto no_company = "the key's own user names no company, so nothing of a company is read; "
                            "name them with companies = [...]";

// The API has an answer, which says nothing of companies: most likely it stays the same.
bool is_final(fetch::verdict what) {
    return what == fetch::verdict::forbidden || what == fetch::verdict::not_found ||
           what == fetch::verdict::bad_request;
}

bool is_of(const auto& row, const providers::resource& resource, const std::string& scope) {
    return row.resource == resource.name && row.scope == scope;
}

} // namespace

// ---- companies

// Asks which companies there are. False where that could not be found out just now; those that were
// known before are gone on with.
awaitable<bool> session::find_companies() {
    const std::string target(ports.options.platform->self_path);
    const std::string name = "the key's own user";
    const auto not_a_user = [](const std::string& body) {
        return is_user(body) ? std::string() : std::string("not a user");
    };
    auto got = co_await ask(context, plan::work::head, target, name, not_a_user);
    if (const auto* body = std::get_if<std::string>(&got)) {
        if (auto found = companies_in(*body); !found.empty()) {
            account.companies = std::move(found);
        }
        co_return true;
    }
    const auto& why = std::get<problem>(got);
    companies_refused = is_final(why.what);
    if (!companies_unknown && !tasks.stopping()) {
        const auto* goes_on = once() && companies_refused ? "" : "; it is tried again";
        context.say(level::warning, ports.options.name + ": " + why.text + goes_on);
    }
    companies_unknown = true;
    co_return false;
}

awaitable<void> session::prepare_companies() {
    const auto& options = ports.options;
    account.provider = options.platform->name;
    if (!options.companies.empty()) {
        account.companies = options.companies;
        co_return;
    }
    // A one shot waits for an answer, as long as it waits for anything.
    while (!co_await find_companies() && once() && account.companies.empty() &&
           !companies_refused) {
        if (!co_await tasks.sleep_until(context.time.now() + companies_soon)) {
            co_return;
        }
    }
    if (lacks_companies() && (!companies_unknown || companies_refused)) {
        account.reason = no_company;
        context.view.lacks = no_company;
        context.say(level::warning, options.name + ": " + no_company);
    }
}

// A company that comes to the account, or that could not be found out about at first, is mirrored
// from then on: the session begins anew.
awaitable<void> session::follow_companies() {
    while (ports.options.companies.empty() && !once()) {
        const auto wait = companies_unknown ? companies_soon : companies_asked_every;
        if (!co_await tasks.sleep_until(context.time.now() + wait)) {
            break;
        }
        const auto before = account.companies;
        companies_unknown = !co_await find_companies();
        if (account.companies != before) {
            throw session_over(ports.options.name + ": it has other companies now");
        }
    }
}

// ---- lists

// What is known of a list from earlier sessions, as far as it still holds.
write::listing_row session::learned_of(const providers::resource& resource,
                                       const std::string& scope,
                                       const write::account_state& state) const {
    const auto known = std::ranges::find_if(
        state.listings, [&](const auto& each) { return is_of(each, resource, scope); });
    auto learned = known == state.listings.end() ? write::listing_row{} : *known;
    learned.resource = resource.name;
    learned.scope = scope;
    if (once() && !ports.once_begun) { // somebody wants to know whether it can be read now
        learned.aside_until.reset();
    }
    // A smaller page_size than before holds at once; a larger one is found out about, unless the
    // limit is one that only a refusal led to.
    const int wanted = ports.options.page_size;
    const int known_limit = learned.limit.value_or(0);
    if (!learned.first_page || (known_limit > 50 && wanted > known_limit)) {
        learned.first_page.reset();
        use_limit(learned, wanted);
    } else if (known_limit > wanted) {
        use_limit(learned, wanted);
    }
    return learned;
}

plan::timeline session::timeline_of(const providers::resource& resource,
                                    const write::listing_row& learned,
                                    const write::account_state& state) {
    const bool days = resource.kind == providers::shape::days;
    const auto& start = ports.options.history_start;
    const plan::timeline_rules rules{
        .history_start = days && start ? std::optional(floor_day(*start)) : start,
        .poll_interval = ports.options.poll_interval,
        .has_time_axis = resource.has_time_axis(),
        .snapshot_interval = ports.options.snapshot_interval,
        .asks_by_key = resource.kind == providers::shape::by_key,
        .page_size =
            learned.limit.value_or(0) > 0 ? *learned.limit : std::max(learned.largest_page, 1),
        .ahead = ports.options.max_in_flight,
        .pause_after_failure = once() ? 1s : 30s};
    std::vector<plan::slice> slices;
    std::ranges::copy_if(state.slices, std::back_inserter(slices),
                         [&](const auto& each) { return is_of(each, resource, learned.scope); });
    // Complete back to a history_start that is no longer set says nothing about what is older.
    const bool complete = !resource.has_time_axis() ||
                          (learned.history_complete && (start || !learned.history_start));
    const auto granularity = days ? std::optional<std::chrono::seconds>(24h) : learned.granularity;
    return plan::timeline(std::string(resource.name), learned.scope, rules, std::move(slices),
                          complete, granularity, [this] { return ++last_slice; });
}

void session::add_list(const providers::resource& resource, const std::string& scope,
                       const write::account_state& state) {
    auto learned = learned_of(resource, scope, state);
    auto timeline = timeline_of(resource, learned, state);
    learned.history_complete = learned.history_complete || !resource.has_time_axis();
    auto& book =
        books.try_emplace(std::string(resource.name), std::string(resource.name), state.fields)
            .first->second;
    // What was counted in an earlier session goes on.
    auto& views = context.view.lists;
    auto shown =
        std::ranges::find_if(views, [&](const auto& each) { return is_of(each, resource, scope); });
    if (shown == views.end()) {
        shown = views.insert(views.end(), {.resource = std::string(resource.name), .scope = scope});
    }
    // That pages count from 1 is looked at again in each session: it loses a page where it is
    // wrong.
    const bool manners_known = learned.first_page == 0;
    auto made = std::make_unique<list>(list{
        .resource = &resource,
        .scope = scope,
        .path = fetch::fill_path(resource.list_path, {{"companyId", scope}}),
        .siblings = {},
        .timeline = std::move(timeline),
        .learned = std::move(learned),
        .saved = {},
        .fields = &book,
        .decoder = decode::decoder(ports.options.name, resource, &book.catalog()),
        .view_index = static_cast<std::size_t>(shown - views.begin()),
        .look_for_keys_after = ports.options.snapshot_interval,
        .deletes_can_be_asked =
            !resource.record_path.empty() && resource.kind != providers::shape::by_key,
        .head = std::nullopt,
        .latest = {},
        .questioned = {},
        .agreed = {},
        .unsure = {},
        .manners_known = manners_known,
        .records_at = {},
    });
    lists.push_back(std::move(made));
}

void session::add_lists(const write::account_state& state) {
    const auto& wanted = ports.options.resources;
    for (const auto& resource : ports.options.platform->resources) {
        if (!wanted.empty() && std::ranges::find(wanted, resource.name) == wanted.end()) {
            continue;
        }
        if (resource.scope == providers::list_scope::account) {
            add_list(resource, "", state);
            continue;
        }
        for (const auto company : account.companies) {
            add_list(resource, std::to_string(company), state);
        }
    }
    // A single-record path that needs another table is of use only where that is mirrored, too.
    const auto is_mirrored = [&](std::string_view table) {
        return std::ranges::any_of(lists,
                                   [&](const auto& each) { return each->resource->name == table; });
    };
    for (auto& of : lists) {
        for (auto& other : lists) { // what has a time happened in one company
            if (other != of && other->resource == of->resource && !of->resource->has_time_axis()) {
                of->siblings.push_back(other.get());
            }
        }
        of->deletes_can_be_asked =
            of->deletes_can_be_asked &&
            std::ranges::all_of(of->resource->record_parameters, [&](const auto& each) {
                return each.via_table.empty() || is_mirrored(each.via_table);
            });
    }
}

// Puts the slices of its time axis in place.
awaitable<void> session::start_list(list& of, bool first_of_once) {
    auto unit = new_unit(context, of);
    auto changes = of.timeline.start(context.source_now());
    add_changes(unit, changes);
    if (first_of_once) {
        const auto anew = ports.options.once->again ? of.timeline.again(range(), context.now())
                                                    : of.timeline.forgive(range(), context.now());
        add_changes(unit, anew);
        changes.put.insert(changes.put.end(), anew.put.begin(), anew.put.end());
    }
    if (!unit.slices.empty()) {
        unit.listings.push_back(of.learned);
        co_await commit(context, of, unit);
    }
    of.timeline.release(changes);
    refresh_view(of);
}

awaitable<void> session::prepare(const write::account_state& state) {
    account.state = "ok";
    account.reason.clear();
    context.view.lacks.clear();
    co_await prepare_companies();
    add_lists(state);
    const bool first_of_once = once() && !ports.once_begun;
    if (first_of_once) {
        ports.once_begun = context.now();
    }
    co_await save_account();
    say_where_it_stands(); // not before a commit has shown that the database is there to stay
    unfilled = co_await settle_columns(context, ports.options.own_columns);
    context.view.enter(account_phase::mirroring, "mirroring");
    for (auto& of : lists) {
        co_await start_list(*of, first_of_once);
    }
    for (auto& of : lists) {
        of->head_open = of->resource->has_time_axis();
    }
    for (auto& of : lists) {
        if (of->head_open) {
            tasks.spawn("head of " + of->name(), follow_head(*of));
        }
    }
    for (int i = 0; i < ports.options.max_in_flight; ++i) {
        tasks.spawn("history", read_slices(i == 0 && ports.options.max_in_flight > 1));
    }
    tasks.spawn("suspects", follow_suspects());
    tasks.spawn("companies", follow_companies());
    tasks.spawn("orders", follow_orders());
    tasks.spawn("columns", follow_columns());
    if (once()) {
        tasks.spawn("outages", tell_outages_apart());
    }
}

} // namespace callmirror::engine
