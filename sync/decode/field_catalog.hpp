// Which JSON paths a resource's records have, and of which types, without keeping any value.
//
// A record's shape is the set of paths with their types that it has. Most records of a resource
// have one of a few: a record is looked at closely only where its signature, which the walk over it
// gives at no great cost, is new.
//
// Paths are JSON pointers, with [] for all elements of a list. They come from the API's keys, and
// an object may be keyed by data: a name that does not look like one of a programmer's (blanks,
// accents, over three digits, over 40 letters) stands as *, and so does what comes after the 100th
// name of an object. So no path holds an id, an address or an escape sequence. Bounded: 500 paths
// of at most 12 names and 200 bytes.
//
// One thread decodes, with however many decoders; any other may ask meanwhile what was found.
#pragma once

#include "sync/decode/json_text.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace callmirror::decode {

class json_walker;

class field_catalog {
public:
    using field_id = std::uint16_t;
    using shape_id = std::uint32_t;
    static constexpr shape_id unknown_shape = 0; // of a record that was not looked at

    struct field {
        std::string path; // "" for the record itself
        json_kind type;
        std::string example; // the shape of the first value: see value_shape()
    };

    field_catalog();
    field_catalog(const field_catalog&) = delete;
    field_catalog& operator=(const field_catalog&) = delete;

    // One that is known from before; none where there is no room for it.
    std::optional<field_id> add_known(std::string_view path, json_kind type,
                                      std::string_view example);

    // Of the record at the token `at`, which `walker` has just passed with this signature. For the
    // thread that decodes.
    shape_id shape_of(std::uint64_t signature, json_walker& walker, std::uint32_t at);

    // Ids count from 0, the record itself, which every shape has. What is referred to stays as it
    // is for as long as the catalog lives.
    std::size_t field_count() const;
    const field& at(field_id id) const;
    std::size_t shape_count() const;
    const std::vector<field_id>& fields_of(shape_id shape) const;
    bool is_full() const; // there were more paths than are kept

private:
    using node_id = std::uint16_t;
    static constexpr node_id no_node = 0xFFFF;
    static constexpr field_id no_field = 0xFFFF;
    struct node {
        std::string path;
        int children = 0;
        std::array<field_id, 7> fields; // by json_kind
    };

    node_id child(node_id parent, std::string_view name);
    node_id add_child(node_id parent, const std::string& name);
    field_id field_of(node_id at, json_kind type, std::string_view token);
    std::uint32_t scan(json_walker& walker, std::uint32_t at, node_id under, int depth);
    std::uint32_t scan_list(json_walker& walker, std::uint32_t at, node_id under, int depth);

    shape_id look_at(json_walker& walker, std::uint32_t at);

    mutable std::mutex mutex_; // for all but signatures_
    std::vector<node> nodes_;
    std::map<std::pair<node_id, std::string>, node_id, std::less<>> children_;
    std::deque<field> fields_;
    std::map<std::vector<field_id>, shape_id> known_shapes_;
    std::vector<const std::vector<field_id>*> shapes_;       // keys of known_shapes_
    std::unordered_map<std::uint64_t, shape_id> signatures_; // of the thread that decodes
    std::vector<field_id> seen_;                             // of the record that is looked at
    bool is_full_ = false;
};

// "null", "boolean", "number", "text", "object", "list"; and back, absent for any other.
std::string_view type_name(json_kind kind);
json_kind type_named(std::string_view name);

// What a value looks like, and nothing of what it says: "text(12)", "digits(11)", "uuid", "email",
// "url", "9999-99-99T99:99:99.999Z", "-99.9". `token` as it stands in the JSON.
std::string value_shape(std::string_view token);

} // namespace callmirror::decode
