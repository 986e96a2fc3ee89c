#include "sync/decode/secret_filter.hpp"

#include "sync/base/text.hpp"
#include "sync/decode/byte_buffer.hpp"
#include "sync/decode/escape.hpp"
#include "sync/decode/json_walker.hpp"
#include "sync/decode/secret_links.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <utility>

namespace callmirror::decode {
namespace {

constexpr std::size_t shortest_taken = 8;  // a shorter text may stand elsewhere by chance
constexpr std::size_t most_taken = 10'000; // on a page
constexpr std::size_t most_kept = std::size_t{4} << 20U; // bytes, from one body to the next
constexpr int deepest = 8;                               // JSON in a text of JSON in a text ...
// Members that say what the "value" beside them is.
constexpr std::array<std::string_view, 7> namers{"name", "key",   "field", "id",
                                                 "type", "label", "header"};

bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// Of the string that is open at `at`; the text's end where there is none.
std::size_t closing_quote(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] != '"') {
        at += text[at] == '\\' ? 2 : 1;
    }
    return std::min(at, text.size());
}

std::string with_each(std::string_view text, std::string_view what, std::string_view by) {
    std::string changed;
    for (auto at = text.find(what); at != std::string_view::npos; at = text.find(what)) {
        changed.append(text.substr(0, at)).append(by);
        text.remove_prefix(at + what.size());
    }
    return changed.append(text);
}

// An object, a list, or a text that may be one in turn.
bool starts_like_json(std::string_view text) {
    const auto first = text.find_first_not_of(" \n\r\t");
    return first != std::string_view::npos &&
           (text[first] == '{' || text[first] == '[' || text[first] == '"');
}

// Whether the string that ends at `quote` is a member's name.
bool is_name(std::string_view text, std::size_t quote) {
    auto after = quote + 1;
    while (after < text.size() && is_blank(text[after])) {
        ++after;
    }
    return after < text.size() && text[after] == ':';
}

} // namespace

secret_filter& secret_filter::of_this_thread(const providers::credentials& rules) {
    thread_local std::vector<std::unique_ptr<secret_filter>> filters; // a platform has a few
    const auto same = [&](const auto& filter) { return filter->rules_.is_same(rules); };
    auto known = std::ranges::find_if(filters, same);
    if (known == filters.end()) {
        known = filters.insert(known, std::make_unique<secret_filter>(rules));
    }
    return **known;
}

std::string_view secret_filter::apply(std::string_view body) {
    const auto found = scan_.look_at(body);
    if (found == secret_scan::found::nothing) {
        return body;
    }
    if (cleaned_.capacity() > most_kept) { // of a huge body
        std::string{}.swap(cleaned_);
    }
    cleaned_.clear();
    if (found == secret_scan::found::parameters) {
        remove_parameters(body);
        return cleaned_;
    }
    clean(body);
    replace_elsewhere();
    return cleaned_;
}

void secret_filter::clean(std::string_view body) {
    cleaned_.reserve(body.size() + body.size() / 8);
    open_.assign(1, {});
    name_.clear();
    next_ = treatment::keep;
    taken_.clear();
    for (std::size_t at = 0; at < body.size();) {
        const char c = body[at];
        if (c == '"') {
            see_string(body, at);
        } else if (c == '{' || c == '[') {
            open(c);
            ++at;
        } else if (c == '}' || c == ']') {
            close(c);
            ++at;
        } else if (is_blank(c) || c == ',' || c == ':') {
            cleaned_ += c;
            ++at;
        } else {
            const auto end = std::min(body.find_first_of(" \n\r\t,:{}[]\"", at), body.size());
            see_value(body.substr(at, end - at), false);
            at = end;
        }
    }
}

// Signed links of media: there may be one in each record, and nothing else.
void secret_filter::remove_parameters(std::string_view body) {
    std::size_t done = 0;
    for (const auto& value : scan_.parameters()) {
        cleaned_ += body.substr(done, value.begin - done);
        cleaned_ += removed_value;
        done = value.end;
    }
    cleaned_ += body.substr(done);
}

