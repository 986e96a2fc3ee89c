// The JSON pointers that a resource's columns and key ask for, as one tree of names, so that a
// record is walked once however many pointers there are. Immutable once made; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

class pointer_trie {
public:
    using node_id = std::uint16_t;
    static constexpr node_id root = 0;
    static constexpr node_id none = 0xFFFF; // no pointer goes this way

    pointer_trie();

    // The node that `pointer` (RFC 6901) leads to. Nodes may be added until finish().
    node_id add(std::string_view pointer);
    // Ends the making. Node ids stay.
    void finish();

    std::size_t size() const { return nodes_.size(); }
    bool has_children(node_id at) const { return nodes_[at].first_child != none; }
    node_id child(node_id at, std::string_view name) const;
    // All nodes below `at`, without itself.
    std::span<const node_id> below(node_id at) const { return nodes_[at].below; }

private:
    static constexpr std::size_t bucket_count = 64;
    static std::size_t bucket(std::string_view name);

    struct node {
        std::string name;
        node_id parent = none;
        node_id first_child = none;
        node_id next_sibling = none;
        node_id next_in_bucket = none;
        std::uint16_t table = none; // of tables_
        std::vector<node_id> below;
    };
    node_id add_child(node_id parent, std::string name);

    std::vector<node> nodes_;
    std::vector<std::array<node_id, bucket_count>> tables_; // only inner nodes have one
};

} // namespace callmirror::decode
