// Every shape that the API's lists may have: envelopes, page numbers, limits, orders, filters,
// values. The mirror equals the source, whatever the shape.
#include "tests/integration/harness.hpp"
#include "tests/simulator/chance.hpp"

#include <gmock/gmock.h>

#include <set>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;

using manner_list = std::vector<std::pair<std::string, std::string>>;

struct shape {
    const char* name;
    manner_list manners;
    int page_size = 20;
};

[[maybe_unused]] void PrintTo(const shape& of, std::ostream* to) {
    *to << of.name;
}

std::string name_of(const testing::TestParamInfo<shape>& of) {
    return of.param.name;
}

class Shape : public MirrorTest, public testing::WithParamInterface<shape> {};

TEST_P(Shape, IsMirrored) {
    api_source from;
    for (const auto& [name, value] : GetParam().manners) {
        from.manner(name, value);
    }
    config.page_size = GetParam().page_size;
    expect_mirrored(from);
    EXPECT_GT(from.ids(resource::calls).size(), 300U);
    EXPECT_EQ(number("select count(*) from callmirror.slices where read_at is null and "
                     "ends <> 'infinity'"),
              0);
    from.with_service([](simulator::service& api) {
        EXPECT_EQ(api.log().undocumented(), 0U);
        EXPECT_EQ(api.log().not_get(), 0U);
    });
    // A second read finds nothing to write.
    const auto rows = value("select max(changed_at) from snapcall.calls");
    const auto again = run("backfill --again");
    EXPECT_EQ(again.status, 0) << again.text();
    expect_equal(from);
    EXPECT_EQ(value("select max(changed_at) from snapcall.calls"), rows);
}