void secret_filter::see_string(std::string_view body, std::size_t& at) {
    const auto end = closing_quote(body, at + 1);
    if (end >= body.size()) { // cut short: what it would have been is not known
        cleaned_ += '"';
        at = body.size();
        return;
    }
    const auto contents = body.substr(at + 1, end - at - 1);
    at = end + 1;
    if (is_name(body, end)) {
        see_name(contents);
    } else {
        see_value(contents, true);
    }
}

void secret_filter::see_name(std::string_view contents) {
    cleaned_ += '"';
    cleaned_ += contents;
    cleaned_ += '"';
    name_ = unescaped(contents);
    next_ = treatment_of(name_, rules_);
}

void secret_filter::see_value(std::string_view text, bool is_string) {
    auto& within = open_.back();
    const auto by = next_ != treatment::keep ? next_
                    : within.is_secret       ? treatment::remove
                                             : treatment::keep;
    const bool is_literal = !is_string && (text == "true" || text == "false" || text == "null");
    if (is_string && !within.is_secret && !rules_.removed.empty() &&
        std::ranges::any_of(namers, [&](auto each) { return equals_ignoring_case(each, name_); })) {
        within.names_secret =
            within.names_secret || is_secret_name(unescaped(text), rules_.removed);
    }
    const auto begin = cleaned_.size();
    if (by == treatment::keep || is_literal) {
        keep(text, is_string);
    } else {
        replace(text, by, is_string);
    }
    if (!is_literal && equals_ignoring_case(name_, "value")) {
        within.value_at = begin;
    }
    end_value();
}

void secret_filter::keep(std::string_view text, bool is_string) {
    if (!is_string) {
        cleaned_ += text;
        return;
    }
    cleaned_ += '"';
    if (scan_.look_at(text) == secret_scan::found::nothing) {
        cleaned_ += text;
    } else {
        keep_suspect(text);
    }
    cleaned_ += '"';
}

// A text that may hold a credential.
void secret_filter::keep_suspect(std::string_view contents) {
    byte_buffer buffer;
    const bool is_known = append_unescaped(buffer, contents); // no bad escape
    const auto plain = buffer.view();
    std::string clean;
    if (is_known && depth_ < deepest && starts_like_json(plain) && is_json(plain)) {
        clean = clean_json(plain);
    } else if (is_known && !scan_.may_hide_more(plain)) {
        std::vector<std::string> passwords;
        clean = with_clean_links(plain, rules_, passwords);
        for (const auto& each : passwords) {
            take(each, removed_value);
        }
    } else {
        clean = removed_value;
    }
    if (clean == plain) {
        cleaned_ += contents;
    } else {
        append_escaped(cleaned_, clean);
    }
}

std::string secret_filter::clean_json(std::string_view plain) {
    if (!within_) {
        within_ = std::make_unique<secret_filter>(rules_);
        within_->depth_ = depth_ + 1;
    }
    within_->cleaned_.clear();
    within_->clean(plain);
    for (const auto& [text, stands_for] : within_->taken_) {
        take(text, stands_for);
    }
    return within_->cleaned_;
}

void secret_filter::replace(std::string_view contents, treatment by, bool is_string) {
    const auto stands_for = by == treatment::hash
                                ? sha256_of(is_string ? unescaped(contents) : std::string(contents))
                                : std::string(removed_value);
    cleaned_ += '"' + stands_for + '"';
    if (is_string) { // a number's digits stand elsewhere by chance
        take(contents, stands_for);
    }
}

