#include "sync/fetch/query.hpp"

#include <algorithm>

namespace callmirror::fetch {
namespace {

// Of page 0, with an answer for page 1 between any two, until pages are believed to count from 1.
// Believed wrongly, the first page
// of every slice would be missing for good; where page 1 is empty nothing would ever show it.
constexpr int enough_refusals = 4;
constexpr int enough_for_an_empty_list = 8;

void append_encoded(std::string& out, std::string_view text) {
    constexpr std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view hex = "0123456789ABCDEF";
    for (const char byte : text) {
        if (unreserved.find(byte) != std::string_view::npos) {
            out.push_back(byte);
        } else {
            const auto value = static_cast<unsigned char>(byte);
            out.push_back('%');
            out.push_back(hex[value >> 4U]);
            out.push_back(hex[value & 15U]);
        }
    }
}

} // namespace

std::string fill_path(std::string_view path,
                      const std::vector<std::pair<std::string, std::string>>& values) {
    std::string filled;
    while (!path.empty()) {
        const auto open = path.find('{');
        const auto close = path.find('}', open);
        if (open == std::string_view::npos || close == std::string_view::npos) {
            break;
        }
        filled.append(path.substr(0, open));
        const auto name = path.substr(open + 1, close - open - 1);
        const auto value =
            std::ranges::find(values, name, &std::pair<std::string, std::string>::first);
        if (value == values.end()) {
            filled.append(path.substr(open, close - open + 1));
        } else if (value->second.find_first_not_of('.') == std::string::npos) {
            for (std::size_t i = 0; i < value->second.size(); ++i) {
                filled += "%2E"; // a segment of dots alone would climb up the path
            }
        } else {
            append_encoded(filled, value->second);
        }
        path.remove_prefix(close + 1);
    }
    filled.append(path);
    return filled;
}

std::string target_of(const list_query& query) {
    auto target = query.path;
    char separator = '?';
    const auto add = [&](std::string_view name, const std::string& value) {
        target.push_back(separator);
        target.append(name);
        target.push_back('=');
        target.append(value);
        separator = '&';
    };
    if (query.page) {
        add("page", std::to_string(*query.page));
    }
    if (query.limit) {
        add("limit", std::to_string(*query.limit));
    }
    if (query.start) {
        add("start", format_utc(*query.start));
    }
    if (query.end) {
        add("end", format_utc(*query.end));
    }
    return target;
}

manner_probe::manner_probe(bool takes_page, bool takes_limit, int limit)
    : takes_page_(takes_page) {
    if (takes_limit && limit > 0) {
        limits_.push_back(limit);
        for (const int smaller : {100, 50, 20}) {
            if (smaller < limit) {
                limits_.push_back(smaller);
            }
        }
    }
    limits_.push_back(0);
}

manner_probe::step manner_probe::next() const {
    if (result_) {
        return *result_;
    }
    const int limit = limits_.front();
    return ask{takes_page_ ? std::optional(page_) : std::nullopt,
               limit > 0 ? std::optional(limit) : std::nullopt};
}

void manner_probe::bad_request() {
    if (takes_page_ && page_ == 0) { // the 0 or the limit: page 1 tells
        ++refusals_of_0_;
        page_ = 1;
        if (page_1_without_0_ &&
            refusals_of_0_ >=
                (page_1_without_0_->empty() ? enough_for_an_empty_list : enough_refusals)) {
            result_ = found{1, limits_.front(), true, !page_1_without_0_->empty()};
        }
    } else if (page_ == 2) { // over the end
        result_ = found{1, limits_.front(), false};
    } else if (page_0_) { // page 1 is over the end
        result_ = found{page_0_->empty() ? std::nullopt : std::optional(0), limits_.front(), false};
    } else if (page_1_without_0_) { // it is not the 0 alone: nothing is known
        result_ = refused{};
    } else {
        page_ = 0;
        refusals_of_0_ = 0;
        limits_.erase(limits_.begin());
        if (limits_.empty()) {
            result_ = refused{};
        }
    }
}

void manner_probe::page(std::vector<std::string> keys) {
    if (!takes_page_) {
        result_ = found{0, limits_.front()};
    } else if (page_ == 0) { // where it was refused before, by a mistake
        page_0_ = std::move(keys);
        page_ = 1;
    } else if (!page_0_) { // the same limit, so it was the 0: is it refused again?
        page_1_without_0_ = std::move(keys);
        page_ = 0;
    } else if (page_0_->empty()) { // of an empty list, or there is no page 0
        result_ =
            found{keys.empty() ? std::nullopt : std::optional(1), limits_.front(), keys.empty()};
    } else if (page_ == 1 && mostly_same(keys)) {
        page_ = 2;
    } else { // a third page of the same keys: the parameter is ignored
        const bool from_1 = page_ == 2 && !mostly_same(keys);
        result_ = found{from_1 ? 1 : 0, limits_.front(), !from_1};
    }
}

// Then page 0 is page 1. A record or two may have moved in between: of a list of one, half of what
// there is now; and the last one of a full page 0 is all that page 1 has then.
bool manner_probe::mostly_same(const std::vector<std::string>& page) const {
    const auto in_both =
        static_cast<std::size_t>(std::ranges::count_if(page, [this](const auto& key) {
            return std::ranges::find(*page_0_, key) != page_0_->end();
        }));
    return in_both > 0 && in_both * 2 >= std::max(page_0_->size(), page.size());
}

} // namespace callmirror::fetch
