#include "sync/engine/latest_rows.hpp"

#include <algorithm>

namespace callmirror::engine {
namespace {

// More deletions than that between two reads of the records that return are compared with the rows
// when their slice is read again.
constexpr std::size_t most_gone = 50'000;

} // namespace

void latest_rows::read_ends(steady_time begun_at) {
    under_way_.erase(under_way_.find(begun_at));
    const auto oldest = under_way_.empty() ? steady_time::max() : *under_way_.begin();
    std::erase_if(rows_, [&](const auto& row) { return row.second < oldest; });
}

void latest_rows::wrote(std::string_view key, steady_time asked_at) {
    auto& at = rows_.try_emplace(std::string(key), asked_at).first->second;
    at = std::max(at, asked_at);
}

bool latest_rows::is_older(const std::string& key, steady_time asked_at) const {
    const auto row = rows_.find(key);
    return row != rows_.end() && asked_at < row->second;
}

void latest_rows::deleted(const std::string& key) {
    if (gone_.size() >= most_gone) {
        gone_.clear();
    }
    gone_.insert(key);
}

bool latest_rows::returns(std::string_view key) {
    return !gone_.empty() && gone_.erase(std::string(key)) > 0;
}

} // namespace callmirror::engine
