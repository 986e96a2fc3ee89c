#include "tests/unit/listing_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

namespace callmirror::fetch {
namespace {

using totals = listing_model::totals;
constexpr totals all_totals[] = {totals::none, totals::exact, totals::own_length, totals::wrong,
                                 totals::frozen};

listing_model listing(int records, std::size_t page_size, totals total = totals::none) {
    listing_model model;
    model.records = keys_to(records);
    model.page_size = page_size;
    model.total = total;
    return model;
}

paginator_options strict(int limit, int expected) {
    return {.limit = limit, .expected_pages = expected};
}

int pages_of(int records, int page_size) {
    return (records + page_size - 1) / page_size;
}

TEST(Paginator, ReadsEveryRecordOfASteadyListWhateverTheGuess) {
    for (const auto total : all_totals) {
        for (const bool tells_more : {false, true}) {
            for (int records = 0; records <= 40; ++records) {
                for (const int expected : {0, 1, 2, 3, 5, 8, 14, 100, 1'000'000}) {
                    auto model = listing(records, 3, total);
                    model.tells_more = tells_more;
                    const auto read = read_pass(model, strict(3, expected));
                    SCOPED_TRACE(std::to_string(records) + " records, expected " +
                                 std::to_string(expected) + " pages, drift: " + read.drift);
                    EXPECT_EQ(read.broken, "");
                    EXPECT_EQ(read.seen.size(), static_cast<std::size_t>(records));
                    EXPECT_EQ(read.pages, pages_of(records, 3));
                    EXPECT_EQ(read.drift.empty(), total != totals::wrong || read.drift.empty());
                    if (total != totals::wrong) {
                        EXPECT_EQ(read.drift, "");
                    }
                }
            }
        }
    }
}

TEST(Paginator, CostsThreeRequestsMoreThanPagesOrFourWithoutTotals) {
    for (int pages = 2; pages <= 60; ++pages) {
        for (const int on_last : {1, 7, 10}) {
            const int records = (pages - 1) * 10 + on_last;
            for (const int off : {0, -1}) { // as guessed, or one page grown since
                auto silent = listing(records, 10);
                EXPECT_LE(read_pass(silent, strict(10, pages + off)).requests, pages + 4) << pages;
            }
            auto counted = listing(records, 10, totals::exact);
            EXPECT_LE(read_pass(counted, strict(10, 1)).requests, pages + 3) << pages;
            auto flagged = listing(records, 10, totals::none);
            flagged.tells_more = true;
            EXPECT_LE(read_pass(flagged, strict(10, pages)).requests, pages + 3) << pages;
        }
    }
}

TEST(Paginator, FindsTheEndInLogarithmicallyManyRequestsAfterABadGuess) {
    for (const int pages : {2, 10, 100, 1000}) {
        for (const int expected : {1, 3, 50, 900, 5000}) {
            auto model = listing(pages * 2, 2);
            const auto read = read_pass(model, strict(2, expected));
            EXPECT_EQ(read.drift, "");
            EXPECT_LE(read.requests, pages + 4 + 26) << pages << " for " << expected;
        }
    }
}

TEST(Paginator, CostsOneRequestForNoneAndTwoForOnePage) {
    auto none = listing(0, 100);
    EXPECT_EQ(read_pass(none, strict(100, 7)).requests, 1);
    auto one = listing(60, 100);
    EXPECT_EQ(read_pass(one, {.limit = 100, .largest_page = 100}).requests, 2);
    auto cut_limit = listing(30, 50);
    EXPECT_EQ(read_pass(cut_limit, {.limit = 100, .largest_page = 50}).requests, 2);
    auto flagged = listing(60, 100);
    flagged.tells_more = true;
    EXPECT_EQ(read_pass(flagged, strict(100, 1)).requests, 1);
}

TEST(Paginator, LooksAtAPageThatMayBeFullOnceMore) {
    auto full = listing(100, 100);
    EXPECT_EQ(read_pass(full, {.limit = 100, .largest_page = 100}).requests, 3);
    auto full_of_a_cut_limit = listing(50, 50);
    EXPECT_EQ(read_pass(full_of_a_cut_limit, {.limit = 100, .largest_page = 50}).requests, 3);
    auto unknown = listing(60, 100);
    EXPECT_EQ(read_pass(unknown, strict(100, 1)).requests, 3);
}

// Every single insertion and deletion there is, at every place, before every request.
TEST(Paginator, NoSingleChangeHidesARecordUnnoticed) {
    int hidden = 0;
    for (const auto total : all_totals) {
        for (const bool tells_more : {false, true}) {
            for (int records = 0; records <= 13; ++records) {
                for (int expected = 1; expected <= 8; ++expected) {
                    for (int when = 1; when <= 14; ++when) {
                        for (int place = -records; place <= records; ++place) {
                            auto model = listing(records, 3, total);
                            model.tells_more = tells_more;
                            const auto read = read_pass(
                                model, strict(3, expected), [&](listing_model& changing, int k) {
                                    if (k != when) {
                                        return;
                                    }
                                    if (place >= 0) {
                                        changing.insert(static_cast<std::size_t>(place));
                                    } else {
                                        changing.remove(static_cast<std::size_t>(-place - 1));
                                    }
                                });
                            ASSERT_EQ(read.broken, "");
                            ASSERT_FALSE(read.lost())
                                << records << " records, expected " << expected << ", place "
                                << place << " before request " << when << ", totals "
                                << static_cast<int>(total) << (tells_more ? ", tells more" : "");
                            hidden += std::ranges::includes(read.seen, read.steady) ? 0 : 1;
                        }
                    }
                }
            }
        }
    }
    EXPECT_GT(hidden, 1000) << "the model never hid anything: the test proves nothing";
}

// The same where four pages are fetched side by side, the lowest served first.
TEST(Paginator, NoSingleChangeHidesARecordUnnoticedWherePagesAreFetchedSideBySide) {
    const side_by_side four{.pages = 4, .first = [](std::size_t count) { return count - 1; }};
    int hidden = 0;
    for (const auto total : all_totals) {
        for (int records = 10; records <= 22; ++records) {
            for (int when = 1; when <= 14; ++when) {
                for (int place = -records; place <= records; ++place) {
                    auto model = listing(records, 3, total);
                    const auto change = [&](listing_model& changing, int k) {
                        if (k == when && place >= 0) {
                            changing.insert(static_cast<std::size_t>(place));
                        } else if (k == when) {
                            changing.remove(static_cast<std::size_t>(-place - 1));
                        }
                    };
                    const auto read =
                        read_pass(model, strict(3, pages_of(records, 3)), change, 5'000, four);
                    ASSERT_EQ(read.broken, "");
                    ASSERT_FALSE(read.lost())
                        << records << " records, place " << place << " before request " << when;
                    hidden += std::ranges::includes(read.seen, read.steady) ? 0 : 1;
                }
            }
        }
    }
    EXPECT_GT(hidden, 1000) << "the model never hid anything: the test proves nothing";
}

struct schedule {
    bool insertions = true;
    bool deletions = true;
    bool at_the_front_only = false; // insertions
    double chance = 0.2;            // before each request
    int side_by_side = 1;           // pages
};

// How many of `runs` random schedules lost a record without a word; `hidden`: or with one.
int losses(const schedule& plan, int runs, bool filters, int& hidden, int& clean) {
    int lost = 0;
    for (int seed = 0; seed < runs; ++seed) {
        std::mt19937 random(static_cast<unsigned>(seed));
        const auto pick = [&](int below) {
            return static_cast<int>(random() % static_cast<unsigned>(std::max(below, 1)));
        };
        auto model = listing(pick(60), 1 + static_cast<std::size_t>(pick(6)),
                             filters ? totals::none : all_totals[pick(5)]);
        model.tells_more = !filters && pick(4) == 0;
        if (filters) { // no page is left empty: that would be the end of the list
            model.page_size += 7;
            for (std::size_t i = 0; i + 3 < model.records.size(); i += 4) {
                model.records[i + static_cast<std::size_t>(pick(4))] *= pick(2) == 0 ? -1 : 1;
            }
        }
        const int pages =
            pages_of(static_cast<int>(model.records.size()), static_cast<int>(model.page_size));
        const int guess = pick(3) == 0 ? pick(40) : pages + pick(3) - 1;
        const int limit = pick(2) == 0 ? static_cast<int>(model.page_size) : 100; // 100: cut down
        bool any = false;
        const side_by_side fetching{.pages = plan.side_by_side, .first = [&](std::size_t count) {
                                        return count < 2 ? 0 : random() % count;
                                    }};
        const auto change = [&](listing_model& changing, int) {
            const double die = static_cast<double>(random() % 1'000'000) / 1e6;
            if (die >= plan.chance) {
                return;
            }
            const auto size = static_cast<int>(changing.records.size());
            for (int i = pick(4) == 0 ? pick(2 * 6) : 0; i >= 0; --i) {
                if (plan.insertions && (!plan.deletions || pick(2) == 0)) {
                    const auto place = plan.at_the_front_only ? 0 : pick(size + 1);
                    changing.insert(static_cast<std::size_t>(place));
                } else if (plan.deletions) {
                    auto place = static_cast<std::size_t>(pick(size));
                    // One that came in this pass and goes again moves two ways unseen.
                    if (plan.at_the_front_only && place < changing.records.size() &&
                        changing.records[place] >= 1'000'000) {
                        continue;
                    }
                    changing.remove(place);
                }
                any = true;
            }
        };
        const auto read = read_pass(model, strict(limit, guess), change, 5'000, fetching);
        lost += read.lost() ? 1 : 0;
        hidden += std::ranges::includes(read.seen, read.steady) ? 0 : 1;
        clean += any && read.drift.empty() && read.broken.empty() ? 1 : 0;
        EXPECT_NE(read.broken, "does not end");
        if (read.lost() && !filters &&
            !(plan.insertions && plan.deletions && !plan.at_the_front_only)) {
            ADD_FAILURE() << "seed " << seed << ": lost without a word";
        }
    }
    return lost;
}

// Of each such schedule, with pages fetched one by one and side by side; `hides`: records that a
// pass misses, with a word, so that the model is known to hide any.
void expect_nothing_lost(schedule plan, std::initializer_list<double> chances, int hides) {
    for (const double chance : chances) {
        for (const int pages : {1, 2, 7}) {
            plan.chance = chance;
            plan.side_by_side = pages;
            int hidden = 0;
            int clean = 0;
            EXPECT_EQ(losses(plan, 4'000, false, hidden, clean), 0);
            EXPECT_GT(hidden, hides);
            EXPECT_TRUE(clean > 0 || plan.at_the_front_only);
        }
    }
}

TEST(Paginator, NoSeriesOfDeletionsHidesARecordUnnoticed) {
    expect_nothing_lost({.insertions = false}, {0.03, 0.2, 0.7}, 10);
}

TEST(Paginator, NoSeriesOfInsertionsHidesARecordUnnoticed) {
    expect_nothing_lost({.deletions = false}, {0.03, 0.2, 0.7}, 100);
}

TEST(Paginator, HardlyAnythingHidesBehindPagesThatAreFiltered) {
    int hidden = 0;
    int clean = 0;
    int lost = 0;
    for (const double chance : {0.03, 0.3}) {
        lost += losses({.deletions = false, .chance = chance}, 5'000, true, hidden, clean);
        lost += losses({.insertions = false, .chance = chance}, 5'000, true, hidden, clean);
    }
    EXPECT_LE(lost, 4); // of 20,000: where every page but the last is equally short
    EXPECT_GT(hidden, 200);
}

// The usual: new records come first, old ones are deleted anywhere.
TEST(Paginator, NothingHidesWhereRecordsComeAtTheFrontAndGoAnywhere) {
    expect_nothing_lost({.at_the_front_only = true}, {0.05, 0.2, 0.6}, 100);
}

// The hole that paginator.hpp names. It needs both, in the right places, within one pass.
TEST(Paginator, FewMixturesOfInsertionsAndDeletionsHideARecord) {
    for (const int pages : {1, 7}) {
        int hidden = 0;
        int clean = 0;
        const schedule plan{.chance = 0.2, .side_by_side = pages};
        const int lost = losses(plan, 20'000, false, hidden, clean);
        std::cout << lost << " of 20000 passes with random insertions and deletions lost a record "
                  << "unnoticed; " << hidden << " hid one\n";
        EXPECT_LT(lost * 50, hidden);
        EXPECT_GT(clean, 10);
    }
}

TEST(Paginator, SaysWhatDrifted) {
    auto shrinking = listing(30, 10);
    const auto shrunk = read_pass(shrinking, strict(10, 3), [](listing_model& model, int k) {
        if (k == 3) {
            model.remove(0);
        }
    });
    EXPECT_THAT(shrunk.drift, "1 records of page 1 were on a later page before");
    auto growing = listing(25, 10, totals::exact);
    const auto grown = read_pass(growing, strict(10, 3), [](listing_model& model, int k) {
        if (k == 4) {
            model.insert(100);
        }
    });
    EXPECT_EQ(grown.drift, "page 2 changed");
}

TEST(Paginator, BelievesNoFlagAgainstTheTotal) {
    paginator pages(strict(10, 1));
    EXPECT_EQ(std::get<fetch_page>(pages.next()).index, 0);
    pages.took(0, {.served = 10, .fingerprint = 1, .total = 30, .more = false});
    EXPECT_EQ(std::get<fetch_page>(pages.next()).index, 3);
}

TEST(Paginator, TakesAnEmptyPageForTheEndOfNoListThatHasATotal) {
    paginator pages(strict(10, 1));
    pages.next();
    pages.took(0, {.served = 0, .total = 30});
    EXPECT_EQ(std::get<listing_done>(pages.next()).drift,
              "the total is 30, the pages show 0 records");
}

TEST(Paginator, UsesTheNumberOfPagesWhereThatIsServed) {
    paginator pages(strict(10, 1));
    pages.next();
    pages.took(0, {.served = 10, .fingerprint = 1, .total_pages = 44});
    EXPECT_EQ(std::get<fetch_page>(pages.next()).index, 44);
}

TEST(Paginator, ReadsAListThatTakesNoPageWithOneRequest) {
    auto model = listing(7, 100);
    model.ignores_page = true;
    const auto read = read_pass(model, {.takes_page = false});
    EXPECT_EQ(read.requests, 1);
    EXPECT_EQ(read.seen.size(), 7U);
    EXPECT_EQ(read.drift, "");
}

TEST(Paginator, FailsWhereThePageParameterIsIgnored) {
    for (const bool strictly : {true, false}) {
        for (const auto total : all_totals) {
            auto model = listing(500, 100, total);
            model.ignores_page = true;
            const auto read = read_pass(model, {.strict = strictly, .limit = 100});
            EXPECT_THAT(read.broken, testing::MatchesRegex("the page parameter is ignored: page "
                                                           "[0-9]+ repeats page 0"));
            EXPECT_EQ(read.requests, 2);
        }
    }
}

TEST(Paginator, AcceptsAnIgnoredPageParameterOfAListShorterThanItsLimit) {
    for (const bool strictly : {true, false}) {
        for (const auto total : all_totals) {
            auto model = listing(42, 100, total);
            model.ignores_page = true;
            const auto read = read_pass(model, {.strict = strictly, .limit = 100});
            if (total == totals::wrong) { // says that there is more
                EXPECT_NE(read.broken, "");
                continue;
            }
            EXPECT_EQ(read.broken, "");
            EXPECT_EQ(read.drift, "");
            EXPECT_EQ(read.pages, 1);
        }
    }
}

// schedule-templates take a page and no limit: most accounts have a handful of them.
TEST(Paginator, AcceptsAnIgnoredPageParameterOfAFewRecordsWhereNoLimitIsTaken) {
    for (const bool strictly : {true, false}) {
        auto few = listing(9, 20, totals::none);
        few.ignores_page = true;
        const auto read = read_pass(few, {.strict = strictly, .limit = 0});
        EXPECT_EQ(read.broken, "");
        EXPECT_EQ(read.pages, 1);
        auto more = listing(10, 10, totals::none); // may be the first page of many
        more.ignores_page = true;
        EXPECT_NE(read_pass(more, {.strict = strictly, .limit = 0}).broken, "");
    }
}

// A stray 400 had made it look as if pages counted from 0, and the limit is cut: two pages that are
// the same, and shorter than the limit, are not all of it.
TEST(Regression, TakesNoFirstPageThatIsShownTwiceForTheWholeOfACutList) {
    for (const bool strictly : {true, false}) {
        for (const auto total : all_totals) {
            for (const int records : {21, 67, 100}) {
                auto model = listing(records, 20, total);
                model.counts_from_1 = true;
                const auto read = read_pass(model, {.strict = strictly, .limit = 100});
                EXPECT_FALSE(read.lost());
                if (strictly == false || total == totals::none) {
                    EXPECT_NE(read.broken, "") << records;
                }
            }
            auto model = listing(20, 20, total); // and this is all of it
            model.counts_from_1 = true;
            const auto read = read_pass(model, {.strict = strictly, .limit = 100});
            EXPECT_EQ(read.broken.empty(), total != totals::wrong);
        }
    }
}

TEST(Paginator, FailsWhereAnIgnoredPageParameterHidesWhatTheTotalCounts) {
    auto model = listing(500, 50, totals::exact); // a limit of 100, cut down to 50
    model.ignores_page = true;
    EXPECT_NE(read_pass(model, strict(100, 1)).broken, "");
}

TEST(Paginator, FailsSoonWherePagesOverTheEndRepeatTheLast) {
    for (const bool strictly : {true, false}) {
        for (const int records : {250, 1000, 5000}) {
            auto model = listing(records, 100);
            model.cuts_page = true;
            const auto read = read_pass(model, {.strict = strictly, .limit = 100});
            EXPECT_NE(read.broken, "");
            EXPECT_LE(read.requests, records / 100 + 5);
        }
    }
}

TEST(Paginator, TakesPagesThatAreRefusedOverTheEndForTheEnd) {
    for (const bool strictly : {true, false}) {
        for (const int records : {1, 99, 100, 101, 250, 499, 999, 4321}) {
            for (const int expected : {1, 3, 40}) {
                auto model = listing(records, 100);
                model.refuses_past_end = true;
                const auto read = read_pass(
                    model, {.strict = strictly, .limit = 100, .expected_pages = expected});
                EXPECT_EQ(read.broken + read.drift, "") << records;
                EXPECT_EQ(read.seen.size(), static_cast<std::size_t>(records));
            }
        }
    }
}

TEST(Paginator, FailsWhereDeepPagesAreRefused) {
    for (const bool strictly : {true, false}) {
        for (const auto total : {totals::none, totals::exact}) {
            auto model = listing(2'000, 100, total);
            model.cut_off_after = 10;
            const auto read = read_pass(model, {.strict = strictly, .limit = 100});
            EXPECT_THAT(read.broken, testing::HasSubstr("there may be more"));
        }
    }
    auto whole = listing(1'000, 100, totals::exact); // the total says that nothing is missing
    whole.refuses_past_end = true;
    EXPECT_EQ(read_pass(whole, {.limit = 100}).broken, "");
}

TEST(Paginator, FailsWhereAPageIsRefusedByAServerThatServesEmptyOnes) {
    auto model = listing(250, 100);
    model.refuses_past_end = true;
    EXPECT_EQ(read_pass(model, {.limit = 100, .empty_page_seen = true}).broken, "refused");
}

TEST(Paginator, AsksAgainBeforeARefusalCounts) {
    paginator pages({.limit = 100});
    pages.next();
    pages.took(0, {.served = 100, .fingerprint = 1});
    for (int i = 0; i < 3; ++i) {
        const int index = std::get<fetch_page>(pages.next()).index;
        ASSERT_EQ(index, 1);
        EXPECT_TRUE(pages.refused(index));
    }
    ASSERT_EQ(std::get<fetch_page>(pages.next()).index, 1);
    pages.took(1, {.served = 100, .fingerprint = 2}); // it was a mistake
    EXPECT_GT(std::get<fetch_page>(pages.next()).index, 1);
}

TEST(Paginator, GivesUpAListingThatNeverEnds) {
    for (const bool strictly : {true, false}) {
        paginator pages({.strict = strictly, .most_pages = 5'000});
        std::uint64_t requests = 0;
        auto step = pages.next();
        while (const auto* wanted = std::get_if<fetch_page>(&step)) {
            ASSERT_LT(++requests, 5'100U);
            pages.took(wanted->index, {.served = 100, .fingerprint = requests});
            step = pages.next();
        }
        EXPECT_EQ(std::get<listing_broken>(step).reason, "more than 5000 pages");
    }
}

TEST(Polling, EndsWithAShortPageOnlyWhereAFullOneWasSeen) {
    auto once = listing(42, 100);
    EXPECT_EQ(read_pass(once, {.strict = false, .full_page_seen = true}).requests, 1);
    EXPECT_EQ(read_pass(once, {.strict = false}).requests, 2);
    EXPECT_EQ(read_pass(once, {.strict = false, .limit = 0, .full_page_seen = true}).requests, 2);
    auto full = listing(100, 100);
    EXPECT_EQ(read_pass(full, {.strict = false, .full_page_seen = true}).requests, 2);
    auto cut_limit = listing(130, 50); // 50 is short of 100, but no full page was ever seen
    const auto read = read_pass(cut_limit, {.strict = false});
    EXPECT_EQ(read.requests, 4);
    EXPECT_EQ(read.seen.size(), 130U);
}

TEST(Polling, EndsWithAnExplicitNoMore) {
    auto model = listing(200, 100);
    model.tells_more = true;
    const auto read = read_pass(model, {.strict = false});
    EXPECT_EQ(read.requests, 2);
    EXPECT_EQ(read.seen.size(), 200U);
}

TEST(Polling, ReadsEveryPageOfASteadyList) {
    for (const auto total : all_totals) {
        for (int records = 0; records < 50; ++records) {
            auto model = listing(records, 7, total);
            const auto read = read_pass(model, {.strict = false, .limit = 7});
            EXPECT_EQ(read.seen.size(), static_cast<std::size_t>(records));
            EXPECT_EQ(read.requests, pages_of(records, 7) + 1);
            EXPECT_EQ(read.drift + read.broken, "");
        }
    }
}

} // namespace
} // namespace callmirror::fetch
