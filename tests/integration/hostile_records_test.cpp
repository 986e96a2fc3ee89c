// Records as no documentation has them. Each is mirrored, or in callmirror.rejected with the reason
// and its text, and the slice is complete either way.
#include "tests/integration/harness.hpp"
#include "tests/integration/http_get.hpp"

#include <gmock/gmock.h>

#include <csignal>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;

struct hostile {
    const char* name;
    std::string text;   // ID stands for its id
    std::string reason; // in it; "": it is mirrored
    std::string holds;  // of the mirrored row
};

std::string nested(std::size_t levels) {
    return R"({"id":ID,"deep":)" + std::string(levels, '[') + std::string(levels, ']') + '}';
}

std::string dated(const std::string& value) {
    return R"({"id":ID,"created_at":)" + value + '}';
}

const std::string same_instant = "created_at = '2026-03-09T10:00:00Z'";
const std::string no_time = "created_at is null and raw ? 'created_at'";

std::vector<hostile> not_records() {
    return {
        {"Null", "null", "null, want an object"},
        {"Text", R"("not an object")", "a string, want an object"},
        {"List", R"([1,"two",{"id":ID}])", "a list, want an object"},
        {"Number", "7", "a number, want an object"},
        {"True", "true", "a boolean, want an object"},
        {"Empty", "{}", R"(no "id")"},
        {"NoKey", R"({"name":"nobody"})", R"(no "id")"},
        {"NullKey", R"({"id":null,"name":"null"})", R"(no "id")"},
        {"TextKey", R"({"id":"abc"})", R"("id" is "abc")"},
        {"ObjectKey", R"({"id":{"value":ID}})", R"("id" is an object)"},
        {"FractionKey", R"({"id":1.5})", R"("id" is 1.5)"},
        {"HugeKey", R"({"id":9223372036854775808})", R"("id" is 9223372036854775808)"},
        {"NotJson", R"({"id":ID,"a":tru})", "not JSON"},
        {"BadEscape", R"({"id":ID,"a":"\x"})", "a bad escape"},
        {"TooDeep", nested(600), "nested deeper than 512"},
        {"FarTooDeep", nested(100'000), "nested deeper than 512"},
        {"TooLargeForPostgres", R"({"id":ID,"n":1e999999})", "numeric"},
    };
}

std::vector<hostile> odd_texts() {
    return {
        {"Nul", R"({"id":ID,"status":"a\u0000b"})", "",
         R"(status = U&'a\FFFDb' and raw->>'status' = status)"},
        {"NulInAName", R"({"id":ID,"a\u0000b":1})", "", R"(raw ? U&'a\FFFDb')"},
        {"LoneHighSurrogate", R"({"id":ID,"status":"\ud83d alone"})", "",
         R"(status = U&'\FFFD alone' and raw->>'status' = status)"},
        {"LoneLowSurrogate", R"({"id":ID,"status":"alone \ude00"})", "",
         R"(status = U&'alone \FFFD' and raw->>'status' = status)"},
        {"SurrogatesTheWrongWayRound", R"({"id":ID,"status":"\ude00\ud83d"})", "",
         R"(status = U&'\FFFD\FFFD')"},
        {"LoneSurrogateInAName", R"({"id":ID,"\ud83d":1})", "", R"(raw ? U&'\FFFD')"},
        {"Pair", R"({"id":ID,"status":"\ud83d\ude00"})", "", R"(status = U&'\+01F600')"},
        {"NoEscape", R"({"id":ID,"status":"\\u0000"})", "", R"(status = '\u0000')"},
        {"Control", R"({"id":ID,"status":"\u001b[31m\r\n\t\\.\\N'; drop table calls; --"})", "",
         R"(status = e'\x1b[31m\r\n\t\\.\\N''; drop table calls; --')"},
        {"NamesTwice", R"({"id":ID,"status":"first","status":"last"})", "",
         "status = 'last' and raw->>'status' = 'last'"},
        {"KeyTwice", R"({"id":1,"id":ID})", "", "raw->>'id' = id::text"},
        {"EmptyName", R"({"id":ID,"":{"":[]}})", "", "raw ? ''"},
        {"Blanks", "{ \"id\" :\n\tID\r\n, \"status\" : \"spaced\" }", "", "status = 'spaced'"},
        {"Deep", nested(500), "", "true"},
        {"FiveMegabytes", R"({"id":ID,"wide":")" + std::string(5U << 20U, 'w') + "\"}", "",
         "length(raw->>'wide') = 5 * 1024 * 1024"},
    };
}

std::vector<hostile> odd_numbers() {
    return {
        {"Over2To53", R"({"id":ID,"n":9007199254740993})", "", "raw->>'n' = '9007199254740993'"},
        {"ThirtyDigits", R"({"id":ID,"n":123456789012345678901234567890})", "",
         "raw->>'n' = '123456789012345678901234567890'"},
        {"UnderBigint", R"({"id":ID,"n":-9223372036854775809})", "",
         "raw->>'n' = '-9223372036854775809'"},
        {"LongFraction", R"({"id":ID,"n":1.00000000000000000000001})", "",
         "raw->>'n' = '1.00000000000000000000001'"},
        {"OverDouble", R"({"id":ID,"duration":1e400})", "",
         "duration_s is null and (raw->>'duration')::numeric = 1e400"},
        {"OverBigint", R"({"id":ID,"team_id":99999999999999999999})", "",
         "team_id is null and raw->>'team_id' = '99999999999999999999'"},
        {"LargeTeam", R"({"id":ID,"team_id":9007199254740993})", "", "team_id = 9007199254740993"},
        {"KeyAsText", R"({"id":"ID"})", "", "raw->>'id' = id::text"},
        {"NumbersAsText", R"({"id":ID,"duration":"65.5","rating":"4","team_id":"17"})", "",
         "duration_s = 65.5 and rating = 4 and team_id = 17"},
        {"TextAsNumbers", R"({"id":ID,"status":7,"ani":33612345678})", "",
         "status = '7' and ani = '33612345678'"},
        {"WrongTypes", R"({"id":ID,"duration":"long","rating":[5],"team_id":{},"status":{"a":1}})",
         "", "duration_s is null and rating is null and team_id is null"},
    };
}

// Each is 9 March 2026, 10:00 UTC, or no time at all.
std::vector<hostile> dates() {
    return {
        {"Iso", dated(R"("2026-03-09T10:00:00Z")"), "", same_instant},
        {"IsoMilliseconds", dated(R"("2026-03-09T10:00:00.000Z")"), "", same_instant},
        {"IsoMicroseconds", dated(R"("2026-03-09T10:00:00.000000Z")"), "", same_instant},
        {"IsoOffset", dated(R"("2026-03-09T12:00:00.000+02:00")"), "", same_instant},
        {"IsoNegativeOffset", dated(R"("2026-03-09T04:30:00-05:30")"), "", same_instant},
        {"IsoLocal", dated(R"("2026-03-09T10:00:00.000")"), "", same_instant},
        {"Sql", dated(R"("2026-03-09 10:00:00")"), "", same_instant},
        {"SqlMilliseconds", dated(R"("2026-03-09 10:00:00.000")"), "", same_instant},
        {"EpochSeconds", dated("1773050400"), "", same_instant},
        {"EpochMilliseconds", dated("1773050400000"), "", same_instant},
        {"EpochSecondsAsText", dated(R"("1773050400")"), "", same_instant},
        {"EpochMillisecondsAsText", dated(R"("1773050400000")"), "", same_instant},
        {"NoSuchDay", dated(R"("2026-02-30T25:61:00Z")"), "", no_time},
        {"Yesterday", dated(R"("yesterday")"), "", no_time},
        {"EmptyDate", dated(R"("")"), "", no_time},
        {"ObjectAsDate", dated(R"({"at":1})"), "", no_time},
    };
}

class Hostile : public MirrorTest {
protected:
    struct placed {
        hostile what;
        std::int64_t id;
        std::string text;
    };

    // Among ordinary records, in one slice of several pages.
    void place(const std::vector<hostile>& all) {
        config.resources = R"("calls")";
        config.page_size = 10;
        config.request_timeout = "20s";
        const auto time = now() - std::chrono::days(3);
        for (const auto& each : all) {
            const auto id = from_.add(resource::calls, time, 2, 1s).front();
            auto text = each.text;
            for (auto at = text.find("ID"); at != std::string::npos; at = text.find("ID", at)) {
                text.replace(at, 2, std::to_string(id));
            }
            from_.with(
                [&](simulator::world& data) { data.replace_text(resource::calls, id, text); });
            placed_.push_back({each, id, text});
        }
    }

    void expect_rejected(const placed& each) {
        const auto found = cluster().value(
            database, "select string_agg(reason, '; ') from callmirror.rejected where account = "
                      "'acme' and resource = 'calls' and raw = $text$" +
                          each.text + "$text$");
        EXPECT_THAT(found, HasSubstr(each.what.reason));
        EXPECT_EQ(
            number("select count(*) from snapcall.calls where id = " + std::to_string(each.id)), 0);
        // The oracle takes it for a record: it is none.
        from_.with([&](simulator::world& data) { data.remove(resource::calls, each.id); });
    }

    void expect_mirrored_or_rejected() {
        for (const auto& each : placed_) {
            SCOPED_TRACE(each.what.name);
            if (!each.what.reason.empty()) {
                expect_rejected(each);
                continue;
            }
            EXPECT_EQ(value("select " + each.what.holds +
                            " from snapcall.calls where id = " + std::to_string(each.id)),
                      "t")
                << value("select left(to_jsonb(c)::text, 800) from snapcall.calls c where id = " +
                         std::to_string(each.id));
        }
        EXPECT_EQ(number("select count(*) from callmirror.slices where read_at is null and ends "
                         "<> 'infinity'"),
                  0);
        EXPECT_EQ(differences(from_, {resource::calls}), "");
    }

    void expect_backfilled() {
        configure(from_);
        const auto done = run("backfill");
        EXPECT_EQ(done.status, 0) << done.text();
    }

    api_source from_{empty_world()};
    std::vector<placed> placed_;
};

TEST_F(Hostile, RecordsThatAreNoneAreRejectedWithReasonAndText) {
    place(not_records());
    expect_backfilled();
    const auto rejected = number("select count(*) from callmirror.rejected");
    EXPECT_EQ(rejected, static_cast<long>(placed_.size()));
    const auto again = run("backfill --again");
    EXPECT_EQ(again.status, 0) << again.text();
    EXPECT_EQ(number("select count(*) from callmirror.rejected"), rejected);
    expect_mirrored_or_rejected();
}

TEST_F(Hostile, TextsAreMirrored) {
    place(odd_texts());
    expect_backfilled();
    expect_mirrored_or_rejected();
    EXPECT_EQ(number("select count(*) from callmirror.rejected"), 0);
}

TEST_F(Hostile, NumbersAreMirrored) {
    place(odd_numbers());
    expect_backfilled();
    expect_mirrored_or_rejected();
    EXPECT_EQ(number("select count(*) from callmirror.rejected"), 0);
}

TEST_F(Hostile, DatesAreMirrored) {
    place(dates());
    expect_backfilled();
    expect_mirrored_or_rejected();
    EXPECT_EQ(number("select count(*) from callmirror.rejected"), 0);
}

// A record's place on its page is no part of what is wrong with it.
TEST_F(Hostile, RecordsAreRejectedOnceWhereverTheyStand) {
    place({{"NoKey", R"({"name":"nobody"})", R"(no "id")"}});
    from_.add(resource::calls, now(), 5);
    from_.with([&](simulator::world& data) {
        data.replace_text(resource::calls, data.add(resource::calls, now()), R"({"name":"new"})");
    });
    configure(from_);
    const auto daemon = start("run");
    ASSERT_TRUE(eventually([&] { return number("select count(*) from callmirror.rejected") == 2; }))
        << daemon->err();
    for (int i = 0; i < 3; ++i) {
        const auto id = from_.add(resource::calls, now()).front();
        EXPECT_TRUE(eventually([&] {
            return number("select count(*) from snapcall.calls where id = " + std::to_string(id)) ==
                   1;
        }));
    }
    EXPECT_EQ(number("select count(*) from callmirror.rejected"), 2);
}

// Each is counted once, however often it is read, and told of until somebody has cleared it: by the
// next process, too.
TEST_F(Hostile, RecordsThatAreRejectedAreCountedOnceAndToldOfUntilTheyAreCleared) {
    place({{"NoKey", R"({"name":"nobody"})", R"(no "id")"}});
    from_.add(resource::calls, now(), 5);
    config.listen = "127.0.0.1:0";
    configure(from_);
    auto daemon = start("run");
    auto url = page_url(*daemon);
    const std::string rejected =
        R"(rows_total{account="acme",resource="calls",outcome="rejected"} )";
    const auto serves = [&](const std::string& path, const std::string& text) {
        return eventually(
            [&] { return http_get(url + path).body.find(text) != std::string::npos; });
    };
    const std::string notice = "1 record could not be mirrored";
    EXPECT_TRUE(serves("metrics", rejected + "1\n"));
    EXPECT_TRUE(serves("", notice));
    EXPECT_EQ(run("backfill --again").status, 0); // the daemon reads it once more
    EXPECT_TRUE(serves("metrics", rejected + "1\n"));

    daemon->signal(SIGTERM);
    daemon->wait();
    daemon = start("run");
    url = page_url(*daemon);
    EXPECT_TRUE(serves("", notice));
    EXPECT_TRUE(serves("metrics", rejected + "0\n"));
    const auto status = run("status");
    EXPECT_EQ(status.status, 1) << status.text();
    EXPECT_THAT(status.out, HasSubstr("needs a person:\n  acme calls: " + notice));
}

} // namespace
} // namespace callmirror::integration
