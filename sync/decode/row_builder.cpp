#include "sync/decode/row_builder.hpp"

#include "sync/base/text.hpp"
#include "sync/decode/content_hash.hpp"
#include "sync/decode/escape.hpp"
#include "sync/decode/secret_names.hpp"
#include "sync/decode/wording.hpp"

#include <charconv>
#include <utility>

namespace callmirror::decode {
namespace {

// Bounds of a page, far above what an API serves. A body of many tiny records would otherwise take
// a hundred times its size.
constexpr std::size_t most_line_bytes = std::size_t{256} << 20U;
constexpr std::size_t most_rejected = 10'000;
constexpr std::size_t most_rejected_bytes = std::size_t{1} << 20U;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "2026-11-20T00:00:00+01:00" -> "2026-11-20"; anything else as it is.
std::string_view day_of(std::string_view text) {
    constexpr std::string_view form = "0000-00-00";
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (i >= text.size() || (form[i] == '0' ? !is_digit(text[i]) : text[i] != form[i])) {
            return text;
        }
    }
    return text.size() > form.size() && is_digit(text[form.size()]) ? text
                                                                    : text.substr(0, form.size());
}

std::string_view last_name(std::string_view pointer) {
    return pointer.substr(pointer.rfind('/') + 1);
}

// At most 1 MiB, cut at a character's start.
std::string rejected_text(std::string_view text) {
    if (text.size() > most_rejected_bytes) {
        std::size_t end = most_rejected_bytes;
        while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
            --end;
        }
        text = text.substr(0, end);
    }
    if (text.find('\0') != std::string_view::npos) {
        return with_valid_utf8(text);
    }
    return std::string{text};
}

} // namespace

row_builder& row_builder::of_this_thread() {
    thread_local row_builder builder;
    return builder;
}

void row_builder::start(std::size_t body_size) {
    constexpr std::size_t most_at_once = std::size_t{4} << 20U;
    constexpr std::size_t most_rows_kept = 65'536;
    lines_.clear(most_at_once);
    keys_.clear();
    // Lines are the body again, with the columns and the doubled backslashes before it.
    lines_.room(std::min(body_size + body_size * 3 / 4 + 1024, most_at_once));
    if (rows_.capacity() > most_rows_kept) {
        std::vector<row>{}.swap(rows_);
    }
    scratch_.clear();
    compact_.clear();
    columns_.clear();
    rows_.clear();
    rejected_.clear();
    hashed_.clear();
    served_ = 0;
    misfits_ = 0;
    first_misfit_.clear();
    full_ = {};
}

void row_builder::add(json_walker& walker, std::uint32_t at, std::uint32_t after) {
    ++served_;
    const std::string_view served = walker.text().span(at, after);
    std::string_view text = served;
    if (walker.has_blanks()) {
        compact_.clear();
        append_compact(compact_, served);
        text = compact_.view();
    }
    const std::size_t key_begin = keys_.size();
    const std::size_t line_begin = lines_.size();
    const std::uint64_t misfits = misfits_;
    const std::uint64_t text_hash = content_hash(text);
    if (!add_key(walker, served, text_hash)) {
        return;
    }
    columns_.clear();
    const std::uint64_t hash =
        text_hash + append_columns(columns_, *target_.plan, walker, scratch_,
                                   [this](const auto& column, const auto& value) {
                                       add_misfit(column, value);
                                   });
    constexpr std::size_t longest_number = 20;
    char* const digits = lines_.room(longest_number + 1);
    char* const end =
        std::to_chars(digits, digits + longest_number, static_cast<std::int64_t>(hash)).ptr;
    *end = '\t';
    lines_.add(static_cast<std::size_t>(end - digits) + 1);
    lines_.append(columns_.view());
    if (!append_json(lines_, text)) {
        lines_.cut(line_begin);
        keys_.cut(key_begin);
        misfits_ = misfits;
        keep_rejected("not JSON: a bad escape in a string", served);
        return;
    }
    lines_.append('\n');
    const auto shape = target_.fields == nullptr
                           ? field_catalog::unknown_shape
                           : target_.fields->shape_of(walker.signature(), walker, at);
    rows_.push_back(
        {key_begin, keys_.size() - key_begin, line_begin, lines_.size() - line_begin, hash, shape});
    if (lines_.size() > most_line_bytes) {
        full_ = "its rows take over 256 MiB";
    }
}