INSTANTIATE_TEST_SUITE_P(
    Envelope, Shape,
    testing::Values(
        shape{"Documented", {}}, shape{"BareArray", {{"envelope", ""}}},
        shape{"BareArrayWithHeaders",
              {{"envelope", ""}, {"totals", "header:X-Total-Count,header:Link"}}},
        shape{"OwnName", {{"envelope", "{name}"}, {"totals", "totalCount"}}},
        shape{"Items", {{"envelope", "items"}, {"totals", "meta.total"}}},
        shape{"Results", {{"envelope", "results"}, {"totals", "count"}}},
        shape{"Rows", {{"envelope", "rows"}, {"totals", "pages"}}},
        shape{"Records", {{"envelope", "records"}, {"totals", "pagination.pages"}}},
        shape{"Docs", {{"envelope", "docs"}, {"totals", ""}}},
        shape{"List", {{"envelope", "list"}, {"totals", ""}, {"has_more", "has_more"}}},
        shape{"DeeperItems", {{"envelope", "data.items"}, {"totals", "data.total"}}},
        shape{"DeeperOwnName", {{"envelope", "result.{name}"}, {"has_more", "meta.hasNext"}}},
        shape{"DeeperResults", {{"envelope", "response.results"}, {"totals", "meta.totalCount"}}},
        shape{"Payload", {{"envelope", "payload.rows"}, {"totals", ""}}},
        shape{"UnusualName", {{"envelope", "conversations"}, {"totals", "total"}}},
        shape{"WithOtherArrays",
              {{"extra", R"({"errors":[],"warnings":[],"ok":true,"took":3})"},
               {"record_envelope", "data"}}},
        shape{"RecordsInAnEnvelope", {{"record_envelope", "result"}}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Pages, Shape,
    testing::Values(
        shape{"ZeroBased", {{"first_page", "0"}}}, shape{"OneBased", {{"first_page", "1"}}},
        shape{"ZeroIsTheFirstToo", {{"first_page", "1"}, {"page_zero", "same_as_first"}}},
        shape{"ZeroIsEmpty", {{"first_page", "1"}, {"page_zero", "empty"}}},
        shape{"ZeroIsEmptyWithoutTotals",
              {{"first_page", "1"}, {"page_zero", "empty"}, {"totals", ""}}},
        shape{"LimitClamped", {{"max_limit", "30"}}, 100},
        shape{"LimitClampedWithoutTotals", {{"max_limit", "7"}, {"totals", ""}}, 100},
        shape{"LimitRefused", {{"max_limit", "50"}, {"over_limit", "refused"}}, 100},
        shape{"OnlyTwenty", {{"limits", "20"}}, 100}, shape{"NoLimitAtAll", {{"limits", "7"}}, 100},
        shape{"OneBasedNoLimit",
              {{"limits", "7"}, {"first_page", "1"}, {"page_zero", "same_as_first"}},
              100},
        shape{"ShortPagesInTheMiddle", {{"hidden_per_250", "20"}}},
        shape{"ShortPagesWithoutTotals", {{"hidden_per_250", "20"}, {"totals", ""}}},
        shape{"ShortPagesOneBased",
              {{"hidden_per_250", "20"}, {"first_page", "1"}, {"page_zero", "empty"}}},
        shape{"PagesOfThree", {{"max_limit", "3"}, {"totals", ""}}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(Totals, Shape,
                         testing::Values(shape{"PageLength", {{"totals_are", "page"}}},
                                         shape{"Wrong", {{"totals_are", "wrong"}}},
                                         shape{"Frozen", {{"totals_are", "frozen"}}},
                                         shape{"WrongWithShortPages",
                                               {{"totals_are", "wrong"}, {"hidden_per_250", "20"}}},
                                         shape{"PageLengthOneBased",
                                               {{"totals_are", "page"}, {"first_page", "1"}}}),
                         name_of);

INSTANTIATE_TEST_SUITE_P(
    Range, Shape,
    testing::Values(
        shape{"OldestFirst", {{"order", "oldest"}}}, shape{"ById", {{"order", "id"}}},
        shape{"Shuffled", {{"order", "shuffled"}}}, shape{"ToTheSecond", {{"grain", "second"}}},
        shape{"ToTheDay", {{"grain", "day"}}},
        shape{"ToTheDayExclusive",
              {{"grain", "day"}, {"start_inclusive", "false"}, {"end_inclusive", "false"}}},
        shape{"EndExclusive", {{"end_inclusive", "false"}}},
        shape{"BothExclusive", {{"start_inclusive", "false"}, {"end_inclusive", "false"}}},
        shape{"ExclusiveToTheSecond",
              {{"grain", "second"}, {"start_inclusive", "false"}, {"end_inclusive", "false"}}},
        shape{"ByStart", {{"compares", "started"}}}, shape{"ByUpdate", {{"compares", "updated"}}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Wire, Shape,
    testing::Values(shape{"Plain", {{"gzip", "false"}}}, shape{"Chunked", {{"chunked", "true"}}},
                    shape{"ChunkedPlain", {{"chunked", "true"}, {"gzip", "false"}}},
                    shape{"NoKeepAlive", {{"keep_alive", "false"}}},
                    shape{"ClockAhead", {{"clock_ahead_ms", "3600000"}}},
                    shape{"ClockBehind", {{"clock_ahead_ms", "-3600000"}}},
                    shape{"SlowAndUneven", {{"latency_ms", "5"}, {"jitter_ms", "40"}}, 100}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Values, Shape,
    testing::Values(shape{"CamelCase", {{"call_names", "camel"}}},
                    shape{"Terse", {{"call_names", "terse"}, {"dates", "epoch_ms"}}},
                    shape{"Offsets", {{"dates", "iso_offset"}}},
                    shape{"Sql", {{"dates", "sql"}, {"numbers_as_text", "true"}}},
                    shape{"Local", {{"dates", "iso_local"}, {"text_as_numbers", "true"}}},
                    shape{"EpochSeconds", {{"dates", "epoch_s"}}},
                    shape{"EpochText", {{"dates", "epoch_text"}, {"numbers_as_text", "true"}}}),
    name_of);

// Manners drawn by chance; the seed is the case's number.
class AnyMixture : public MirrorTest, public testing::WithParamInterface<int> {};

manner_list drawn(std::uint64_t seed) {
    simulator::chance luck(seed);
    const auto one_of = [&](std::vector<std::string> values) {
        return values[luck.below(values.size())];
    };
    return {{"envelope", one_of({"data", "", "items", "{name}", "result.rows", "data.data"})},
            {"totals", one_of({"total", "", "meta.totalCount", "header:X-Total-Count", "pages"})},
            {"totals_are", one_of({"exact", "exact", "page", "wrong", "frozen"})},
            {"has_more", one_of({"", "", "has_more"})},
            {"first_page", one_of({"0", "1"})},
            {"page_zero", one_of({"refused", "same_as_first", "empty"})},
            {"max_limit", one_of({"100", "13", "1000"})},
            {"over_limit", one_of({"clamped", "refused"})},
            {"hidden_per_250", one_of({"0", "0", "20"})},
            {"order", one_of({"newest", "oldest", "id", "shuffled"})},
            {"grain", one_of({"millisecond", "second", "day"})},
            {"start_inclusive", one_of({"true", "false"})},
            {"end_inclusive", one_of({"true", "false"})},
            {"compares", one_of({"created", "started", "updated"})},
            {"gone_status", one_of({"404", "410"})},
            {"me", one_of({"both", "company_id", "companies"})},
            {"chunked", one_of({"true", "false"})},
            {"gzip", one_of({"true", "false"})},
            {"dates", one_of({"iso", "sql", "epoch_ms", "iso_offset"})}};
}

TEST_P(AnyMixture, IsMirrored) {
    api_source from(small_world(), {}, static_cast<std::uint64_t>(GetParam()));
    std::string all;
    for (const auto& [name, value] : drawn(static_cast<std::uint64_t>(GetParam()))) {
        from.manner(name, value);
        all += name + '=' + value + ' ';
    }
    SCOPED_TRACE(all);
    config.page_size = 25;
    expect_mirrored(from);
}

INSTANTIATE_TEST_SUITE_P(Seed, AnyMixture, testing::Range(1, 13));

// ---- what is in the lists

class Listing : public MirrorTest {};

TEST_F(Listing, HoldsManyRecordsOfOneInstant) {
    api_source from;
    from.add(resource::calls, now() - std::chrono::days(4), 1500);
    from.add(resource::stream_events, now() - std::chrono::days(3), 700);
    expect_mirrored(from);
}

TEST_F(Listing, HoldsManyRecordsOfOneInstantAtItsHead) {
    api_source from;
    from.add(resource::calls, now(), 1500);
    expect_mirrored(from);
}

TEST_F(Listing, HoldsRecordsDatedAhead) {
    api_source from;
    for (const auto ahead : {1h, 24h, 24h * 30, 24h * 400}) {
        from.add(resource::calls, now() + ahead, 3);
        from.add(resource::streams, now() + ahead);
    }
    expect_mirrored(from);
    EXPECT_GE(number("select count(*) from snapcall.calls where created_at > now()"), 12);
}

TEST_F(Listing, HoldsAHistoryWithAGapOfTwoYears) {
    auto years = small_world();
    years.start = now() - std::chrono::days(365 * 4);
    years.gaps = {{now() - std::chrono::days(365 * 3), now() - std::chrono::days(365)}};
    years.calls_per_day = 0.7;
    years.streams_per_day = 0.2;
    api_source from(years);
    expect_mirrored(from);
    EXPECT_GT(number("select count(*) from snapcall.calls where created_at < now() - interval "
                     "'3 years'"),
              100);
}

TEST_F(Listing, IsNotReadBeforeHistoryStart) {
    config.history_start = format_day(now() - std::chrono::days(5));
    api_source from;
    configure(from);
    const auto done = run("backfill");
    EXPECT_EQ(done.status, 0) << done.text();
    const auto start = " where created_at < '" + config.history_start + "'::date - interval '1 h'";
    EXPECT_EQ(number("select count(*) from snapcall.calls" + start), 0);
    from.with([&](simulator::world& data) {
        for (simulator::ordinal which = 0; which < data.created_count(resource::calls); ++which) {
            if (data.at(resource::calls, which).created <
                simulator::to_ms(*parse_time(config.history_start))) {
                data.remove(resource::calls, data.id_of(resource::calls, which));
            }
        }
    });
    EXPECT_EQ(differences(from, {resource::calls}), "");
}

// Every stretch of history then shows all there is.
TEST_F(Listing, WhoseRangeIsIgnoredIsMirrored) {
    config.history_start = format_day(now() - std::chrono::days(20));
    for (const char* totals : {"total", ""}) {
        api_source from;
        from.manner("ignores_range", "true");
        from.manner("totals", totals);
        expect_mirrored(from);
        cluster().sql(database,
                      "truncate snapcall.calls, snapcall.streams, snapcall.stream_events, "
                      "callmirror.slices, callmirror.digests, callmirror.listings");
    }
}

TEST_F(Listing, OfSeveralCompaniesIsReadForEach) {
    auto two = small_world();
    two.company_ids = {123, 77};
    api_source from(two);
    expect_mirrored(from);
    EXPECT_EQ(number("select count(distinct company_id) from snapcall.streams"), 2);
}

TEST_F(Listing, OfNamedCompaniesNeedsNoWordOfTheApi) {
    api_source from;
    from.manner("me", "neither");
    config.companies = "123";
    expect_mirrored(from);
}

TEST_F(Listing, WithIdsThatNoDoubleHoldsIsMirrored) {
    auto large = small_world();
    large.first_id = 9'007'199'254'740'993;
    api_source from(large);
    expect_mirrored(from);
    EXPECT_GT(number("select min(id) from snapcall.calls"), 9'007'199'254'740'992);
}

TEST_F(Listing, ThatIgnoresThePageParameterIsNotBelieved) {
    api_source from(empty_world());
    from.add(resource::calls, now() - std::chrono::days(3), 300);
    from.add(resource::streams, now() - std::chrono::days(3), 10);
    from.manner("calls.ignores_page", "true");
    configure(from);
    const auto done = run("backfill", 90s);
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("the page parameter is ignored"));
    EXPECT_THAT(done.out, HasSubstr("calls"));
    EXPECT_EQ(number("select count(*) from callmirror.slices where resource = 'calls' and begins "
                     "<= now() - interval '3 days' and ends > now() - interval '3 days' and "
                     "read_at is not null"),
              0);
    EXPECT_EQ(differences(from, {resource::streams}), "");
    from.manner("calls.ignores_page", "false");
    expect_mirrored(from);
}

TEST_F(Listing, ThatIgnoresThePageParameterButIsShortIsMirrored) {
    api_source from(empty_world());
    from.add(resource::calls, now() - std::chrono::days(3), 30, 1h);
    from.manner("ignores_page", "true");
    expect_mirrored(from);
}

// ---- the oracle itself

TEST_F(Listing, ThatDiffersIsSeenByTheOracle) {
    api_source from;
    expect_mirrored(from);
    const auto id = std::to_string(from.ids(resource::calls).at(7));
    const auto spoilt = [&](const std::string& sql) {
        cluster().sql(database, "update snapcall.calls set " + sql + " where id = " + id);
        return differences(from);
    };
    EXPECT_THAT(spoilt("deleted_at = now()"), HasSubstr(id + ": deleted, though it is there"));
    EXPECT_EQ(spoilt("deleted_at = null"), "");
    EXPECT_THAT(spoilt("raw = raw || '{\"status\": \"odd\"}'"), HasSubstr("another content"));
    cluster().sql(database, "delete from snapcall.calls where id = " + id);
    EXPECT_THAT(differences(from), HasSubstr("calls " + id + ": not mirrored"));
    from.with([&](simulator::world& data) { data.remove(resource::calls, std::stol(id)); });
    EXPECT_EQ(differences(from), "");
    const auto gone = from.ids(resource::streams).at(0);
    from.with([&](simulator::world& data) { data.remove(resource::streams, gone); });
    EXPECT_THAT(differences(from), HasSubstr("not deleted, though it is gone"));
}

} // namespace
} // namespace callmirror::integration
