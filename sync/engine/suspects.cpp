#include "sync/engine/suspects.hpp"

#include "sync/base/text.hpp"
#include "sync/engine/commits.hpp"
#include "sync/engine/list_health.hpp"
#include "sync/engine/missing.hpp"
#include "sync/engine/requests.hpp"

#include <algorithm>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr int at_once = 20;        // suspects in one transaction
constexpr auto longest_pause = 6h; // before a suspect is asked for again
// One that stands, though its slice has not shown it, is asked for when the time since has doubled.
constexpr auto soonest_if_there = 10min;
constexpr auto latest_if_there = 30 * 24h;

std::string target_of(const list& of, const write::suspect_to_ask& which) {
    std::vector<std::pair<std::string, std::string>> values{{"companyId", of.scope}};
    const auto& parameters = of.resource->record_parameters;
    for (std::size_t i = 0; i < parameters.size() && i < which.parameters.size(); ++i) {
        values.emplace_back(parameters[i].name, which.parameters[i]);
    }
    return fetch::fill_path(of.resource->record_path, values);
}

void add_row(write::commit_unit& unit, const decode::decoded_record& record) {
    unit.rows.rows.push_back({std::string(record.key), record.hash,
                              static_cast<std::uint32_t>(unit.rows.lines.size()),
                              static_cast<std::uint32_t>(record.line.size()), record.shape});
    unit.rows.lines.append(record.line);
}

// Nothing is concluded: asked for again later.
void ask_later(session_context& context, write::commit_unit& unit, write::suspect_row suspect) {
    const auto pause = std::min<std::chrono::milliseconds>(
        30s * (1 << std::min(suspect.attempts, 12)), longest_pause);
    ++suspect.attempts;
    suspect.ask_at = context.now() + pause;
    unit.asked_suspects.push_back(std::move(suspect));
}

// It stands at the source, but no digest of this list knows it now: until a read of its slice shows
// it, it is asked for from time to time. Otherwise nobody would notice when it goes.
void keep_asking(session_context& context, write::commit_unit& unit, write::suspect_row suspect) {
    const auto now = context.now();
    suspect.ask_at = now + std::clamp<std::chrono::milliseconds>(now - suspect.missing_since,
                                                                 soonest_if_there, latest_if_there);
    suspect.attempts = 0;
    unit.asked_suspects.push_back(std::move(suspect));
}

// What its path needs is not in the mirror: a second complete read, soon, decides instead.
void leave_to_next_read(session_context& context, list& of, write::suspect_row suspect,
                        write::commit_unit& unit) {
    if (const auto* slice = of.timeline.find(suspect.slice)) {
        const bool is_put = std::ranges::any_of(
            unit.slices, [&](const auto& each) { return each.id == slice->id; });
        if (of.timeline.is_busy(slice->id) && !is_put) { // its read would know nothing of this
            ask_later(context, unit, std::move(suspect));
            return;
        }
        add_changes(unit, of.timeline.again({slice->begins, slice->ends}, context.now()));
    }
    suspect.state = write::suspect_state::absent;
    unit.asked_suspects.push_back(std::move(suspect));
}

// The points in time in a record's typed columns.
std::vector<utc_time> times_of(const providers::resource& resource, std::string_view line) {
    const auto columns = decode::line_columns(resource);
    std::vector<utc_time> times;
    for (const auto& column : columns) {
        const auto tab = line.find('\t');
        const auto typed = std::ranges::find(resource.columns, column, &providers::column::name);
        if (typed != resource.columns.end() && typed->type == providers::column_type::timestamptz) {
            if (const auto time = parse_time(line.substr(0, tab))) {
                times.push_back(*time);
            }
        }
        if (tab == std::string_view::npos) {
            break;
        }
        line.remove_prefix(tab + 1);
    }
    return times;
}

// The record stands at the source.
awaitable<void> settle_found(session_context& context, list& of, const write::suspect_row& suspect,
                             const decode::decoded_record& record, write::commit_unit& unit) {
    const auto times = times_of(*of.resource, record.line);
    if (co_await is_known_at(context, of, suspect.key, times)) {
        unit.cleared_suspects.emplace_back(suspect.resource, suspect.key);
    } else {
        keep_asking(context, unit, suspect);
    }
}

// Why a company's single-record endpoint has not shown it, and whether a list did meanwhile.
struct not_found_there {
    problem why;
    bool shown = false;
};

// What a list has shown meanwhile is asked for later, as the head may show it again and again while
// the answer is awaited.
bool is_gone(const not_found_there& heard) {
    return heard.why.what == fetch::verdict::not_found && !heard.shown;
}

