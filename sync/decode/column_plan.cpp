#include "sync/decode/content_hash.hpp"
#include "sync/decode/row_builder.hpp"
#include "sync/decode/wording.hpp"

#include <mutex>

namespace callmirror::decode {
namespace {

column_plan::found_value first_of(const std::vector<column_plan::source>& sources,
                                  const json_walker& record) {
    static constexpr json_value nothing;
    for (const auto& [node, origin] : sources) {
        const json_value& found = record.wanted(node);
        if (found.kind != json_kind::absent && found.kind != json_kind::null) {
            return {found, origin};
        }
    }
    return {nothing, 0};
}

// The program may come to fill a column from elsewhere, or to leave it null: then a row that is
// there is not what it would be now. Which columns a configuration has beside is no matter of that.
std::uint64_t origin_of(const providers::column& column, std::string_view pointer) {
    return column.is_own ? 0
                         : content_hash(joined({column.name, "\n", providers::name_of(column.type),
                                                "\n", pointer}));
}

} // namespace

column_plan::column_plan(const providers::resource& resource)
    : resource_{&resource} {
    key_.push_back({trie_.add(resource.key_pointer), 0});
    for (const std::string_view pointer : resource.other_key_pointers) {
        key_.push_back({trie_.add(pointer), 0});
    }
    for (const providers::column& column : resource.columns) {
        auto& sources = columns_.emplace_back();
        for (const std::string_view pointer : column.pointers) {
            sources.push_back({trie_.add(pointer), origin_of(column, pointer)});
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
    return first_of(key_, record).value;
}

column_plan::found_value column_plan::value(std::size_t column, const json_walker& record) const {
    return first_of(columns_[column], record);
}

} // namespace callmirror::decode
