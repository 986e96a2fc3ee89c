#include "tests/simulation/scenario.hpp"

#include "sync/providers/provider.hpp"
#include "tests/simulator/chance.hpp"

#include <algorithm>
#include <cmath>

namespace callmirror::simulation {
namespace {

using namespace std::chrono_literals;
using simulator::chance;
using std::chrono::milliseconds;

template <typename T>
T one_of(chance& luck, std::initializer_list<T> values) {
    return values.begin()[luck.below(values.size())];
}

// Even over the orders of magnitude between them.
double spread(chance& luck, double least, double most) {
    return least * std::pow(most / least, luck.real());
}
milliseconds spread(chance& luck, milliseconds least, milliseconds most) {
    return milliseconds(static_cast<std::int64_t>(
        spread(luck, static_cast<double>(least.count()), static_cast<double>(most.count()))));
}

constexpr auto day = std::chrono::hours(24);

void draw_world(chance& luck, scenario& of) {
    auto& world = of.world;
    world.end = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) +
                std::chrono::seconds(luck.below(86'400 * 200));
    const auto days = static_cast<int>(spread(luck, 1, 1500));
    world.start = world.end - days * day - std::chrono::seconds(luck.below(86'400));
    const double records = spread(luck, 10, 1200);
    const bool all_lists = luck.happens(0.7);
    world.calls_per_day = records / days * (all_lists ? 0.4 : 1);
    world.streams_per_day = records / days * (all_lists ? 0.1 : 0.02);
    world.events_per_stream = spread(luck, 1, 8);
    world.partner_calls_per_day = 0;
    world.users = 3 + static_cast<std::uint32_t>(luck.below(5));
    world.removed_share = luck.happens(0.5) ? 0.02 : 0;
    if (luck.happens(0.2) && days > 60) { // closed for a while, up to two years
        const auto from =
            world.start + std::chrono::hours(luck.below(static_cast<std::uint64_t>(days) * 12));
        const auto length = std::min<std::chrono::hours>(
            std::chrono::hours(static_cast<int>(spread(luck, 24, 730 * 24))),
            std::chrono::floor<std::chrono::hours>(world.end - from));
        world.gaps.emplace_back(from, from + length);
    }
    if (luck.happens(0.3)) {
        world.company_ids = {123, 456};
    }
    if (luck.happens(0.1)) {
        world.first_id = std::int64_t{1} << 53U;
    }
}

void draw_account(chance& luck, scenario& of) {
    auto& account = of.account;
    account.name = "acme";
    account.platform = providers::find_platform("snapcall");
    account.resources = {"calls", "streams", "stream_events", "roles", "teams"};
    if (luck.happens(0.5)) {
        account.companies = of.world.company_ids;
    }
    // Left out, history ends where three years show nothing.
    if (luck.happens(0.4) || of.world.end - of.world.start > 1000 * day) {
        account.history_start = std::chrono::floor<std::chrono::days>(
            of.world.start + std::chrono::hours(luck.below(72)) - std::chrono::hours(24));
    }
    // A budget that the heads alone use up would leave the history to the work order's floor.
    account.requests_per_second = one_of(luck, {2.0, 5.0, 20.0, 100.0});
    const bool poor = account.requests_per_second < 20;
    account.page_size = poor ? one_of(luck, {20, 50, 100}) : one_of(luck, {5, 10, 20, 50});
    const auto in_flight = 1 + static_cast<int>(luck.below(6));
    account.max_in_flight =
        in_flight == 6 ? 16 : in_flight; // more than slices that wait: see page_window
    account.poll_interval =
        poor ? one_of<milliseconds>(luck, {30s, 120s}) : one_of<milliseconds>(luck, {5s, 30s});
    account.snapshot_interval = 4 * account.poll_interval;
}

void draw_envelope(chance& luck, simulator::manners& is) {
    is.envelope = one_of<std::string>(
        luck, {"", "data", "{name}", "items", "result.rows", "data.records", "payload.{name}"});
    is.record_envelope = one_of<std::string>(luck, {"", "", "data", "result"});
    is.extra = one_of<std::string>(luck, {"", R"({"errors":[],"ok":true})"});
    switch (luck.below(5)) {
    case 0:
        is.totals = {};
        break;
    case 1:
        is.totals = {"meta.totalCount"};
        break;
    case 2:
        is.totals = {"pagination.pages"};
        break;
    case 3:
        is.totals = {"header:X-Total-Count"};
        break;
    default:
        is.totals = {"total"};
    }
    is.totals_are = one_of(luck, {simulator::total_truth::exact, simulator::total_truth::exact,
                                  simulator::total_truth::page, simulator::total_truth::wrong,
                                  simulator::total_truth::frozen});
    is.has_more = one_of<std::string>(luck, {"", "", "has_more", "meta.hasNext"});
}

void draw_pages(chance& luck, std::int64_t page_size, simulator::manners& is) {
    is.first_page = static_cast<std::int64_t>(luck.below(2));
    is.zero = one_of(luck, {simulator::page_zero::refused, simulator::page_zero::same_as_first,
                            simulator::page_zero::empty});
    is.default_limit = one_of<std::int64_t>(luck, {10, 20, 20, 100});
    is.max_limit = one_of<std::int64_t>(luck, {10, 20, 50, 100, 1000});
    is.over = one_of(luck, {simulator::over_limit::clamped, simulator::over_limit::refused});
    if (luck.happens(0.1)) {
        is.limits = {50, 20};
    }
    if (luck.happens(0.25)) { // short pages; an empty one within a list would be its end
        const auto page = std::min({page_size, is.max_limit, is.default_limit, std::int64_t{20}});
        is.hidden_per_250 = static_cast<std::int64_t>(
            luck.below(std::min<std::uint64_t>(static_cast<std::uint64_t>(page), 41)));
    }
    is.order = one_of(luck, {simulator::list_order::newest, simulator::list_order::oldest,
                             simulator::list_order::id, simulator::list_order::shuffled});
}

void draw_range(chance& luck, simulator::manners& is) {
    is.grain = one_of(luck, {simulator::granularity::millisecond, simulator::granularity::second,
                             simulator::granularity::day});
    is.start_inclusive = luck.happens(0.5);
    is.end_inclusive = luck.happens(0.5);
    is.compares =
        one_of(luck, {simulator::compared_time::created, simulator::compared_time::created,
                      simulator::compared_time::started, simulator::compared_time::updated});
}

void draw_manners(chance& luck, scenario& of) {
    auto& is = of.manners.shared;
    draw_envelope(luck, is);
    draw_pages(luck, of.account.page_size, is);
    draw_range(luck, is);
    is.gone_status = one_of<std::int64_t>(luck, {404, 410});
    const auto past_end =
        one_of<std::int64_t>(luck, {200, 200, 200, 200, 200, 200, 200, 400, 404, 422});
    // Without a true total a long list whose last page is full can't be told from one cut off.
    const bool counts = !is.totals.empty() && is.totals.front().find("otal") != std::string::npos;
    if (counts && is.totals_are == simulator::total_truth::exact) {
        is.past_end_status = past_end;
    }
    if (!of.account.companies.empty()) {
        is.me = simulator::me_shape::neither;
    } else if (of.world.company_ids.size() > 1) {
        is.me = simulator::me_shape::companies;
    } else {
        is.me = one_of(luck, {simulator::me_shape::both, simulator::me_shape::company_id,
                              simulator::me_shape::companies});
    }
    if (luck.happens(0.3)) {
        is.requests_per_second = spread(luck, 5, 30);
        is.burst = 1 + static_cast<std::int64_t>(luck.below(10));
        is.after = one_of(luck, {simulator::retry_after::seconds, simulator::retry_after::date,
                                 simulator::retry_after::none});
        is.rates = one_of(luck, {simulator::rate_headers::none, simulator::rate_headers::ratelimit,
                                 simulator::rate_headers::x_ratelimit});
    }
    if (luck.happens(0.2)) {
        is.clock_ahead_ms = static_cast<std::int64_t>(luck.below(7'200'000)) - 3'600'000;
    }
    using dates = simulator::date_form;
    is.style.dates = one_of(luck, {dates::iso, dates::iso_offset, dates::sql, dates::epoch_ms});
    is.style.numbers_as_text = luck.happens(0.2);
    is.style.signature_period_s = luck.happens(0.5) ? 900 : 0;
    if (luck.happens(0.1)) {
        is.style.hostile_every = 10;
        is.style.hostile_kinds =
            0x3FFF & ~(1U << static_cast<unsigned>(simulator::hostile_kind::wide));
    }
}

void draw_changes(chance& luck, scenario& of) {
    auto& rates = of.chaos;
    const auto often = [&](double chance_of) {
        return luck.happens(chance_of) ? spread(luck, 5s, 20min) : 0ms;
    };
    rates.add_every = often(0.8);
    rates.change_every = often(0.7);
    rates.remove_every = often(0.6);
    rates.return_every = often(0.4);
    rates.move_every = often(0.4);
    rates.import_every = luck.happens(0.3) ? spread(luck, 5min, 60min) : 0ms;
    rates.purge_every = luck.happens(0.2) ? spread(luck, 10min, 60min) : 0ms;
    chance sharing(
        simulator::mix(of.seed, 0x5a)); // so that the other draws are what they were without it
    if (of.world.company_ids.size() > 1 && sharing.happens(0.6)) {
        rates.share_every = spread(sharing, 10s, 20min);
    }
}

void draw_faults(chance& luck, scenario& of) {
    using kind = simulator::fault_kind;
    const auto add = [&](kind what, int status = 503) {
        simulator::fault_rule rule;
        rule.what = what;
        rule.status = status;
        rule.probability = spread(luck, 0.002, 0.1);
        rule.bytes = luck.below(2000);
        rule.bytes_per_second = 20 + luck.below(5000);
        rule.length_error = static_cast<std::int64_t>(luck.below(20)) - 10;
        rule.location = "https://elsewhere.example/v2/calls";
        if (what == kind::status && luck.happens(0.3)) {
            rule.headers = {{"Retry-After", std::to_string(luck.below(30))}};
        }
        of.faults.push_back(std::move(rule));
    };
    const auto kinds = luck.below(5);
    for (std::uint64_t i = 0; i < kinds; ++i) {
        const auto what =
            one_of(luck, {kind::status, kind::status, kind::status, kind::error_object, kind::html,
                          kind::csv, kind::empty, kind::malformed, kind::cut, kind::reset,
                          kind::reset_within, kind::hang, kind::hang_within, kind::slow,
                          kind::wrong_length, kind::bad_gzip, kind::redirect});
        add(what, one_of(luck, {500, 502, 503, 504, 408, 425, 429, 429, 400, 403, 404}));
    }
    if (luck.happens(0.1)) { // somebody revokes the key, and puts it back in place
        add(kind::status, 401);
        of.chaos.key_renewed_every = spread(luck, 5s, 2min);
    }
    if (luck.happens(0.4)) { // records come and go between two pages
        using action = simulator::drift::action;
        simulator::fault_rule rule;
        rule.kind = simulator::endpoint_kind::list;
        rule.probability = spread(luck, 0.01, 0.3);
        simulator::drift what;
        what.what = one_of(luck, {action::remove, action::insert, action::change,
                                  action::return_removed, action::move});
        what.rank = static_cast<std::int64_t>(luck.below(40)) - 20;
        what.shift = spread(luck, 1s, 24h);
        rule.drifts.push_back(what);
        of.faults.push_back(std::move(rule));
    }
    auto& rates = of.chaos;
    if (luck.happens(0.5)) {
        rates.commit_fails_before = spread(luck, 0.001, 0.1);
        rates.commit_fails_after = spread(luck, 0.001, 0.1);
    }
    if (luck.happens(0.3)) {
        rates.database_away_every = spread(luck, 1min, 30min);
        rates.database_away_most = spread(luck, 1s, 5min);
    }
}

void draw_deaths(chance& luck, scenario& of) {
    auto& rates = of.chaos;
    of.processes = luck.happens(0.4) ? 2 : 1;
    if (luck.happens(0.6)) {
        rates.kill_every = spread(luck, 2s, 20min);
    }
    if (luck.happens(0.4)) {
        rates.pause_every = spread(luck, 10s, 20min);
        rates.pause_most = spread(luck, 1s, 2min);
    }
    if (luck.happens(0.3)) {
        rates.clock_step_every = spread(luck, 30s, 20min);
    }
    if (luck.happens(0.3)) {
        const auto off = [&] {
            return milliseconds(static_cast<std::int64_t>(luck.below(120'000)) - 60'000);
        };
        of.clocks_off = {off(), off()};
        of.database_off = off();
    }
}

// Small batches, so that slices take several, and a server that loses the latest of them.
void draw_batches(chance& luck, scenario& of) {
    if (luck.happens(0.3)) {
        of.account.batch.rows = one_of<std::size_t>(luck, {7, 30, 150});
        of.chaos.database_crashes = luck.happens(0.7) ? spread(luck, 0.001, 0.05) : 0;
    }
}

// "order=2 grain=1 ...", for people; the numbers are those of the enumerations.
std::string described(const simulator::manners& is) {
    std::string text = "envelope \"" + is.envelope + "\"";
    for (const auto& each : is.totals) {
        text += " total \"" + each + "\"";
    }
    const auto add = [&](const char* name, std::int64_t value) {
        text += ' ' + std::string(name) + '=' + std::to_string(value);
    };
    add("totals_are", static_cast<int>(is.totals_are));
    add("has_more", is.has_more.empty() ? 0 : 1);
    add("first_page", is.first_page);
    add("page_zero", static_cast<int>(is.zero));
    add("default_limit", is.default_limit);
    add("max_limit", is.max_limit);
    add("over", static_cast<int>(is.over));
    add("limits", static_cast<int>(is.limits.size()));
    add("hidden", is.hidden_per_250);
    add("order", static_cast<int>(is.order));
    add("grain", static_cast<int>(is.grain));
    add("start_inclusive", is.start_inclusive ? 1 : 0);
    add("end_inclusive", is.end_inclusive ? 1 : 0);
    add("compares", static_cast<int>(is.compares));
    add("rate_ms", static_cast<std::int64_t>(is.requests_per_second * 1000));
    add("clock_ahead_s", is.clock_ahead_ms / 1000);
    add("past_end_status", is.past_end_status);
    add("hostile_every", is.style.hostile_every);
    return text;
}

} // namespace

std::string scenario::summary() const {
    const auto days = std::chrono::floor<std::chrono::days>(world.end - world.start).count();
    return "seed " + std::to_string(seed) + ": " + std::to_string(days) + " days, page size " +
           std::to_string(account.page_size) + ", " +
           std::to_string(account.requests_per_second).substr(0, 5) + " requests/s, " +
           std::to_string(account.max_in_flight) + " in flight, batches of " +
           std::to_string(account.batch.rows) + ", poll " +
           std::to_string(account.poll_interval.count() / 1000) + " s, " +
           std::to_string(processes) + " processes, " + std::to_string(chaos.lasts.count() / 1000) +
           " s of chaos" + (ends_with_backfill ? ", backfill" : "") + "; " +
           described(manners.shared);
}

scenario draw_scenario(std::uint64_t seed, const trouble& allowed) {
    chance luck(simulator::mix(seed, 0x5ce));
    scenario of;
    of.seed = seed;
    draw_world(luck, of);
    draw_account(luck, of);
    // Each part has a chance of its own, so that leaving one out leaves the others as they are.
    chance manners(luck.next());
    chance changes(luck.next());
    chance faults(luck.next());
    chance deaths(luck.next());
    of.database_threads = 1 + static_cast<int>(luck.below(2));
    of.ends_with_backfill = luck.happens(0.3);
    of.waits_for_brake = luck.happens(0.05);
    of.chaos.lasts = spread(luck, 10s, 3h);
    if (allowed.manners && manners.happens(0.9)) {
        draw_manners(manners, of);
    }
    if (allowed.changes && changes.happens(0.9)) {
        draw_changes(changes, of);
    }
    if (allowed.faults && faults.happens(0.8)) {
        draw_faults(faults, of);
    }
    if (allowed.deaths && deaths.happens(0.7)) {
        draw_deaths(deaths, of);
    }
    chance batches(luck.next());
    draw_batches(batches, of);
    if (!allowed.faults) {
        of.chaos.database_crashes = 0;
    }
    return of;
}

} // namespace callmirror::simulation