bool row_builder::add_key(const json_walker& walker, std::string_view served, std::uint64_t hash) {
    const providers::resource& resource = target_.plan->resource();
    const std::string_view name = last_name(resource.key_pointer);
    const json_value& key = target_.plan->key(walker);
    const bool absent = key.kind == json_kind::absent || key.kind == json_kind::null;
    const bool needed =
        is_asked_for() ? strict_ : resource.key != providers::key_rule::member_or_hash;
    if (absent && needed) {
        keep_rejected(joined({"no \"", printable(name), "\""}), served);
        return false;
    }
    const std::size_t begin = keys_.size();
    if (!append_own_key(key, hash)) {
        keep_rejected(describe_bad_key(name, resource.key_type, key), served);
        return false;
    }
    lines_.append(target_.account);
    append_copied(lines_, keys_.view(begin));
    lines_.append('\t');
    return true;
}

bool row_builder::append_own_key(const json_value& key, std::uint64_t hash) {
    const providers::resource& resource = target_.plan->resource();
    if (is_asked_for()) {
        keys_.append(target_.asked_for);
        return true;
    }
    if (key.kind == json_kind::absent || key.kind == json_kind::null) {
        // Equal records are told apart by how many came before.
        const int before = hashed_[hash]++;
        constexpr std::string_view digits = "0123456789abcdef";
        keys_.append("hash-");
        for (unsigned shift = 64; shift > 0; shift -= 4) {
            keys_.append(digits[hash >> (shift - 4) & 15U]);
        }
        keys_.append(before == 0 ? std::string{} : "-" + std::to_string(before + 1));
        return true;
    }
    const std::size_t begin = keys_.size();
    if (!append_key(keys_, resource.key_type, key, scratch_)) {
        return false;
    }
    if (resource.key == providers::key_rule::day) {
        keys_.cut(begin + day_of(keys_.view(begin)).size());
    }
    return true;
}

void row_builder::add_misfit(const providers::column& column, const json_value& value) {
    if (misfits_++ == 0) {
        first_misfit_ = joined({"row ", std::to_string(served_), ": ",
                                describe_misfit(column.name, column.type, value)});
    }
}

void row_builder::reject(std::string_view reason, std::string_view text) {
    ++served_;
    keep_rejected(std::string{reason}, text);
}

void row_builder::keep_rejected(std::string reason, std::string_view text) {
    if (rejected_.size() >= most_rejected) {
        full_ = "over 10000 records that can't be mirrored";
        return;
    }
    // Without its place on the page: a record that moves on is still the same one. Where the key is
    // a credential, any part of a record that seems to have none may be it.
    const bool may_show = target_.plan->resource().secrets.hashed.empty();
    rejected_.push_back({std::move(reason),
                         may_show ? rejected_text(text) : "[removed] SHA-256 " + sha256_of(text)});
}

decoded_page row_builder::take() {
    decoded_page page;
    const std::string_view keys = keys_.view();
    const std::string_view lines = lines_.view();
    page.records.reserve(rows_.size());
    for (const row& one : rows_) {
        page.records.push_back({keys.substr(one.key_begin, one.key_size),
                                lines.substr(one.line_begin, one.line_size), one.hash, one.shape});
    }
    page.rejected = std::move(rejected_);
    page.served = served_;
    page.misfits = misfits_;
    page.first_misfit = misfits_ == 0 ? std::string{} : std::move(first_misfit_);
    page.keys = keys_.release();
    page.lines = lines_.release();
    return page;
}

} // namespace callmirror::decode
