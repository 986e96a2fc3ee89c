#include "sync/decode/pointer_trie.hpp"

#include <utility>

namespace callmirror::decode {
namespace {

// "~1" is "/" and "~0" is "~" (RFC 6901, section 4).
std::string unescaped_name(std::string_view token) {
    std::string name;
    for (std::size_t at = 0; at < token.size(); ++at) {
        if (token[at] == '~' && at + 1 < token.size()) {
            name += token[++at] == '1' ? '/' : '~';
        } else {
            name += token[at];
        }
    }
    return name;
}

} // namespace

pointer_trie::pointer_trie()
    : nodes_(1) {}

std::size_t pointer_trie::bucket(std::string_view name) {
    if (name.empty()) {
        return 0;
    }
    const std::size_t first = static_cast<unsigned char>(name.front());
    const std::size_t last = static_cast<unsigned char>(name.back());
    return (name.size() * 5U + first * 3U + last) % bucket_count;
}

pointer_trie::node_id pointer_trie::add_child(node_id parent, std::string name) {
    const auto added = static_cast<node_id>(nodes_.size());
    node& made = nodes_.emplace_back();
    made.name = std::move(name);
    made.parent = parent;
    made.next_sibling = nodes_[parent].first_child;
    nodes_[parent].first_child = added;
    return added;
}

pointer_trie::node_id pointer_trie::add(std::string_view pointer) {
    node_id at = root;
    while (!pointer.empty()) {
        pointer.remove_prefix(1); // the slash
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        std::string name = unescaped_name(pointer.substr(0, end));
        pointer.remove_prefix(end);
        node_id next = nodes_[at].first_child;
        while (next != none && nodes_[next].name != name) {
            next = nodes_[next].next_sibling;
        }
        at = next != none ? next : add_child(at, std::move(name));
    }
    return at;
}

void pointer_trie::finish() {
    for (std::size_t at = 1; at < nodes_.size(); ++at) {
        node& here = nodes_[at];
        node& parent = nodes_[here.parent];
        if (parent.table == none) {
            parent.table = static_cast<std::uint16_t>(tables_.size());
            tables_.emplace_back().fill(none);
        }
        node_id& first = tables_[parent.table][bucket(here.name)];
        here.next_in_bucket = std::exchange(first, static_cast<node_id>(at));
        for (node_id above = here.parent; above != none; above = nodes_[above].parent) {
            nodes_[above].below.push_back(static_cast<node_id>(at));
        }
    }
}

pointer_trie::node_id pointer_trie::child(node_id at, std::string_view name) const {
    if (nodes_[at].table == none) {
        return none;
    }
    node_id next = tables_[nodes_[at].table][bucket(name)];
    while (next != none && nodes_[next].name != name) {
        next = nodes_[next].next_in_bucket;
    }
    return next;
}

} // namespace callmirror::decode
