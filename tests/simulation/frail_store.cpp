#include "tests/simulation/frail_store.hpp"

namespace callmirror::simulation {
namespace {

std::string moment(utc_time time) {
    return time == start_of_time ? "-inf" : time == end_of_time ? "inf" : format_utc(time);
}

} // namespace

std::string frail_store::describe(const write::commit_unit& unit) {
    std::string text = "commit";
    if (unit.table != nullptr) {
        text += ' ';
        text += unit.table->name;
    }
    const auto count = [&](const char* name, std::size_t number) {
        if (number > 0) {
            text += ' ' + std::string(name) + '=' + std::to_string(number);
        }
    };
    count("rows", unit.rows.rows.size());
    for (std::size_t i = 0; i < unit.rows.rows.size() && i < 8; ++i) {
        text += ' ' + unit.rows.rows[i].key;
    }
    count("rejected", unit.rejected.size());
    count("pieces", unit.digest_pieces.size());
    for (const auto& key : unit.deleted) {
        text += " deleted:" + key;
    }
    for (const auto& each : unit.suspects) {
        text += " suspect:" + each.key + "@" + std::to_string(each.slice) +
                (each.state == write::suspect_state::ask    ? "ask"
                 : each.state == write::suspect_state::held ? "held"
                                                            : "absent");
    }
    for (const auto& each : unit.asked_suspects) {
        text += " asked:" + each.key + " again " + moment(each.ask_at);
    }
    for (const auto& [resource, key] : unit.cleared_suspects) {
        text += " cleared:" + key;
    }
    for (const auto id : unit.cleared_digests) {
        text += " emptied:" + std::to_string(id);
    }
    for (const auto& [from, to] : unit.moved_digests) {
        text += " digest:" + std::to_string(from) + ">" + std::to_string(to);
    }
    for (const auto id : unit.gone_slices) {
        text += " gone:" + std::to_string(id);
    }
    for (const auto& each : unit.slices) {
        text += " slice:" + std::to_string(each.id) + "[" + moment(each.begins) + ", " +
                moment(each.ends) + ") " + (each.read_at ? "read" : "unread") + " " +
                std::to_string(each.records) + "r " + std::to_string(each.failures) + "f due " +
                moment(each.due_at);
    }
    for (const auto id : unit.done_orders) {
        text += " order done:" + std::to_string(id);
    }
    return text;
}

} // namespace callmirror::simulation
