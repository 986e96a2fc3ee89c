#include "sync/decode/decoder.hpp"

#include "sync/base/text.hpp"
#include "sync/decode/byte_buffer.hpp"
#include "sync/decode/escape.hpp"
#include "sync/decode/json_text.hpp"
#include "sync/decode/page_reader.hpp"
#include "sync/decode/record_reader.hpp"
#include "sync/decode/row_builder.hpp"
#include "sync/decode/secret_filter.hpp"
#include "sync/decode/wording.hpp"

#include <utility>

namespace callmirror::decode {
namespace {

// What a body is that does not even start like JSON.
std::string describe_text(std::string_view body) {
    constexpr std::size_t shown = 60;
    const std::string_view what = trim(body).starts_with('<') ? "HTML or XML, " : "";
    return joined({what, "not JSON: \"", printable(trim(body), shown), "\""});
}

bool starts_like_json(std::string_view body) {
    const std::string_view text = trim(body);
    return text.starts_with('{') || text.starts_with('[');
}

std::string describe_outcome(json_index::outcome outcome) {
    switch (outcome) {
    case json_index::outcome::bad_utf8:
        return "not UTF-8";
    case json_index::outcome::control_character:
        return "not JSON: a control character in a string";
    case json_index::outcome::open_string:
        return "cut short in a string";
    case json_index::outcome::too_large:
        return "too large";
    case json_index::outcome::done:
        break;
    }
    return {};
}

} // namespace

struct decoder::implementation {
    implementation(std::string_view account, const providers::resource& resource,
                   field_catalog* catalog)
        : plan{column_plan::of(resource)}
        , fields{catalog}
        , names{resource.name}
        , walker{plan->trie()} {
        byte_buffer escaped;
        append_copied(escaped, account);
        account_field = std::string{escaped.view()} + '\t';
    }

    // Finds the tokens of `body`. Why it has none, or "".
    std::string prepare(std::string_view body);
    template <typename Reader>
    result read(std::string_view body, std::string_view asked_for = {});

    std::string account_field; // of a COPY line, with its tab
    std::shared_ptr<const column_plan> plan;
    field_catalog* fields;
    record_names names;
    json_walker walker;
    std::string repaired; // the body where it was not UTF-8
};

std::string decoder::implementation::prepare(std::string_view body) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (body.starts_with(byte_order_mark)) {
        body.remove_prefix(byte_order_mark.size());
    }
    if (trim(body).empty()) {
        return "an empty body";
    }
    auto& secrets = secret_filter::of_this_thread(plan->resource().secrets);
    if (secrets.is_needed()) {
        body = secrets.apply(body);
    }
    auto& index = json_index::of_this_thread();
    json_index::outcome outcome = index.build(body);
    if (outcome == json_index::outcome::bad_utf8) { // one bad record must not lose the page
        repaired = with_valid_utf8(body);
        outcome = index.build(repaired);
    }
    walker.start(index.text());
    const bool is_text =
        !starts_like_json(body) && (outcome != json_index::outcome::done || walker.value(0) == 0);
    if (is_text && !secrets.may_quote_text()) { // what credentials look like there is not known
        return "not JSON";
    }
    return is_text ? describe_text(body) : describe_outcome(outcome);
}

template <typename Reader>
decoder::result decoder::implementation::read(std::string_view body, std::string_view asked_for) {
    result given;
    given.error.reason = prepare(body);
    auto& rows = row_builder::of_this_thread();
    rows.set_target({account_field, plan.get(), fields, asked_for});
    if (given.error.reason.empty()) {
        Reader reader{names, walker, rows};
        given.error.reason = reader.read();
        if (given.error.reason.empty()) {
            given.page = rows.take();
            given.page->hints = reader.hints();
        } else {
            rows.start(0); // gives back what a huge body took
        }
    }
    std::string{}.swap(repaired);
    return given;
}

decoder::decoder(std::string_view account, const providers::resource& resource,
                 field_catalog* fields)
    : implementation_{std::make_unique<implementation>(account, resource, fields)} {}
decoder::~decoder() = default;
decoder::decoder(decoder&&) noexcept = default;
decoder& decoder::operator=(decoder&&) noexcept = default;

decoder::result decoder::page(std::string_view body) {
    return implementation_->read<page_reader>(body);
}

decoder::result decoder::record(std::string_view body, std::string_view asked_for) {
    const bool asks_by_key =
        implementation_->plan->resource().key == providers::key_rule::asked_for;
    return implementation_->read<record_reader>(body, asks_by_key ? asked_for : std::string_view{});
}

std::vector<std::string> line_columns(const providers::resource& resource) {
    std::vector<std::string> names{"account", "id", "content_hash"};
    for (const providers::column& column : resource.columns) {
        names.emplace_back(column.name);
    }
    names.emplace_back("raw");
    return names;
}

} // namespace callmirror::decode
