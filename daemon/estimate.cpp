#include "daemon/estimate.hpp"

#include "daemon/text_table.hpp"

#include <algorithm>
#include <cmath>

namespace callmirror::daemon {
namespace {

constexpr double pages_read_twice = 1.05; // seams between slices, retries
constexpr int requests_of_heads = 2;

// Counted on small accounts: how the list counts its pages is found out, its head is read, and the
// last page of each stretch is looked for. History without a beginning is followed in growing
// stretches until three years held nothing.
int requests_to_begin(const providers::resource& resource, const plan::time_range& range) {
    if (resource.has_time_axis()) {
        return range.from == start_of_time ? 23 : 5;
    }
    return resource.takes_page ? 5 : 1;
}

std::string duration_of(std::uint64_t requests, double pace) {
    const auto seconds = static_cast<double>(requests) / std::max(pace, 0.001);
    return "about " + format_duration(std::chrono::milliseconds(
                          static_cast<std::int64_t>(std::ceil(seconds) * 1000)));
}

std::uint64_t missing_of(const list_estimate& of) {
    return of.rows - std::min(of.rows, of.mirrored);
}

// Rows by pages, or by the server's total where it agrees with the pages.
void conclude(list_estimate& result, const fetch::page_facts& first, const fetch::page_facts& last,
              int pages) {
    const auto page = std::max<std::uint64_t>(first.served, 1);
    const auto counted_rows =
        pages == 0 ? 0 : static_cast<std::uint64_t>(pages - 1) * page + last.served;
    result.page = static_cast<int>(page);
    result.rows = counted_rows;
    result.how_sure = "counted: its last page was looked for";
    if (first.total && *first.total + page > counted_rows && *first.total < counted_rows + page) {
        result.rows = *first.total;
        result.how_sure = "the server's own total, checked at its last page";
    } else if (first.total) {
        result.how_sure +=
            " (the server says " + grouped(*first.total) + ", which its pages belie)";
    }
}

void note_problem(list_estimate& result, const probe_problem& problem) {
    result.refused = problem.what == fetch::verdict::unauthorized;
    result.unreachable = problem.what == fetch::verdict::timeout ||
                         problem.what == fetch::verdict::connection_lost ||
                         problem.what == fetch::verdict::server_busy ||
                         problem.what == fetch::verdict::throttled ||
                         problem.what == fetch::verdict::bad_certificate;
    result.aside =
        problem.what == fetch::verdict::forbidden || problem.what == fetch::verdict::not_found;
    result.problem = result.aside ? "not readable with this key: " + problem.text : problem.text;
}

} // namespace

std::uint64_t requests_for(const list_estimate& of) {
    const auto pages = static_cast<double>(missing_of(of)) / std::max(of.page, 1);
    return static_cast<std::uint64_t>(std::ceil(pages * pages_read_twice)) +
           static_cast<std::uint64_t>(of.mirrored > 0 ? requests_of_heads : of.to_begin);
}

list_estimate estimate_by_key(const providers::resource& resource,
                              const std::vector<list_estimate>& lists) {
    list_estimate result;
    result.list = resource.name;
    result.page = 1;
    result.to_begin = 0;
    const std::string keys(resource.keys_from.table);
    result.how_sure = "at most a request for each of " + keys;
    result.problem = "asked for by " + keys + ", which are not looked at";
    for (const auto& each : lists) {
        if (each.list == keys || each.list.starts_with(keys + " ")) {
            result.rows += each.rows;
            result.problem = each.problem.empty() ? "" : "asked for by " + keys + ": see there";
        }
    }
    return result;
}

engine::awaitable<list_estimate> estimate_list(list_probe& of, plan::time_range range) {
    list_estimate result;
    result.list = of.name();
    result.to_begin = requests_to_begin(of.resource(), range);
    const auto unknown = co_await of.learn();
    if (unknown.what != fetch::verdict::ok) {
        note_problem(result, unknown);
        co_return result;
    }
    fetch::paginator pages(
        {.strict = true, .takes_page = of.resource().takes_page, .limit = of.limit()});
    fetch::page_facts first;
    fetch::page_facts last;
    int last_index = -1;
    while (!pages.pages_found()) {
        const auto step = pages.next();
        if (const auto* broken = std::get_if<fetch::listing_broken>(&step)) {
            result.problem = broken->reason;
            co_return result;
        }
        const auto* wanted = std::get_if<fetch::fetch_page>(&step);
        if (!wanted) {
            break;
        }
        fetch::page_facts facts;
        const auto problem = co_await of.ask(wanted->index, range, facts);
        if (problem.what != fetch::verdict::ok) {
            note_problem(result, problem);
            co_return result;
        }
        if (wanted->index == 0) {
            first = facts;
        }
        if (facts.served > 0 && wanted->index > last_index) {
            last_index = wanted->index;
            last = facts;
        }
        pages.took(wanted->index, facts);
    }
    conclude(result, first, last, pages.pages_found().value_or(last_index + 1));
    co_return result;
}

std::string plan_text(const std::string& account, const std::vector<list_estimate>& lists,
                      double pace, std::uint64_t asked) {
    text_table table({{"list"},
                      {"rows", align::right},
                      {"mirrored", align::right},
                      {"missing", align::right},
                      {"requests", align::right},
                      {"how sure"}});
    std::uint64_t rows = 0;
    std::uint64_t requests = 0;
    std::string problems;
    for (const auto& each : lists) {
        if (!each.problem.empty()) {
            problems += "  " + each.list + ": " + each.problem + '\n';
            continue;
        }
        table.add({each.list, grouped(each.rows), grouped(std::min(each.mirrored, each.rows)),
                   grouped(missing_of(each)), grouped(requests_for(each)), each.how_sure});
        rows += missing_of(each);
        requests += requests_for(each);
    }
    std::string text = account + ": ";
    if (table.empty()) {
        return text + "nothing can be told\n" + problems;
    }
    text += counted(rows, "row") + " to read, " + counted(requests, "request") + ", " +
            duration_of(requests, pace) + " at " + short_number(pace) + " requests a second\n";
    return text + table.to_text("  ") + problems + "  (this took " + counted(asked, "request") +
           "; nothing was written)\n";
}

} // namespace callmirror::daemon
