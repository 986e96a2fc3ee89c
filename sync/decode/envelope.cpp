#include "sync/decode/envelope.hpp"

#include "sync/base/text.hpp"
#include "sync/decode/byte_buffer.hpp"
#include "sync/decode/escape.hpp"
#include "sync/decode/number.hpp"
#include "sync/decode/wording.hpp"

#include <algorithm>
#include <array>

namespace callmirror::decode {
namespace {

bool is_one_of(std::string_view name, auto&& names) {
    return std::ranges::find(names, name) != std::ranges::end(names);
}

// A number, as such or as string.
std::optional<std::int64_t> whole(const json_value& value) {
    if (value.kind != json_kind::number && value.kind != json_kind::string) {
        return std::nullopt;
    }
    return parse_whole(value.text, fraction::zeros);
}

std::optional<std::uint64_t> count(const json_value& value) {
    const auto number = whole(value);
    return number && *number >= 0 ? std::optional{static_cast<std::uint64_t>(*number)}
                                  : std::nullopt;
}

std::optional<bool> truth(const json_value& value) {
    const std::string_view text = value.text;
    if (value.kind == json_kind::boolean || value.kind == json_kind::string ||
        value.kind == json_kind::number) {
        if (text == "1" || equals_ignoring_case(text, "true")) {
            return true;
        }
        if (text == "0" || equals_ignoring_case(text, "false")) {
            return false;
        }
    }
    return std::nullopt;
}

bool is_empty(const json_value& value) {
    switch (value.kind) {
    case json_kind::absent:
    case json_kind::null:
        return true;
    case json_kind::string:
        return value.text.empty();
    case json_kind::boolean:
    case json_kind::number:
        return truth(value) == false;
    case json_kind::object:
    case json_kind::array:
        return trim(value.text.substr(1, value.text.size() - 2)).empty();
    }
    return false;
}

// `"error" is "Bad Request"`
std::string shown(std::string_view name, const json_value& value) {
    constexpr std::size_t longest = 120;
    const bool is_string = value.kind == json_kind::string;
    byte_buffer plain;
    if (is_string) {
        append_unescaped(plain, value.text.substr(0, longest * 6));
    } else {
        plain.append(value.text.substr(0, longest + 1));
    }
    const std::string text = printable(plain.view(), longest);
    const std::string_view quote = is_string ? "\"" : "";
    return joined({"\"", printable(name, 40), "\" is ", quote, text, quote});
}

constexpr std::array<std::string_view, 10> total_names{
    "total",     "totalcount",    "totalitems", "totalrecords", "totalresults",
    "totalrows", "totalelements", "totaldocs",  "totalhits",    "recordstotal"};
constexpr std::array<std::string_view, 5> count_names{"count", "itemcount", "recordcount",
                                                      "resultcount", "rowcount"};
constexpr std::array<std::string_view, 6> pages_names{"pages",     "totalpages", "pagecount",
                                                      "pagetotal", "numpages",   "lastpage"};
constexpr std::array<std::string_view, 5> more_names{"hasmore", "more", "hasnext", "hasnextpage",
                                                     "hasmorepages"};
// No cursors: a server that counts pages may well serve a null one on each.
constexpr std::array<std::string_view, 5> next_names{"next", "nextpage", "nexturl", "nextpageurl",
                                                     "nextlink"};
constexpr std::array<std::string_view, 5> status_names{"statuscode", "status", "code", "httpstatus",
                                                       "httpcode"};
constexpr std::array<std::string_view, 4> bad_words{"error", "fail", "failed", "failure"};

} // namespace

std::string plain_name(std::string_view name) {
    std::string plain;
    if (name.size() > 40) {
        return plain;
    }
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            plain += static_cast<char>(c - 'A' + 'a');
        } else if (c != '_' && c != '-' && c != ' ') {
            plain += c;
        }
    }
    return plain;
}

void envelope_reader::see(std::string_view name, const json_value& value, level where) {
    const std::string plain = plain_name(name);
    if (where == level::top) {
        constexpr int most_names = 6;
        if (name_count_ < most_names) {
            names_ += joined({name_count_ == 0 ? "\"" : ", \"", printable(name, 40), "\""});
        } else if (name_count_ == most_names) {
            names_ += ", ...";
        }
        ++name_count_;
        see_error(plain, name, value);
    }
    see_hint(plain, value);
}

void envelope_reader::see_more(bool more) {
    more_ = more || more_.value_or(false); // one "there is more" outweighs any "no more"
}

void envelope_reader::see_hint(const std::string& plain, const json_value& value) {
    const auto number = count(value);
    if (is_one_of(plain, total_names)) {
        total_ = number ? number : total_;
    } else if (is_one_of(plain, count_names)) {
        count_ = number ? number : count_;
    } else if (is_one_of(plain, pages_names)) {
        pages_ = number ? number : pages_;
    } else if (is_one_of(plain, more_names)) {
        if (const auto more = truth(value)) {
            see_more(*more);
        }
    } else if (is_one_of(plain, next_names)) {
        const bool is_false = value.kind == json_kind::boolean && value.text == "false";
        if (value.kind == json_kind::null || is_false) {
            see_more(false);
        } else if (!is_empty(value)) {
            see_more(true);
        }
    }
}

void envelope_reader::see_error(const std::string& plain, std::string_view name,
                                const json_value& value) {
    bool is_sign = false;
    if (plain == "error" || plain == "errors") {
        is_sign = !is_empty(value);
    } else if (plain == "success" || plain == "ok") {
        is_sign = truth(value) == false;
    } else if (is_one_of(plain, status_names)) {
        const auto code = whole(value);
        is_sign = (code && *code >= 400 && *code <= 599) ||
                  (value.kind == json_kind::string && is_one_of(plain_name(value.text), bad_words));
    } else if (plain == "message" || plain == "detail" || plain == "errormessage") {
        if (message_.empty() && !is_empty(value)) {
            message_ = shown(name, value);
        }
    }
    if (is_sign) {
        is_error_ = true;
        if (error_.size() < 200) {
            error_ += joined({error_.empty() ? "" : ", ", shown(name, value)});
        }
    }
}

std::string envelope_reader::error() const {
    if (!is_error_) {
        return {};
    }
    return joined({"an error object: ", error_, message_.empty() ? "" : ", ", message_});
}

std::string envelope_reader::members() const {
    if (name_count_ == 0) {
        return "an empty object";
    }
    return joined({"its members are ", names_, message_.empty() ? "" : ", and ", message_});
}

void envelope_reader::tell(envelope_hints& to) const {
    to.total = total_ ? total_ : count_;
    to.total_pages = pages_;
    to.more = more_;
}

} // namespace callmirror::decode
