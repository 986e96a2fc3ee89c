#include "sync/decode/field_catalog.hpp"

#include "sync/decode/json_walker.hpp"

#include <algorithm>

namespace callmirror::decode {
namespace {

constexpr std::size_t most_paths = 500;
constexpr std::size_t most_fields = 1'000; // paths with their types
constexpr std::size_t most_shapes = 2'000;
constexpr std::size_t most_signatures = 8'192;
constexpr int most_children = 100;
constexpr int deepest = 12;
constexpr std::size_t longest_path = 200;
constexpr std::size_t longest_name = 40;
constexpr std::ptrdiff_t most_digits = 3;
constexpr std::string_view any_name = "*";
constexpr std::string_view elements = "[]";

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// One that a programmer may have given.
bool is_plain(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && !is_digit(name.front()) &&
           std::ranges::all_of(name,
                               [](char c) {
                                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                          is_digit(c) || c == '_' || c == '-' || c == '$';
                               }) &&
           std::ranges::count_if(name, is_digit) <= most_digits;
}

json_kind kind_of(char first) {
    switch (first) {
    case '{':
        return json_kind::object;
    case '[':
        return json_kind::array;
    case '"':
        return json_kind::string;
    case 't':
    case 'f':
        return json_kind::boolean;
    case 'n':
        return json_kind::null;
    default:
        return json_kind::number;
    }
}

} // namespace

field_catalog::field_catalog()
    : nodes_(1) {
    nodes_.front().fields.fill(no_field);
    field_of(0, json_kind::object, "{}");
    const auto nothing = known_shapes_.emplace(std::vector<field_id>{}, unknown_shape).first;
    shapes_.push_back(&nothing->first);
}

field_catalog::node_id field_catalog::add_child(node_id parent, const std::string& name) {
    const auto& above = nodes_[parent].path;
    if (nodes_.size() > most_paths || above.size() + 1 + name.size() > longest_path) {
        is_full_ = true;
        return no_node;
    }
    const auto added = static_cast<node_id>(nodes_.size());
    node made{.path = above + '/' + name, .children = 0, .fields = {}};
    made.fields.fill(no_field);
    nodes_.push_back(std::move(made));
    ++nodes_[parent].children;
    children_.emplace(std::pair(parent, name), added);
    return added;
}

field_catalog::node_id field_catalog::child(node_id parent, std::string_view name) {
    std::string known(name == elements || is_plain(name) ? name : any_name);
    auto found = children_.find(std::pair(parent, known));
    if (found == children_.end() && nodes_[parent].children >= most_children) {
        known = any_name;
        found = children_.find(std::pair(parent, known));
    }
    return found != children_.end() ? found->second : add_child(parent, known);
}

field_catalog::field_id field_catalog::field_of(node_id at, json_kind type,
                                                std::string_view token) {
    auto& place = nodes_[at].fields[static_cast<std::size_t>(type)];
    if (place == no_field && fields_.size() >= most_fields) {
        is_full_ = true;
    } else if (place == no_field) {
        place = static_cast<field_id>(fields_.size());
        fields_.push_back({nodes_[at].path, type, value_shape(token)});
    }
    return place;
}

std::optional<field_catalog::field_id>
field_catalog::add_known(std::string_view path, json_kind type, std::string_view example) {
    const std::lock_guard lock(mutex_);
    node_id at = 0;
    while (!path.empty() && at != no_node) {
        path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        at = child(at, path.substr(0, end));
        path.remove_prefix(end);
    }
    if (at == no_node || type == json_kind::absent) {
        return std::nullopt;
    }
    const bool is_new = nodes_[at].fields[static_cast<std::size_t>(type)] == no_field;
    const auto id = field_of(at, type, "{}");
    if (id == no_field) {
        return std::nullopt;
    }
    if (is_new) {
        fields_[id].example = example;
    }
    return id;
}

std::uint32_t field_catalog::scan(json_walker& walker, std::uint32_t at, node_id under, int depth) {
    if (under == no_node) {
        return walker.value(at);
    }
    const json_text& text = walker.text();
    const auto kind = kind_of(text.first(at));
    const auto found = field_of(under, kind, text.token(at));
    if (found != no_field) {
        seen_.push_back(found);
    }
    if (depth >= deepest) {
        return walker.value(at);
    }
    if (kind == json_kind::array) {
        return scan_list(walker, at, under, depth);
    }
    if (kind != json_kind::object) {
        return at + 1;
    }
    return walker.members(at, [&](const std::string& name, std::uint32_t value) {
        const auto shown = name == elements ? any_name : std::string_view(name);
        return scan(walker, value, child(under, shown), depth + 1);
    });
}

// The record has been walked: its brackets and commas are right.
std::uint32_t field_catalog::scan_list(json_walker& walker, std::uint32_t at, node_id under,
                                       int depth) {
    const json_text& text = walker.text();
    ++at;
    if (text.first(at) == ']') {
        return at + 1;
    }
    const auto element = child(under, elements);
    for (;;) {
        at = scan(walker, at, element, depth + 1);
        if (at == 0 || text.first(at) == ']') {
            return at == 0 ? 0 : at + 1;
        }
        ++at;
    }
}

field_catalog::shape_id field_catalog::look_at(json_walker& walker, std::uint32_t at) {
    const std::lock_guard lock(mutex_);
    seen_.clear();
    scan(walker, at, 0, 0);
    std::ranges::sort(seen_);
    const auto again = std::ranges::unique(seen_);
    seen_.erase(again.begin(), again.end());
    auto known = known_shapes_.find(seen_);
    if (known == known_shapes_.end() && known_shapes_.size() >= most_shapes) {
        seen_.resize(std::min<std::size_t>(seen_.size(), 1)); // the record itself, which has id 0
        known = known_shapes_.find(seen_);
    }
    if (known == known_shapes_.end()) {
        known = known_shapes_.emplace(seen_, static_cast<shape_id>(shapes_.size())).first;
        shapes_.push_back(&known->first);
    }
    return known->second;
}

field_catalog::shape_id field_catalog::shape_of(std::uint64_t signature, json_walker& walker,
                                                std::uint32_t at) {
    const auto met = signatures_.find(signature);
    if (met != signatures_.end()) {
        return met->second;
    }
    const auto shape = look_at(walker, at);
    if (signatures_.size() >= most_signatures) {
        signatures_.clear();
    }
    signatures_.emplace(signature, shape);
    return shape;
}

std::size_t field_catalog::field_count() const {
    const std::lock_guard lock(mutex_);
    return fields_.size();
}

const field_catalog::field& field_catalog::at(field_id id) const {
    const std::lock_guard lock(mutex_);
    return fields_[id];
}

std::size_t field_catalog::shape_count() const {
    const std::lock_guard lock(mutex_);
    return shapes_.size();
}

const std::vector<field_catalog::field_id>& field_catalog::fields_of(shape_id shape) const {
    const std::lock_guard lock(mutex_);
    return *shapes_[shape];
}

bool field_catalog::is_full() const {
    const std::lock_guard lock(mutex_);
    return is_full_;
}

} // namespace callmirror::decode