void secret_filter::take(std::string_view contents, std::string_view stands_for) {
    if (contents.size() < shortest_taken || taken_.size() >= most_taken) {
        return;
    }
    taken_.emplace_back(contents, stands_for);
    const auto add = [&](std::string as_written) {
        if (as_written.size() >= shortest_taken && as_written != contents) {
            taken_.emplace_back(std::move(as_written), stands_for);
        }
    };
    add(percent_encoded(unescaped(contents))); // short, or nothing, after a bad escape
    if (contents.find('/') !=
        std::string_view::npos) { // which may have a backslash before it, or not
        const auto plain = with_each(contents, "\\/", "/");
        add(with_each(plain, "/", "\\/"));
        add(plain);
    }
}

void secret_filter::open(char bracket) {
    const bool is_secret = open_.back().is_secret || next_ != treatment::keep;
    if (equals_ignoring_case(name_, "value")) {
        open_.back().value_at = cleaned_.size();
    }
    cleaned_ += bracket;
    open_.push_back({.is_secret = is_secret});
    name_.clear();
    next_ = treatment::keep;
}

// A value that a later member has turned out to be secret is replaced as a whole.
void secret_filter::close(char bracket) {
    const auto closed = open_.back();
    if (open_.size() > 1) { // one too many: not JSON
        open_.pop_back();
    }
    if (closed.names_secret && closed.value_ends > closed.value_at && closed.value_at > 0) {
        const auto size = closed.value_ends - closed.value_at;
        const auto old = cleaned_.substr(closed.value_at, size);
        if (old.size() >= 2 && old.starts_with('"')) {
            take(std::string_view(old).substr(1, old.size() - 2), removed_value);
        }
        cleaned_.replace(closed.value_at, size, '"' + std::string(removed_value) + '"');
    }
    cleaned_ += bracket;
    end_value();
}

void secret_filter::end_value() {
    auto& within = open_.back();
    if (within.value_at > 0 && within.value_ends == 0) {
        within.value_ends = cleaned_.size();
    }
    name_.clear();
    next_ = treatment::keep;
}

void secret_filter::replace_elsewhere() {
    // A text may hold another one.
    std::ranges::sort(taken_, [](const auto& a, const auto& b) {
        return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a < b;
    });
    const auto again = std::ranges::unique(taken_);
    taken_.erase(again.begin(), again.end());
    std::erase_if(taken_, [this](const auto& each) { // most stand nowhere else
        return ::memmem(cleaned_.data(), cleaned_.size(), each.first.data(), each.first.size()) ==
               nullptr;
    });
    if (taken_.empty()) {
        return;
    }
    const auto whole = std::exchange(cleaned_, {});
    for (std::size_t at = 0; at < whole.size();) {
        if (whole[at] != '"') {
            cleaned_ += whole[at++];
            continue;
        }
        const auto end = closing_quote(whole, at + 1);
        const auto contents = std::string_view(whole).substr(at + 1, end - at - 1);
        cleaned_ += '"';
        cleaned_ += is_name(whole, end) ? std::string(contents) : without_taken(contents);
        cleaned_ += end < whole.size() ? "\"" : "";
        at = end + 1;
    }
}

// A text is put together anew rather than changed in place, which takes hours where megabytes of it
// are secrets.
std::string secret_filter::without_taken(std::string_view contents) const {
    std::string text(contents);
    std::string without;
    for (const auto& [taken, stands_for] : taken_) {
        std::size_t done = 0; // of the text: what came before is in `without`
        for (auto at = text.find(taken); at != std::string::npos; at = text.find(taken, at)) {
            auto escapes = at; // where the backslashes before it begin
            while (escapes > done && text[escapes - 1] == '\\') {
                --escapes;
            }
            if ((at - escapes) % 2 != 0) { // its first letter belongs to an escape
                ++at;
                continue;
            }
            without.append(text, done, at - done).append(stands_for);
            at += taken.size();
            done = at;
        }
        if (done > 0) {
            text.swap(without.append(text, done));
            without.clear();
        }
    }
    return text;
}

} // namespace callmirror::decode
