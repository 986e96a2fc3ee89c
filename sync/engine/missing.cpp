#include "sync/engine/missing.hpp"

#include "sync/engine/commits.hpp"
#include "sync/engine/list_health.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;
using write::suspect_state;

constexpr std::size_t brake_from = 50; // records in a slice
constexpr std::size_t brake_share = 5; // a fifth
constexpr auto brake_wait = 6h;        // until a second read counts
constexpr auto spare = 1s;             // that every slice asks for at its ends
constexpr auto soon = 60s;             // where it is to be known soon

// Leaves out keys that one of these slices has shown: they moved there. One that is being read may
// be about to drop them, too: they are in `unsure` then. False where the rest may well be in a
// neighbour: in the head, which is being read or was cut from this slice and not read since, or in
// the other half of a split.
awaitable<bool> drop_moved(session_context& context, list& of,
                           const std::vector<plan::slice_id>& among, missing_keys& missing,
                           missing_keys& unsure) {
    bool certain = true;
    for (const auto id : among) {
        if (missing.empty()) {
            break;
        }
        const auto theirs = co_await load_digest(context, id);
        const auto* other = of.timeline.find(id);
        const bool settled = other && !is_under_way(of, *other);
        certain =
            certain &&
            (!other || ((other->read_at || other->failures > 0) && (settled || !other->is_open())));
        std::erase_if(missing, [&](const auto& each) {
            const bool moved = theirs.find(each.key).value_or(not_shown) != not_shown;
            if (moved && !settled) {
                unsure.push_back(each);
            }
            return moved;
        });
    }
    co_return certain || missing.empty();
}

// Leaves out keys that another company's list shows. False where that was never read.
awaitable<bool> drop_shared(session_context& context, const list& of, missing_keys& missing,
                            missing_keys& unsure) {
    bool certain = true;
    for (auto* const other : of.siblings) {
        const std::vector<plan::slice_id> whole{other->timeline.slices().front().id};
        const bool theirs = co_await drop_moved(context, *other, whole, missing, unsure);
        certain = certain && (theirs || is_aside(context, *other));
    }
    co_return certain;
}

// The suspects among these keys, whichever slice has missed them.
awaitable<std::vector<write::suspect_row>> suspects_among(session_context& context, const list& of,
                                                          const missing_keys& missing) {
    std::vector<std::string> keys;
    for (const auto& each : missing) {
        keys.push_back(each.key);
    }
    std::vector<write::suspect_row> found;
    auto job = [&](write::store& store) {
        found = store.suspects_named(context.lease, std::string(of.resource->name), keys);
    };
    co_await context.store.run(job);
    co_return found;
}

// Until it is read again: longer each time, so that others get a turn, but not for ever: a head
// that is read all the time lets it be told by chance only.
std::chrono::milliseconds unsure_for(const session_context& context, const list& of,
                                     const plan::slice& slice) {
    const auto before = of.unsure.find(slice.id);
    const int times = before == of.unsure.end() ? 0 : before->second;
    return context.unsure_for * (1 << std::min(times, 3));
}

struct judgement {
    session_context& context;
    list& of;
    const plan::slice& slice;
    write::commit_unit& unit;
    utc_time now;
    missing_decision decision{};
    std::unordered_map<std::string_view, const write::suspect_row*> known{}; // suspects, by key
    std::vector<std::string> agreed{}; // by a second complete read

    void read_again_by(utc_time at) {
        decision.again_at = std::min(decision.again_at.value_or(end_of_time), at);
    }
    void suspect(const std::string& key, suspect_state state, bool brake);
};

void judgement::suspect(const std::string& key, suspect_state state, bool brake) {
    const auto found = known.find(key);
    const auto* before = found == known.end() ? nullptr : found->second;
    const bool waited = before && before->missing_since + brake_wait <= now;
    if (before && (before->state == suspect_state::absent ||
                   (before->state == suspect_state::held && brake && waited))) {
        agreed.push_back(key);
        decision.kept.put(key, not_shown); // until that is carried out
        return;
    }
    if (state != suspect_state::ask) { // so that the next read misses it, too
        decision.kept.put(key, not_shown);
    }
    const auto since = before ? std::min(before->missing_since, now) : now; // clocks are set back
    if (state == suspect_state::held) {
        ++decision.held;
        read_again_by(std::max<utc_time>(since + brake_wait, now + soon));
    }
    if (!before || before->state != state || before->slice != slice.id ||
        before->missing_since != since) {
        unit.suspects.push_back({.resource = std::string(of.resource->name),
                                 .scope = of.scope,
                                 .key = key,
                                 .slice = slice.id,
                                 .state = state,
                                 .missing_since = since,
                                 .ask_at = now,
                                 .attempts = 0});
    }
}

} // namespace

