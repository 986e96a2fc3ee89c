// A listing that changes between requests, served as servers of every manner do, and a reader that
// does what a paginator says. For tests of the paginator.
#pragma once

#include "sync/fetch/paginator.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace callmirror::fetch {

struct listing_model {
    enum class totals { none, exact, own_length, wrong, frozen };

    std::vector<int> records; // in the server's order; a negative one is left out after paging
    std::size_t page_size = 3;
    totals total = totals::none;
    bool tells_more = false;
    bool ignores_page = false;
    bool cuts_page = false;        // over the end: the last page again
    bool refuses_past_end = false; // with an error
    int cut_off_after = 0;         // pages; then every page is refused. 0: never
    bool counts_from_1 = false;    // though it is asked for page 0: that is page 1
    int next_key = 1'000'000;
    std::optional<std::uint64_t> first_total;

    std::vector<int> page(int index) const {
        const auto place = counts_from_1 ? std::max(index - 1, 0) : index;
        auto begin = ignores_page ? 0 : static_cast<std::size_t>(place) * page_size;
        if (cuts_page && begin >= records.size() && !records.empty()) {
            begin = (records.size() - 1) / page_size * page_size;
        }
        std::vector<int> served;
        for (auto i = begin; i < std::min(begin + page_size, records.size()); ++i) {
            if (records[i] > 0) {
                served.push_back(records[i]);
            }
        }
        return served;
    }

    page_facts facts(int index, const std::vector<int>& served) {
        page_facts facts;
        facts.served = served.size();
        for (const auto key : served) {
            auto hash = static_cast<std::uint64_t>(key) * 0x9e3779b97f4a7c15U;
            hash = (hash ^ hash >> 30U) * 0xbf58476d1ce4e5b9U;
            facts.fingerprint += hash ^ hash >> 31U;
        }
        const auto exact = static_cast<std::uint64_t>(
            std::ranges::count_if(records, [](int key) { return key > 0; }));
        first_total = first_total.value_or(exact);
        switch (total) {
        case totals::none:
            break;
        case totals::exact:
            facts.total = exact;
            break;
        case totals::own_length:
            facts.total = served.size();
            break;
        case totals::wrong:
            facts.total = 2 * exact + 7;
            break;
        case totals::frozen:
            facts.total = first_total;
            break;
        }
        if (tells_more) {
            facts.more = static_cast<std::size_t>(index + 1) * page_size < records.size();
        }
        return facts;
    }

    bool refuses(int index) const {
        return (refuses_past_end && index > 0 &&
                static_cast<std::size_t>(index) * page_size >= records.size()) ||
               (cut_off_after > 0 && index >= cut_off_after);
    }

    void insert(std::size_t at) {
        records.insert(records.begin() + static_cast<std::ptrdiff_t>(std::min(at, records.size())),
                       next_key++);
    }
    void remove(std::size_t at) {
        if (at < records.size()) {
            records.erase(records.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
};

struct pass_outcome {
    int requests = 0;
    int pages = 0;
    std::string drift;
    std::string broken;
    std::set<int> seen;
    std::set<int> steady; // visible, and there from the first request to the last
    bool lost() const {
        return broken.empty() && drift.empty() && !std::ranges::includes(seen, steady);
    }
};

// The pages that are fetched beside the wanted one, and which of them is served first.
struct side_by_side {
    int pages = 1;
    std::function<std::size_t(std::size_t count)> first = [](std::size_t) { return 0; };
};

// `change(model, k)` is called before the k-th request is served, from 1.
inline pass_outcome read_pass(listing_model& model, const paginator_options& options,
                              const std::function<void(listing_model&, int)>& change = {},
                              int most_requests = 5'000, const side_by_side& fetching = {}) {
    paginator pages(options);
    pass_outcome outcome;
    std::vector<int> last_probe;
    struct served_page {
        std::vector<int> keys;
        page_facts facts;
    };
    std::map<int, served_page> fetched;
    const auto visible = [&] {
        std::set<int> keys;
        std::ranges::copy_if(model.records, std::inserter(keys, keys.end()),
                             [](int key) { return key > 0; });
        return keys;
    };
    while (outcome.requests < most_requests) {
        const auto step = pages.next();
        if (const auto* done = std::get_if<listing_done>(&step)) {
            outcome.pages = done->pages;
            outcome.drift = done->drift;
            return outcome;
        }
        if (const auto* broken = std::get_if<listing_broken>(&step)) {
            outcome.broken = broken->reason;
            return outcome;
        }
        if (std::holds_alternative<keep_probe>(step)) {
            outcome.seen.insert(last_probe.begin(), last_probe.end());
            continue;
        }
        const auto& wanted = std::get<fetch_page>(step);
        std::vector<int> under_way;
        for (int i = 0; i <= std::min(wanted.following, fetching.pages - 1); ++i) {
            if (!fetched.contains(wanted.index - i)) {
                under_way.push_back(wanted.index - i);
            }
        }
        while (!fetched.contains(wanted.index)) {
            if (outcome.requests == 0) {
                outcome.steady = visible();
            } else if (change) {
                change(model, outcome.requests);
                std::set<int> both;
                std::ranges::set_intersection(outcome.steady, visible(),
                                              std::inserter(both, both.end()));
                outcome.steady = std::move(both);
            }
            ++outcome.requests;
            const auto next =
                under_way.begin() + static_cast<std::ptrdiff_t>(fetching.first(under_way.size()));
            if (model.refuses(*next)) {
                break; // only where pages are looked for, one at a time
            }
            const auto keys = model.page(*next);
            fetched[*next] = {keys, model.facts(*next, keys)};
            under_way.erase(next);
        }
        if (!fetched.contains(wanted.index)) {
            if (!pages.refused(wanted.index)) {
                outcome.broken = "refused";
                return outcome;
            }
            continue;
        }
        auto [served, facts] = std::move(fetched.extract(wanted.index).mapped());
        if (wanted.probe) {
            if (!served.empty()) {
                last_probe = served;
            }
        } else {
            for (const auto key : served) {
                facts.repeated += outcome.seen.insert(key).second ? 0 : 1;
            }
        }
        pages.took(wanted.index, facts);
    }
    outcome.broken = "does not end";
    return outcome;
}

inline std::vector<int> keys_to(int count) {
    std::vector<int> keys(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        keys[static_cast<std::size_t>(i)] = i + 1;
    }
    return keys;
}

} // namespace callmirror::fetch
