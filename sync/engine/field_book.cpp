#include "sync/engine/field_book.hpp"

#include <algorithm>
#include <array>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;
using decode::json_kind;
using field_id = decode::field_catalog::field_id;

constexpr auto written_every = 60s;
constexpr auto learnt_after = 24h;
constexpr std::uint64_t learnt_after_records = 100;
constexpr auto gone_after = 24h;
constexpr std::uint64_t gone_after_gaps = 50;
constexpr std::uint64_t gone_after_records = 100;

} // namespace

std::string_view name_of(field_change change) {
    constexpr std::array<std::string_view, kinds_of_field_change> names{"appeared", "retyped",
                                                                        "vanished", "returned"};
    return names[static_cast<std::size_t>(change)];
}

field_book::field_book(std::string resource, const std::vector<write::field_row>& known)
    : resource_(std::move(resource)) {
    for (const auto& row : known) {
        if (row.resource != resource_) {
            continue;
        }
        const auto id = catalog_.add_known(row.path, decode::type_named(row.type), row.example);
        if (!id) {
            continue;
        }
        entries_.resize(catalog_.field_count());
        entries_[*id] = {.seen = row.seen,
                         .last_record = row.last_record,
                         .first_seen_at = row.first_seen_at,
                         .last_seen_at = row.last_seen_at,
                         .vanished_at = row.vanished_at};
        records_ = std::max(records_, row.last_record);
    }
}

void field_book::saw(decode::field_catalog::shape_id shape) {
    if (shape == decode::field_catalog::unknown_shape) {
        return;
    }
    pending_.resize(std::max<std::size_t>(pending_.size(), shape + 1));
    if (pending_[shape]++ == 0 && !has_unknown_) {
        has_unknown_ = std::ranges::any_of(catalog_.fields_of(shape), [this](field_id id) {
            return id >= entries_.size() || entries_[id].seen == 0 || entries_[id].vanished_at;
        });
    }
    any_pending_ = true;
}

// That a value may be null is no other type.
bool field_book::has_other_type(field_id id) const {
    const auto& field = catalog_.at(id);
    for (std::size_t other = 0; other < entries_.size(); ++other) {
        const auto& each = catalog_.at(static_cast<field_id>(other));
        if (other != id && entries_[other].seen > 0 && each.path == field.path) {
            return true;
        }
    }
    return false;
}

void field_book::note_sighting(field_id id, std::uint64_t count, utc_time now, page& to) {
    auto& of = entries_[id];
    const auto& field = catalog_.at(id);
    const auto tell = [&](field_change what) {
        to.news.push_back({what, field.path, std::string(decode::type_name(field.type))});
    };
    if (of.seen == 0) {
        of.first_seen_at = now;
        if (!has_other_type(id)) {
            tell(field_change::appeared);
        } else if (field.type != json_kind::null) {
            tell(field_change::retyped);
        }
    } else if (of.vanished_at) {
        tell(field_change::returned);
    }
    of.seen += count;
    of.last_record = records_;
    of.last_seen_at = now;
    of.vanished_at.reset();
}

bool field_book::is_gone(const entry& of, utc_time now) const {
    if (of.seen == 0 || of.vanished_at || now - of.last_seen_at < gone_after) {
        return false;
    }
    const auto gap = std::max<std::uint64_t>(1, of.last_record / of.seen);
    return records_ - of.last_record > std::max(gone_after_records, gone_after_gaps * gap);
}

write::field_row field_book::row_of(field_id id) const {
    const auto& field = catalog_.at(id);
    const auto& of = entries_[id];
    return {.resource = resource_,
            .path = field.path,
            .type = std::string(decode::type_name(field.type)),
            .example = field.example,
            .seen = of.seen,
            .last_record = of.last_record,
            .first_seen_at = of.first_seen_at,
            .last_seen_at = of.last_seen_at,
            .vanished_at = of.vanished_at};
}

field_book::page field_book::take(utc_time now, bool in_any_case) {
    page taken;
    const bool is_time = now >= taken_at_ + written_every || now < taken_at_;
    if (!any_pending_ || !(in_any_case || has_unknown_ || is_time)) {
        return taken;
    }
    taken_at_ = now;
    entries_.resize(catalog_.field_count());
    const auto& record = entries_.front();
    taken.is_learning = records_ < learnt_after_records &&
                        (record.seen == 0 || now - record.first_seen_at < learnt_after);
    std::vector<std::uint64_t> counts(entries_.size());
    for (std::size_t shape = 0; shape < pending_.size(); ++shape) {
        for (const auto id : catalog_.fields_of(static_cast<std::uint32_t>(shape))) {
            counts[id] += pending_[shape];
        }
        records_ += pending_[shape];
    }
    pending_.assign(pending_.size(), 0);
    any_pending_ = false;
    has_unknown_ = false;
    for (std::size_t at = 0; at < entries_.size(); ++at) {
        const auto id = static_cast<field_id>(at);
        if (counts[at] > 0) {
            note_sighting(id, counts[at], now, taken);
        } else if (is_gone(entries_[at], now)) {
            entries_[at].vanished_at = now;
            taken.news.push_back({field_change::vanished, catalog_.at(id).path,
                                  std::string(decode::type_name(catalog_.at(id).type))});
        } else {
            continue;
        }
        taken.rows.push_back(row_of(id));
    }
    return taken;
}

} // namespace callmirror::engine
