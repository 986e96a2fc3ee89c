#include "sync/decode/envelope.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace callmirror::decode {
namespace {

constexpr std::array<std::string_view, 7> list_names{"data",    "items", "results", "rows",
                                                     "records", "docs",  "list"};
constexpr std::array<std::string_view, 9> single_names{
    "data", "item", "result", "record", "row", "doc", "response", "payload", "object"};
constexpr std::array<std::string_view, 4> wrapper_names{"data", "result", "response", "payload"};
constexpr std::array<std::string_view, 9> hint_holders{
    "pagination", "paging", "meta", "metadata", "pageinfo", "page", "info", "links", "paginator"};
// Lists that stand beside records, or in their place where something is wrong.
constexpr std::array<std::string_view, 8> never_records{
    "error", "errors", "warning", "warnings", "message", "messages", "details", "links"};

template <typename Names>
std::optional<int> index_of(std::string_view name, const Names& names) {
    const auto found = std::ranges::find(names, name);
    if (found == std::ranges::end(names)) {
        return std::nullopt;
    }
    return static_cast<int>(std::distance(std::ranges::begin(names), found));
}

template <typename Own, typename Common>
std::optional<int> rank_in(std::string_view plain, int wrapper, const Own& own,
                           const Common& common) {
    constexpr int per_level = 100;
    const int base = (wrapper + 1) * per_level;
    if (const auto at = index_of(plain, own)) {
        return base + *at;
    }
    if (const auto at = index_of(plain, common)) {
        return base + static_cast<int>(own.size()) + *at;
    }
    return std::nullopt;
}

// "stream_events" -> "stream_event", "booking_pages" -> "booking_page".
std::string singular(std::string name) {
    if (name.ends_with('s')) {
        name.pop_back();
    }
    return name;
}

} // namespace

record_names::record_names(std::string_view resource) {
    // Its whole name, and its last word: a list of partner_calls may well be under "calls".
    own_.push_back(plain_name(resource));
    const std::size_t word = resource.rfind('_');
    if (word != std::string_view::npos) {
        own_.push_back(plain_name(resource.substr(word + 1)));
    }
    for (const std::string& name : own_) {
        single_.push_back(singular(name));
    }
    single_.insert(single_.end(), own_.begin(), own_.end());
}

std::optional<int> record_names::rank(std::string_view name, int wrapper) const {
    const std::string plain = plain_name(name);
    if (const auto usual = rank_in(plain, wrapper, own_, list_names)) {
        return usual;
    }
    return index_of(plain, never_records) ? std::nullopt : std::optional{unusual};
}

std::optional<int> record_names::single_rank(std::string_view name, int wrapper) const {
    return rank_in(plain_name(name), wrapper, single_, single_names);
}

int record_names::wrapper(std::string_view name) {
    return index_of(plain_name(name), wrapper_names).value_or(-1);
}

bool record_names::holds_hints(std::string_view name) {
    return index_of(plain_name(name), hint_holders).has_value();
}

} // namespace callmirror::decode