awaitable<bool> is_known_at(session_context& context, list& of, const std::string& key,
                            const std::vector<utc_time>& times) {
    std::set<plan::slice_id> holding;
    for (const auto& each : of.timeline.slices()) {
        const bool holds = std::ranges::any_of(
            times, [&](utc_time time) { return each.begins <= time + spare && time < each.ends; });
        if ((holds || each.is_whole()) && !is_under_way(of, each)) {
            holding.insert(each.id);
        }
    }
    for (const auto id : holding) {
        const auto theirs = co_await load_digest(context, id);
        const auto* const still = of.timeline.find(id);
        if (theirs.find(key).value_or(not_shown) != not_shown && still &&
            !is_under_way(of, *still)) {
            co_return true;
        }
    }
    co_return false;
}

awaitable<missing_decision> judge_missing(session_context& context, list& of,
                                          const plan::slice& slice, std::size_t before,
                                          missing_keys missing,
                                          const std::vector<write::suspect_row>& suspects,
                                          write::commit_unit& unit) {
    judgement judge{
        .context = context, .of = of, .slice = slice, .unit = unit, .now = context.now()};
    std::unordered_set<std::string_view> waiting; // for a second read, and not missed by this one
    for (const auto& each : suspects) {
        if (each.state != suspect_state::ask) {
            waiting.insert(each.key);
        }
    }
    for (const auto& each : missing) {
        waiting.erase(each.key);
    }
    for (const auto key : waiting) {
        unit.cleared_suspects.emplace_back(of.resource->name, key);
    }
    if (missing.empty()) {
        co_return std::move(judge.decision);
    }
    const auto among = co_await suspects_among(context, of, missing);
    for (const auto& each : among) {
        judge.known.emplace(each.key, &each);
    }
    missing_keys unsure;
    const auto is_mass = [&] {
        return before >= brake_from && missing.size() * brake_share > before;
    };
    const auto neighbours = of.timeline.neighbours(slice.id);
    bool certain = co_await drop_moved(context, of, neighbours, missing, unsure);
    // One by one, all companies are asked for them.
    if (!of.deletes_can_be_asked || is_mass()) {
        const bool by_others = co_await drop_shared(context, of, missing, unsure);
        certain = certain && by_others;
    }
    const auto news =
        std::ranges::count_if(missing, [](const auto& each) { return each.hash != not_shown; });
    const bool is_new = context.reads_again && 2 * static_cast<std::size_t>(news) > missing.size();
    // Where lists go by the time of the last change, a record moves from any slice to any later
    // one.
    if (is_mass() && certain && !is_new) {
        std::vector<plan::slice_id> others;
        for (const auto& each : of.timeline.slices()) {
            if (each.id != slice.id && std::ranges::find(neighbours, each.id) == neighbours.end()) {
                others.push_back(each.id);
            }
        }
        co_await drop_moved(context, of, others, missing, unsure);
    }
    for (const auto& each : unsure) {
        judge.decision.kept.put(each.key, not_shown);
        judge.known.erase(each.key);
        judge.decision.is_sure = false;
    }
    const bool brake = is_mass();
    const auto state = brake                     ? suspect_state::held
                       : of.deletes_can_be_asked ? suspect_state::ask
                                                 : suspect_state::absent;
    // Asking proves by itself; anything else would take what has moved for gone. A crowd that has
    // just gone missing may show in a slice that is read after this one.
    if ((!certain && state != suspect_state::ask) || (brake && is_new)) {
        for (const auto& each : missing) {
            judge.decision.kept.put(each.key, not_shown);
        }
        judge.decision.is_sure = false;
        judge.read_again_by(judge.now + unsure_for(context, of, slice));
        co_return std::move(judge.decision);
    }
    if (!judge.decision.is_sure) {
        judge.read_again_by(judge.now + unsure_for(context, of, slice));
    }
    for (const auto& each : missing) {
        judge.suspect(each.key, state, brake);
        judge.known.erase(each.key);
    }
    for (const auto& [key, suspect] : judge.known) { // moved
        if (suspect->slice == slice.id) {
            unit.cleared_suspects.emplace_back(of.resource->name, key);
        }
    }
    if (!judge.agreed.empty()) {
        of.agreed.emplace_back(slice.id, std::move(judge.agreed));
        context.suspects_added = true;
        context.work_changed.notify();
    }
    co_return std::move(judge.decision);
}

} // namespace callmirror::engine
