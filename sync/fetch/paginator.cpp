#include "sync/fetch/paginator.hpp"

#include <algorithm>
#include <cassert>

namespace callmirror::fetch {
namespace {

// No known API cuts its lists off before this; several do at a thousand, and at ten thousand.
constexpr std::size_t never_cut_off = 500;
constexpr int refusals_that_count = 4;
constexpr int shortest_full_page = 10; // of servers that are not told how long pages should be

} // namespace

paginator::paginator(paginator_options options)
    : options_(options) {}

page_step paginator::next() {
    if (!broken_.empty()) {
        return listing_broken{broken_};
    }
    if (!options_.strict) {
        return next_polling();
    }
    if (phase_ == phase::probing) {
        return next_probe();
    }
    if (phase_ == phase::kept) {
        phase_ = phase::reading;
        reading_ = last_full_ - 1;
        return keep_probe{last_full_};
    }
    if (phase_ == phase::reading) {
        if (reading_ >= 0) {
            // The first page last of all: it shows what has come in front of the others.
            return fetch_page{reading_, false, std::max(reading_ - 1, 0)};
        }
        plan_rechecks();
        phase_ = phase::rechecking;
    }
    if (phase_ == phase::rechecking && drift_.empty() && !rechecks_.empty()) {
        return fetch_page{rechecks_.back(), true};
    }
    return finish();
}

void paginator::took(int index, const page_facts& facts) {
    note_total(index, facts);
    largest_ = std::max(largest_, facts.served);
    if (!options_.strict) {
        took_polling(facts);
    } else if (phase_ == phase::probing) {
        took_probe(index, facts);
    } else if (phase_ == phase::reading) {
        took_page(index, facts);
    } else {
        took_recheck(index, facts);
    }
}

bool paginator::refused(int index) {
    const bool list_is_served = last_full_ >= 0 || first_empty_ >= 0;
    if (!list_is_served || index <= last_full_ || options_.empty_page_seen) {
        return false;
    }
    refusals_ = index == refused_index_ ? refusals_ + 1 : 1;
    refused_index_ = index;
    if (refusals_ == refusals_that_count) {
        end_refused_ = true;
        refusals_ = 0;
        took(index, {});
    }
    return true;
}

std::optional<int> paginator::pages_found() const {
    if (options_.strict && phase_ == phase::probing) {
        return std::nullopt;
    }
    return last_full_ + 1;
}

// ---- where the end is

page_step paginator::next_probe() const {
    int probe = 0;
    if (repeated_) {
        probe = 2;
    } else if (last_full_ >= 0 &&
               first_empty_ < 0) { // beyond, where the guess was too low in growing steps
        probe = std::max(guess(), last_full_ + stride_);
    } else if (last_full_ > 0) { // between two known ones
        probe = last_full_ + (first_empty_ - last_full_) / 2;
    } else if (last_full_ == 0) { // too high, or just right
        probe = std::max(first_empty_ - stride_, 1);
    }
    return fetch_page{std::min(probe, options_.most_pages), true};
}

// The first empty page, as totals or expectation have it.
int paginator::guess() const {
    auto pages = static_cast<std::uint64_t>(std::max(options_.expected_pages, 1));
    if (totals_count() && largest_ > 0) {
        const auto holds = std::max<std::uint64_t>(
            largest_,
            static_cast<std::uint64_t>(std::clamp(options_.largest_page, 0, options_.limit)));
        pages = *total_ / holds + (*total_ % holds == 0 ? 0 : 1);
    } else if (total_pages_) {
        pages = *total_pages_;
    }
    return static_cast<int>(
        std::min<std::uint64_t>(pages, static_cast<std::uint64_t>(options_.most_pages)));
}

void paginator::took_probe(int index, const page_facts& facts) {
    if (took_page_2_of_repeated(index, facts) || note_repetition(index, facts)) {
        return;
    }
    // Any probe but the first and a guess is a step of a search, whose steps grow.
    if (index > 0 && (last_full_ == 0 ? first_empty_ >= 0 : first_empty_ < 0)) {
        stride_ = std::min(stride_ * 2, 1024);
    }
    if (facts.served == 0) {
        if (first_empty_ < 0 || index < first_empty_) {
            first_empty_ = index;
            end_last_ = true;
        }
    } else if (index > last_full_) {
        last_full_ = index;
        end_last_ = says_last(index, facts);
        first_empty_ = end_last_ ? index + 1 : first_empty_;
        whole_ = index == 0 && end_last_;
    }
    if (last_full_ >= options_.most_pages) {
        broken_ = "more than " + std::to_string(options_.most_pages) + " pages";
    } else if (first_empty_ == last_full_ + 1) {
        phase_ = last_full_ < 0 ? phase::done : phase::kept;
        records_ = last_full_ < 0 ? 0 : shown_.at(last_full_).served;
    }
}

// An explicit "no more" counts, unless the total says otherwise in the same breath.
bool paginator::says_last(int index, const page_facts& facts) const {
    if (!options_.takes_page) {
        return true;
    }
    const auto so_far = static_cast<std::uint64_t>(index) * largest_ + facts.served;
    return facts.more == false && !(totals_count() && *total_ > so_far);
}

// Keeps what the page shows. True where another page has shown the same: the page parameter is
// ignored, or cut down to what there is.
bool paginator::note_repetition(int index, const page_facts& facts) {
    if (facts.served == 0) {
        return false;
    }
    const auto same = std::ranges::find_if(shown_, [&](const auto& other) {
        return other.first != index && other.second.served == facts.served &&
               other.second.fingerprint == facts.fingerprint;
    });
    if (same == shown_.end()) {
        shown_[index] = {facts.served, facts.fingerprint};
        return false;
    }
    const auto limit = options_.limit > 0 ? options_.limit : shortest_full_page;
    const bool shorter = facts.served < static_cast<std::size_t>(limit) &&
                         !(options_.trust_totals && total_ && *total_ > facts.served);
    if (last_full_ == 0 && shorter) { // shorter than its limit: every page is the whole list
        // Or a server that counts from 1, serves that for page 0, and cuts the limit: page 2 tells.
        repeated_ = true;
        if (index > 1) {
            take_for_whole_list();
        }
    } else {
        broken_ = "the page parameter is ignored: page " + std::to_string(index) +
                  " repeats page " + std::to_string(same->first);
    }
    return true;
}

void paginator::take_for_whole_list() {
    first_empty_ = 1;
    phase_ = options_.strict ? phase::kept : phase::done;
    records_ = shown_.at(0).served;
    totals_bogus_ = true; // if it is its own page's length
}

// Page 2, after a page 1 that was page 0 again. True where that ends the search.
bool paginator::took_page_2_of_repeated(int index, const page_facts& facts) {
    if (!repeated_ || index != 2) {
        return false;
    }
    const auto& first = shown_.at(0);
    if (facts.served == 0 ||
        (facts.served == first.served && facts.fingerprint == first.fingerprint)) {
        take_for_whole_list();
    } else {
        broken_ = "page 1 repeats page 0, and page 2 does not: pages may count from 1";
    }
    return true;
}

// ---- the pass

void paginator::took_page(int index, const page_facts& facts) {
    assert(index == reading_);
    const auto page = "page " + std::to_string(index);
    const auto before = shown_.find(index);
    if (facts.served == 0) {
        note_drift(page + " became empty");
    } else if (facts.repeated > 0) {
        note_drift(std::to_string(facts.repeated) + " records of " + page +
                   " were on a later page before");
    } else if (before != shown_.end() && before->second.fingerprint != facts.fingerprint) {
        note_drift(page + " changed");
    }
    records_ += facts.served - facts.repeated;
    shortest_ = std::min(shortest_, facts.served);
    --reading_;
}

// A page that is not full is the end of its list by itself. For a full one it depends on what was
// seen first. The end, then the page: an insertion in between has pushed records over the end,
// which then is no longer empty. The page, then the end: a deletion in between has pulled records
// from beyond into it, and so changed it.
void paginator::plan_rechecks() {
    if (whole_ || last_full_ < 0) {
        return;
    }
    const auto served = shown_.at(last_full_).served;
    if (last_full_ == 0) {
        // The same page twice is the whole list, or records have moved by a page in between.
        if (repeated_ || may_be_full(served)) {
            rechecks_.push_back(0);
        }
        return;
    }
    // Where no total would tell, a short page may be a full one that was filtered.
    const bool over_the_end = !end_last_ && (served >= largest_ || !totals_count());
    if (over_the_end) {
        rechecks_.push_back(last_full_ + 1);
    }
    if (!over_the_end || !totals_count()) {
        rechecks_.push_back(last_full_);
    }
}

// As far as this server is known.
bool paginator::may_be_full(std::size_t served) const {
    return (options_.limit > 0 && served >= static_cast<std::size_t>(options_.limit)) ||
           options_.largest_page <= 0 || served >= static_cast<std::size_t>(options_.largest_page);
}

void paginator::took_recheck(int index, const page_facts& facts) {
    assert(phase_ == phase::rechecking && !rechecks_.empty() && rechecks_.back() == index);
    rechecks_.pop_back();
    if (index > last_full_ ? facts.served > 0 : facts.fingerprint != shown_.at(index).fingerprint) {
        note_drift("page " + std::to_string(index) + (index > last_full_ ? " is new" : " changed"));
    }
}

page_step paginator::finish() {
    if (may_be_cut_off()) {
        return listing_broken{"page " + std::to_string(last_full_ + 1) +
                              " is refused after full pages: there may be more"};
    }
    if (!options_.strict) {
        return listing_done{last_full_ + 1, ""};
    }
    if (last_full_ > 0 && shortest_ < largest_) {
        note_drift("pages before the last are short, so that a shift need not show");
    }
    if (totals_moved_ && !totals_bogus_) {
        note_drift("the total moved");
    }
    if (totals_count() && *total_ != records_) {
        note_drift("the total is " + std::to_string(*total_) + ", the pages show " +
                   std::to_string(records_) + " records");
    }
    return listing_done{last_full_ + 1, drift_};
}

bool paginator::may_be_cut_off() const {
    if (!end_refused_ || last_full_ < 0) {
        return false;
    }
    const auto so_far = static_cast<std::size_t>(last_full_ + 1) * largest_;
    const bool last_is_full = shown_.at(last_full_).served >= largest_;
    const bool total_agrees = options_.strict && totals_count() && *total_ == records_;
    return last_is_full && so_far > never_cut_off && !total_agrees;
}

void paginator::note_drift(std::string what) {
    if (drift_.empty()) {
        drift_ = std::move(what);
    }
}

void paginator::note_total(int index, const page_facts& facts) {
    if (!total_pages_) {
        total_pages_ = facts.total_pages;
    }
    // Zero over the end of a list is an empty page's own length.
    if (!options_.trust_totals || !facts.total || (index > 0 && facts.served + *facts.total == 0)) {
        return;
    }
    if (!total_) {
        total_ = facts.total;
    }
    totals_moved_ = totals_moved_ || *total_ != *facts.total;
    // No more than what the first page holds, though there are others: a page's own length.
    totals_bogus_ = totals_bogus_ || (index > 0 && facts.served > 0 && *total_ <= largest_);
}

// ---- polling

page_step paginator::next_polling() {
    if (phase_ == phase::done) {
        return finish();
    }
    return fetch_page{reading_, false};
}

void paginator::took_polling(const page_facts& facts) {
    const int index = reading_++;
    if (took_page_2_of_repeated(index, facts) || note_repetition(index, facts)) {
        return;
    }
    if (facts.served > 0) {
        last_full_ = index;
    }
    const auto limit = static_cast<std::size_t>(std::max(options_.limit, 0));
    const bool short_page = options_.full_page_seen && limit > 0 && facts.served < limit;
    if (facts.served == 0 || says_last(index, facts) || short_page) {
        phase_ = phase::done;
    } else if (reading_ > options_.most_pages) {
        broken_ = "more than " + std::to_string(options_.most_pages) + " pages";
    }
}

} // namespace callmirror::fetch
