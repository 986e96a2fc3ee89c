#include "sync/engine/slice_sink.hpp"

#include <algorithm>
#include <ranges>
#include <utility>

namespace callmirror::engine {
namespace {

std::uint64_t hash_text(std::string_view text) {
    std::uint64_t hash = 0x9e3779b97f4a7c15U;
    for (const char byte : text) {
        hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
    }
    // Fingerprints are sums: without a good mix those of "1" and "4" are those of "2" and "3".
    hash = (hash ^ hash >> 30U) * 0xbf58476d1ce4e5b9U;
    hash = (hash ^ hash >> 27U) * 0x94d049bb133111ebU;
    return hash ^ hash >> 31U;
}

} // namespace

slice_sink::slice_sink(std::string resource, std::string where, plan::digest before)
    : resource_(std::move(resource))
    , where_(std::move(where))
    , known_(std::move(before))
    , is_new_(known_.empty()) {}

fetch::page_facts slice_sink::facts_of(const decode::decoded_page& page) const {
    fetch::page_facts facts{.served = page.served,
                            .repeated = 0,
                            .fingerprint = 0,
                            .total = page.hints.total,
                            .total_pages = page.hints.total_pages,
                            .more = page.hints.more};
    // A sum: the same records in another order are the same page.
    for (const auto& record : page.records) {
        facts.fingerprint += hash_text(record.key);
    }
    for (const auto& record : page.rejected) {
        facts.fingerprint += hash_text(record.raw);
    }
    return facts;
}

fetch::page_facts slice_sink::take(const decode::decoded_page& page, steady_time asked_at,
                                   latest_rows& latest) {
    auto facts = facts_of(page);
    for (const auto& record : page.records) {
        if (!seen_.put(record.key, record.hash)) {
            ++facts.repeated;
        }
        if (latest.returns(record.key) || known_.find(record.key) != record.hash) {
            known_.put(record.key, record.hash);
            if (!is_new_) {
                written_.put(record.key, record.hash);
            }
            add_row(record, asked_at);
        }
    }
    for (const auto& record : page.rejected) {
        rejected_.push_back({resource_, where_, record.reason, record.raw});
    }
    return facts;
}

void slice_sink::add_row(const decode::decoded_record& record, steady_time asked_at) {
    if (const auto at = batch_index_.find(record.key)) {
        // Changed while it waits here: the older line goes, as a batch holds a key once.
        auto& old = batch_.rows[static_cast<std::size_t>(*at)];
        batch_.lines.erase(old.begin, old.size);
        for (auto& row : batch_.rows) {
            row.begin -= row.begin > old.begin ? old.size : 0;
        }
        old = {std::string(record.key), record.hash,
               static_cast<std::uint32_t>(batch_.lines.size()),
               static_cast<std::uint32_t>(record.line.size()), record.shape};
        asked_at_[static_cast<std::size_t>(*at)] = asked_at;
    } else {
        batch_index_.put(record.key, batch_.rows.size());
        batch_.rows.push_back({std::string(record.key), record.hash,
                               static_cast<std::uint32_t>(batch_.lines.size()),
                               static_cast<std::uint32_t>(record.line.size()), record.shape});
        asked_at_.push_back(asked_at);
    }
    batch_.lines.append(record.line);
}

void slice_sink::drop_older(const latest_rows& latest) {
    const auto is_older = [&](std::size_t i) {
        return latest.is_older(batch_.rows[i].key, asked_at_[i]);
    };
    const auto all = std::views::iota(std::size_t{0}, batch_.rows.size());
    if (std::ranges::none_of(all, is_older)) {
        return;
    }
    outdated_ = true;
    const auto old = std::exchange(batch_, {});
    const auto asked_at = std::exchange(asked_at_, {});
    batch_index_ = {};
    for (std::size_t i = 0; i < old.rows.size(); ++i) {
        const auto& row = old.rows[i];
        if (latest.is_older(row.key, asked_at[i])) {
            known_.put(row.key, 0);
            seen_.put(row.key, 0);
        } else {
            add_row({row.key, std::string_view(old.lines).substr(row.begin, row.size), row.hash,
                     row.shape},
                    asked_at[i]);
        }
    }
}

void slice_sink::note_written(latest_rows& latest) const {
    for (std::size_t i = 0; i < batch_.rows.size(); ++i) {
        latest.wrote(batch_.rows[i].key, asked_at_[i]);
    }
}

void slice_sink::reuse_lines(std::string lines) {
    lines.clear();
    batch_.lines = std::move(lines);
}

void slice_sink::flush(write::commit_unit& unit, plan::slice_id slice, std::int64_t piece) {
    if (!batch_.rows.empty()) {
        plan::digest_writer of_batch(batch_.rows.size());
        for (const auto& row : batch_.rows) {
            of_batch.add(row.key, row.hash);
        }
        unit.digest_pieces.push_back({slice, piece, of_batch.take()});
    }
    unit.rows = std::exchange(batch_, {});
    asked_at_.clear();
    batch_index_ = {};
    for (auto& each : rejected_) {
        unit.rejected.push_back(std::move(each));
    }
    rejected_.clear();
}

std::vector<write::key_and_hash> slice_sink::left_alone() const {
    std::vector<write::key_and_hash> keys;
    if (is_new_) {
        return keys;
    }
    seen_.for_each([&](std::string_view key, std::uint64_t hash) {
        if (!written_.find(key)) {
            keys.push_back({std::string(key), hash});
        }
    });
    return keys;
}

void slice_sink::distrust(const std::vector<std::string>& keys) {
    for (const auto& key : keys) {
        known_.put(key, 0);
    }
}

std::vector<slice_sink::missing_key> slice_sink::missing() const {
    std::vector<missing_key> keys;
    known_.for_each([&](std::string_view key, std::uint64_t hash) {
        if (!seen_.find(key)) {
            keys.push_back({std::string(key), hash});
        }
    });
    return keys;
}

} // namespace callmirror::engine
