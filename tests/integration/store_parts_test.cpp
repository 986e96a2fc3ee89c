#include "tests/integration/store_fixture.hpp"

#include <gmock/gmock.h>

namespace callmirror::write {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Parts : public StoreTest {
protected:
    std::vector<std::string> digest(const lease& held, slice_id slice) {
        std::vector<std::string> contents;
        for (const auto& piece : store.load_digest(held, slice)) {
            EXPECT_EQ(piece.slice, slice);
            contents.push_back(piece.content);
        }
        return contents;
    }
};

slice_row slice(slice_id id, std::string_view begins) {
    slice_row row;
    row.id = id;
    row.resource = "calls";
    row.begins = at(begins);
    return row;
}

TEST_F(Parts, AnUnknownAccountLoadsEmpty) {
    const auto state = store.load(take());
    EXPECT_EQ(state.account, account_row{});
    EXPECT_THAT(state.listings, IsEmpty());
    EXPECT_THAT(state.slices, IsEmpty());
    EXPECT_EQ(state.last_slice, 0);
    EXPECT_EQ(state.last_piece, 0);
}

TEST_F(Parts, SlicesComeBackAsTheyWereWritten) {
    const lease held = take();
    slice_row head = slice(1, "2026-03-01T00:00:00.123Z");
    slice_row old = slice(2, "2026-01-01");
    old.ends = at("2026-03-01T00:00:00.123Z");
    old.read_at = at("2026-03-02T10:11:12.345Z");
    old.due_at = at("2026-03-03");
    old.records = 5'000'000'000;
    old.pages = 7;
    old.reads = 3;
    old.failures = 2;
    slice_row whole;
    whole.changed_at = at("2026-03-01T00:00:00.456Z");
    whole.id = 3;
    whole.resource = "streams";
    whole.scope = "company {\"7\", NULL}\\";
    commit_unit unit{.holder = held};
    unit.slices = {whole, head, old};
    store.commit(unit);
    EXPECT_THAT(store.load(held).slices, ElementsAre(old, head, whole));

    head.ends = at("2026-04-01");
    unit.slices = {head};
    store.commit(unit);
    EXPECT_THAT(store.load(held).slices, ElementsAre(old, head, whole));
}

TEST_F(Parts, IdsOfSlicesThatAreGoneAreRemembered) {
    const lease held = take();
    commit_unit unit{.holder = held};
    unit.slices = {slice(4, "2026-01-01"), slice(9, "2026-02-01")};
    unit.digest_pieces = {{9, 1, "x"}};
    store.commit(unit);
    unit = {.holder = held};
    unit.gone_slices = {9};
    store.commit(unit);
    EXPECT_EQ(store.load(held).slices.size(), 1u);
    EXPECT_EQ(store.load(held).last_slice, 9);
    EXPECT_THAT(digest(held, 9), IsEmpty());
}

TEST_F(Parts, DigestsAreBytesInOrder) {
    const lease held = take();
    std::string bytes;
    for (int i = 0; i < 512; ++i)
        bytes += static_cast<char>(i);
    commit_unit unit{.holder = held};
    unit.digest_pieces = {{1, 12, "third"}, {1, 2, bytes}, {1, 3, ""}, {2, 13, "other"}};
    store.commit(unit);
    EXPECT_THAT(digest(held, 1), ElementsAre(bytes, "", "third"));
    EXPECT_EQ(store.load(held).last_piece, 13);
    store.commit(unit); // as after a commit whose answer was lost
    EXPECT_THAT(digest(held, 1), ElementsAre(bytes, "", "third"));
}

TEST_F(Parts, DigestsAreClearedThenAddedThenMovedThenRemovedWithTheirSlice) {
    const lease held = take();
    commit_unit unit{.holder = held};
    unit.digest_pieces = {{1, 1, "old"}, {2, 2, "second"}};
    store.commit(unit);
    unit = {.holder = held};
    unit.cleared_digests = {1};
    unit.digest_pieces = {{1, 3, "new"}};
    unit.moved_digests = {{1, 2}};
    unit.gone_slices = {1};
    store.commit(unit);
    EXPECT_THAT(digest(held, 1), IsEmpty());
    EXPECT_THAT(digest(held, 2), ElementsAre("second", "new"));
}

TEST_F(Parts, ListingsAndTheAccountComeBackAsTheyWereWritten) {
    const lease held = take();
    listing_row bare;
    bare.resource = "calls";
    listing_row learnt;
    learnt.resource = "streams";
    learnt.scope = "7";
    learnt.first_page = 0;
    learnt.limit = 100;
    learnt.full_page_seen = true;
    learnt.largest_page = 99;
    learnt.granularity = std::chrono::hours(24);
    learnt.serves_total = true;
    learnt.history_complete = true;
    learnt.aside_until = at("2026-01-01");
    learnt.aside_reason = "403 \"no\"";
    learnt.last_error = "tab\tquote'";
    learnt.last_error_at = at("2026-01-02");
    learnt.failures = 3;
    learnt.head_read_at = at("2026-01-03");
    account_row account;
    account.provider = "snapcall";
    account.state = "ok";
    account.reason = "it's fine";
    account.pace = 0.1;
    account.companies = {-3, 9'000'000'000};
    commit_unit unit{.holder = held};
    unit.listings = {learnt, bare};
    unit.account = account;
    store.commit(unit);
    store.commit(unit);
    const auto state = store.load(held);
    EXPECT_THAT(state.listings, ElementsAre(bare, learnt));
    EXPECT_EQ(state.account, account);
}

TEST_F(Parts, TextThatPostgresqlCannotHoldIsMadeStorable) {
    const lease held = take();
    listing_row listing;
    listing.resource = "calls";
    listing.last_error = std::string("a\0b\xff", 4);
    commit_unit unit{.holder = held};
    unit.listings = {listing};
    unit.rejected = {{"calls", "page 1", "no \"id\"", std::string("{\0\xed\xa0\x80}", 6)}};
    store.commit(unit);
    EXPECT_EQ(store.load(held).listings[0].last_error, "a\xef\xbf\xbd"
                                                       "b\xef\xbf\xbd");
    EXPECT_EQ(value("select length(raw) from callmirror.rejected"), "6");
}

TEST_F(Parts, RejectedRecordsAreKeptOnceForEachReason) {
    const lease held = take();
    commit_unit unit{.holder = held};
    unit.rejected = {{"calls", "page 1", "no \"id\"", "{}"},
                     {"calls", "page 2", "no \"id\"", "{}"},
                     {"calls", "page 1", "no object", "{}"},
                     {"streams", "page 1", "no \"id\"", "{}"}};
    EXPECT_EQ(store.commit(unit).rejected, 3U);
    EXPECT_EQ(store.commit(unit).rejected, 0U); // read again
    EXPECT_EQ(value("select count(*) from callmirror.rejected"), "3");
    EXPECT_EQ(store.count_rejected(held),
              (std::map<std::string, std::uint64_t>{{"calls", 2}, {"streams", 1}}));
    EXPECT_EQ(value("select count(*) from callmirror.rejected where id is null and "
                    "place = 'page 1' and seen_at is not null"),
              "3");
}

TEST_F(Parts, OfACommitThatIsRefusedAreNotWritten) {
    const lease held = take("acme", "one");
    store.release(held, 0ms);
    commit_unit unit = calls(held, {{1, 1}});
    unit.slices = {slice(1, "2026-01-01")};
    unit.digest_pieces = {{1, 1, "x"}};
    unit.rejected = {{"calls", "", "r", "{}"}};
    EXPECT_THROW(store.commit(unit), lease_lost);
    EXPECT_EQ(value("select (select count(*) from callmirror.slices) + "
                    "(select count(*) from callmirror.digests) + "
                    "(select count(*) from callmirror.rejected) + "
                    "(select count(*) from snapcall.calls)"),
              "0");
}

} // namespace
} // namespace callmirror::write
