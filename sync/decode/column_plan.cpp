#include "sync/decode/row_builder.hpp"

#include <mutex>

namespace callmirror::decode {
namespace {

const json_value& first_of(const std::vector<pointer_trie::node_id>& nodes,
                           const json_walker& record) {
    static constexpr json_value nothing;
    for (const pointer_trie::node_id node : nodes) {
        const json_value& found = record.wanted(node);
        if (found.kind != json_kind::absent && found.kind != json_kind::null) {
            return found;
        }
    }
    return nothing;
}

} // namespace

column_plan::column_plan(const providers::resource& resource)
    : resource_{&resource} {
    key_.push_back(trie_.add(resource.key_pointer));
    for (const std::string_view pointer : resource.other_key_pointers) {
        key_.push_back(trie_.add(pointer));
    }
    for (const providers::column& column : resource.columns) {
        auto& nodes = columns_.emplace_back();
        for (const std::string_view pointer : column.pointers) {
            nodes.push_back(trie_.add(pointer));
        }
    }
    trie_.finish();
}

std::shared_ptr<const column_plan> column_plan::of(const providers::resource& resource) {
    static std::mutex mutex;
    static std::map<const providers::resource*, std::weak_ptr<const column_plan>> made;
    const std::lock_guard lock(mutex);
    if (auto plan = made[&resource].lock()) {
        return plan;
    }
    std::erase_if(made, [](const auto& each) { return each.second.expired(); });
    auto plan = std::make_shared<const column_plan>(resource);
    made[&resource] = plan;
    return plan;
}

const json_value& column_plan::key(const json_walker& record) const {
    return first_of(key_, record);
}

const json_value& column_plan::value(std::size_t column, const json_walker& record) const {
    return first_of(columns_[column], record);
}

} // namespace callmirror::decode