// Asks one company for it. nullopt where that settles it, or where it is to be asked for later.
awaitable<std::optional<not_found_there>> ask_in(session_context& context, list& of,
                                                 const write::suspect_to_ask& which,
                                                 write::commit_unit& unit) {
    const auto& suspect = which.suspect;
    const auto target = target_of(of, which);
    const auto name = of.name() + " record " + printable(suspect.key, 64);
    const std::vector<std::string> keys{suspect.key};
    question asked(of, keys);
    auto got = co_await ask_record(context, of, plan::work::suspect, target, name, suspect.key);
    const bool shown = !asked.shown().empty();
    asked.end();
    const auto* page = std::get_if<listed_page>(&got);
    if (!page) {
        std::optional<not_found_there> heard({std::get<problem>(std::move(got)), shown});
        co_return heard;
    }
    const auto& records = page->content.records;
    if (records.size() == 1 && records.front().key == suspect.key) {
        if (!shown) { // what a list has shown meanwhile may be newer
            add_row(unit, records.front());
            of.latest.wrote(suspect.key, page->asked_at);
        }
        co_await settle_found(context, of, suspect, records.front(), unit);
    } else {
        ask_later(context, unit, suspect);
    }
    co_return std::nullopt;
}

// It is not where it was asked for. Where companies may share it, all of them are asked: what their
// lists showed last may be a day old. One that the key may not read is believed as it was.
awaitable<void> settle_gone(session_context& context, list& of, const write::suspect_to_ask& which,
                            steady_time asked_at, write::commit_unit& unit) {
    const auto& suspect = which.suspect;
    for (auto* const other : of.siblings) {
        if (is_aside(context, *other)) {
            const auto theirs = co_await load_digest(context, other->timeline.slices().front().id);
            if (theirs.find(suspect.key).value_or(not_shown) != not_shown) {
                keep_asking(context, unit, suspect);
                co_return;
            }
            continue;
        }
        const auto heard = co_await ask_in(context, *other, which, unit);
        if (heard && !is_gone(*heard)) {
            ask_later(context, unit, suspect);
        }
        if (!heard || !is_gone(*heard)) {
            co_return;
        }
    }
    unit.deleted.push_back(suspect.key);
    note_deleted(of, suspect.key);
    of.latest.wrote(suspect.key, asked_at); // a page from before may still be on its way
    unit.cleared_suspects.emplace_back(suspect.resource, suspect.key);
}

enum class asking : std::uint8_t { goes_on, fails, stops };

awaitable<asking> ask_one(session_context& context, list& of, const write::suspect_to_ask& which,
                          write::commit_unit& unit) {
    const auto& suspect = which.suspect;
    if (!which.resolvable) {
        leave_to_next_read(context, of, suspect, unit);
        co_return asking::goes_on;
    }
    const auto heard = co_await ask_in(context, of, which, unit);
    if (!heard) {
        co_return asking::goes_on;
    }
    if (heard->why.what == fetch::verdict::stopped) {
        co_return asking::stops;
    }
    if (is_gone(*heard)) {
        co_await settle_gone(context, of, which, heard->why.asked_at, unit);
    } else {
        ask_later(context, unit, suspect);
    }
    co_return fetch::is_retryable(heard->why.what) ? asking::fails : asking::goes_on;
}

} // namespace

awaitable<bool> ask_suspects(session_context& context, list& of) {
    std::vector<write::suspect_to_ask> waiting;
    auto job = [&](write::store& store) {
        waiting = store.suspects_to_ask(context.lease, std::string(context.platform.name),
                                        *of.resource, of.scope, context.now(), at_once);
    };
    co_await context.store.run(job);
    auto state = asking::goes_on;
    for (const auto& each : waiting) {
        auto unit = new_unit(context, of);
        if (state == asking::fails) { // for all, most likely: not one by one, each with its retries
            ask_later(context, unit, each.suspect);
        } else {
            state = co_await ask_one(context, of, each, unit);
        }
        if (!unit.asked_suspects.empty() || !unit.cleared_suspects.empty()) {
            co_await take_turn(context, of);
            co_await commit(context, of, unit);
            end_turn(context, of);
            for (const auto& slice : unit.slices) {
                of.timeline.release(slice.id);
                context.work_changed.notify();
            }
        }
        if (state == asking::stops) {
            break;
        }
    }
    co_return !waiting.empty();
}

} // namespace callmirror::engine
