// Makes records into COPY lines: the page that is being decoded, growing row by row.
#pragma once

#include "sync/decode/byte_buffer.hpp"
#include "sync/decode/decoder.hpp"
#include "sync/decode/field_value.hpp"
#include "sync/decode/json_walker.hpp"
#include "sync/decode/pointer_trie.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

// Where each of a resource's pointers leads. Immutable and thread-safe.
class column_plan {
public:
    explicit column_plan(const providers::resource& resource);
    // The one of this resource, which has to live as long: a thousand accounts read the same few.
    static std::shared_ptr<const column_plan> of(const providers::resource& resource);

    const providers::resource& resource() const { return *resource_; }
    const pointer_trie& trie() const { return trie_; }

    // The key, or the column number `column`: the first of its pointers that is there and not null.
    const json_value& key(const json_walker& record) const;
    struct source {
        pointer_trie::node_id node;
        std::uint64_t
            origin; // other for each column's name, type and pointer; 0 for the operator's
    };
    struct found_value {
        const json_value& value;
        std::uint64_t origin;
    };
    found_value value(std::size_t column, const json_walker& record) const;

private:
    const providers::resource* resource_;
    pointer_trie trie_;
    std::vector<source> key_;
    std::vector<std::vector<source>> columns_;
};

// The columns of the record that `walker` has just passed as fields of a COPY line, each with its
// tab behind it. `misfit(column, value)` is called for each value that does not fit: it is null
// there. Gives the sum of the origins of those that are not null.
template <typename Misfit>
std::uint64_t append_columns(byte_buffer& to, const column_plan& plan, const json_walker& walker,
                             byte_buffer& scratch, Misfit&& misfit) {
    const auto columns = plan.resource().columns;
    std::uint64_t origins = 0;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        const auto [value, origin] = plan.value(at, walker);
        if (value.kind == json_kind::absent) {
            to.append("\\N\t");
        } else if (append_field(to, columns[at].type, value, scratch)) {
            to.append('\t');
            origins += origin;
        } else {
            misfit(columns[at], value);
            to.append("\\N\t");
        }
    }
    return origins;
}

// Whose rows they are to be. What it refers to has to stay until the page is taken.
struct row_target {
    std::string_view account; // as a field of a COPY line, with its tab
    const column_plan* plan = nullptr;
    field_catalog* fields = nullptr; // null: nobody wants to know
    std::string_view asked_for{};    // the key of the records, whatever they say; "": as they say
};

// Rows are numbered from 1.
class row_builder {
public:
    // Its buffers are large, and needed only within a call: one for all lists of a thread.
    static row_builder& of_this_thread();

    void set_target(const row_target& target) { target_ = target; }
    bool is_asked_for() const { return !target_.asked_for.empty(); }
    // Whether they have to have a key of their own all the same, to be taken for records.
    void set_strict(bool strict) { strict_ = strict; }

    // `body_size`: a hint for how much room the lines will take.
    void start(std::size_t body_size);

    // The record from the token `at` to `after` that `walker` has just passed.
    void add(json_walker& walker, std::uint32_t at, std::uint32_t after);
    void reject(std::string_view reason, std::string_view text);
    std::size_t served() const { return served_; }
    std::size_t mirrored() const { return rows_.size(); }
    // Why the last record that was rejected is; "" where none was.
    std::string last_refusal() const {
        return rejected_.empty() ? std::string{} : rejected_.back().reason;
    }

    // "" or why no more rows are taken: a page has its bounds.
    std::string_view full() const { return full_; }

    // The page with all that was added since start(), without hints.
    decoded_page take();

private:
    struct row {
        std::size_t key_begin;
        std::size_t key_size;
        std::size_t line_begin;
        std::size_t line_size;
        std::uint64_t hash;
        std::uint32_t shape;
    };
    bool add_key(const json_walker& walker, std::string_view served, std::uint64_t hash);
    bool append_own_key(const json_value& key, std::uint64_t hash);
    void add_misfit(const providers::column& column, const json_value& value);
    void keep_rejected(std::string reason, std::string_view text);

    row_target target_;
    bool strict_ = true;
    std::map<std::uint64_t, int> hashed_; // records of the page whose hash is their key
    byte_buffer lines_;
    byte_buffer keys_;
    byte_buffer scratch_;
    byte_buffer compact_;
    byte_buffer columns_;
    std::vector<row> rows_;
    std::vector<rejected_record> rejected_;
    std::size_t served_ = 0;
    std::uint64_t misfits_ = 0;
    std::string first_misfit_;
    std::string_view full_;
};

} // namespace callmirror::decode
