#include "tests/simulator/list_page.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace callmirror::simulator {
namespace {

using json = nlohmann::ordered_json;

// Where some records are left out after paging, a list has places without a record: in each 250,
// those from 50 on.
constexpr std::size_t period = 250;
constexpr std::size_t gap_at = 50;

std::size_t records_before(std::size_t place, std::size_t hidden) {
    const auto within = place % period;
    const auto seen = within <= gap_at            ? within
                      : within <= gap_at + hidden ? gap_at
                                                  : within - hidden;
    return place / period * (period - hidden) + seen;
}

std::size_t places_for(std::size_t records, std::size_t hidden) {
    const auto rest = records % (period - hidden);
    return records / (period - hidden) * period + rest + (rest > gap_at ? hidden : 0);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    if (const auto at = text.find(from); at != std::string::npos) {
        text.replace(at, from.size(), to);
    }
    return text;
}

// The member at a dotted path, made where it is missing.
json& at_path(json& root, std::string_view path) {
    json* at = &root;
    while (!path.empty()) {
        const auto dot = path.find('.');
        at = &(*at)[std::string(path.substr(0, dot))];
        path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
    }
    return *at;
}

std::size_t pages_of(std::size_t total, std::int64_t limit) {
    const auto size = static_cast<std::size_t>(limit);
    return (total + size - 1) / size;
}

std::string links(const std::string& path, const list_query& query, const manners& is,
                  std::size_t total, bool more) {
    const auto link = [&](std::int64_t page, const char* relation) {
        return "<" + path + "?page=" + std::to_string(page) +
               "&limit=" + std::to_string(query.limit) + ">; rel=\"" + relation + "\"";
    };
    const auto last = is.first_page + static_cast<std::int64_t>(pages_of(total, query.limit)) - 1;
    std::string all = link(is.first_page, "first");
    all += ", " + link(std::max(last, is.first_page), "last");
    return more ? all + ", " + link(query.page + 1, "next") : all;
}

// The envelope with the records' place marked by this text.
constexpr std::string_view mark = "\"@records@\"";

std::string envelope_of(const list_page& page, const list_query& query, const manners& is,
                        std::size_t total) {
    if (is.envelope.empty()) {
        return std::string(mark);
    }
    auto root = is.extra.empty() ? json::object() : json::parse(is.extra);
    const auto path = replaced(is.envelope, "{name}", info(query.what.of).name);
    at_path(root, path) = mark.substr(1, mark.size() - 2);
    for (const auto& place : is.totals) {
        if (!place.starts_with("header:")) {
            const auto last = place.substr(place.rfind('.') + 1);
            const bool pages = last.find("age") != std::string::npos; // "pages", "totalPages"
            at_path(root, place) = pages ? pages_of(total, query.limit) : total;
        }
    }
    if (!is.has_more.empty()) {
        at_path(root, is.has_more) = page.more;
    }
    return root.dump();
}

} // namespace

list_page page_of(const selection& from, const list_query& query, const manners& is) {
    list_page page;
    const auto hidden = static_cast<std::size_t>(is.hidden_per_250);
    page.total = places_for(from.size(), hidden);
    if (query.nothing) {
        return page;
    }
    const auto begin = query.paged ? static_cast<std::size_t>(query.offset) : 0;
    const auto end = query.paged ? begin + static_cast<std::size_t>(query.limit) : page.total;
    const auto first = records_before(begin, hidden);
    from.collect(first, records_before(end, hidden) - first, page.records);
    page.more = end < page.total;
    return page;
}

response render(const world& from, const list_page& page, const list_query& query,
                const manners& is, const record_style& style, std::size_t total,
                const std::string& path) {
    const auto envelope = envelope_of(page, query, is, total);
    const auto place = envelope.find(mark);
    std::string body = envelope.substr(0, place);
    body.reserve(body.size() + page.records.size() * 1000 + 256);
    body += '[';
    for (std::size_t i = 0; i < page.records.size(); ++i) {
        if (i > 0) {
            body += ',';
        }
        append_text(body, from, query.what.of, page.records[i], style);
    }
    body += ']';
    body += envelope.substr(place + mark.size());

    response made;
    made.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    for (const auto& each : is.totals) {
        if (each == "header:Link") {
            made.headers.emplace_back("Link", links(path, query, is, total, page.more));
        } else if (each.starts_with("header:")) {
            made.headers.emplace_back(each.substr(7), std::to_string(total));
        }
    }
    made.body = std::make_shared<const std::string>(std::move(body));
    return made;
}

} // namespace callmirror::simulator
