// What may go wrong with one request: each alone, and all together. The mirror equals the source
// afterwards, and each fault did happen.
#include "tests/integration/harness.hpp"

#include <gmock/gmock.h>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

struct fault {
    const char* name;
    const char* action; // members of a rule
};

[[maybe_unused]] void PrintTo(const fault& of, std::ostream* to) {
    *to << of.name;
}

class Fault : public MirrorTest, public testing::WithParamInterface<fault> {};

// Two pages in turn of each list fail once: the first and one in the middle.
TEST_P(Fault, IsRetried) {
    api_source from;
    config.page_size = 20;
    config.request_timeout = "1s";
    const std::string action = GetParam().action;
    from.faults(R"([{"name":"one","resource":"calls","kind":"list","from":1,"every":9,"times":3,)" +
                action + R"(},{"name":"two","resource":"stream_events","kind":"list","from":12,)" +
                R"("times":1,)" + action + "}]");
    const auto done = expect_mirrored(from);
    EXPECT_EQ(from.fired("one"), 3U) << done.text();
    EXPECT_EQ(from.fired("two"), 1U) << done.text();
    EXPECT_EQ(number("select count(*) from callmirror.rejected"), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Each, Fault,
    testing::Values(
        fault{"Status408", R"("do":"status","status":408)"},
        fault{"Status425", R"("do":"status","status":425)"},
        fault{"Status429InSeconds", R"("do":"status","status":429,"headers":{"Retry-After":"1"})"},
        fault{"Status429", R"("do":"status","status":429)"},
        fault{"Status500", R"("do":"status","status":500)"},
        fault{
            "Status502Html",
            R"("do":"status","status":502,"headers":{"Content-Type":"text/html"},"body":"<h1>502</h1>")"},
        fault{"Status503WithRetryAfter",
              R"("do":"status","status":503,"headers":{"Retry-After":"1"})"},
        fault{"Status504", R"("do":"status","status":504,"body":"")"},
        fault{"Status520", R"("do":"status","status":520)"}, fault{"Reset", R"("do":"reset")"},
        fault{"ResetWithin", R"("do":"reset_within","bytes":300)"},
        fault{"Cut", R"("do":"cut","bytes":300)"}, fault{"CutAtOnce", R"("do":"cut","bytes":0)"},
        fault{"Hang", R"("do":"hang")"}, fault{"HangWithin", R"("do":"hang_within","bytes":40)"},
        fault{"Slow", R"("do":"slow","bytes_per_second":200)"},
        fault{"TooLong", R"("do":"wrong_length","length_error":9)"},
        fault{"TooShort", R"("do":"wrong_length","length_error":-9)"},
        fault{"BadGzip", R"("do":"bad_gzip")"}, fault{"ErrorObject", R"("do":"error_object")"},
        fault{"Html", R"("do":"html")"}, fault{"Csv", R"("do":"csv")"},
        fault{"Empty", R"("do":"empty")"}, fault{"Malformed", R"("do":"malformed")"},
        fault{"EmptyObject", R"("do":"status","status":200,"body":"{}")"},
        fault{"NoContent", R"("do":"status","status":204,"body":"")"},
        fault{"Partial", R"("do":"status","status":206,"body":"{\"data\":[]}")"}),
    [](const auto& of) { return of.param.name; });

class Faults : public MirrorTest {};
class FaultsRegression : public Faults {};

TEST_F(Faults, AreRetriedAllTogether) {
    api_source from;
    config.page_size = 20;
    config.request_timeout = "1s";
    from.faults(R"([
        {"name":"503","kind":"list","probability":0.03,"do":"status","status":503},
        {"name":"429","kind":"list","from":30,"times":1,"do":"status","status":429},
        {"name":"reset","kind":"list","probability":0.03,"do":"reset"},
        {"name":"cut","kind":"list","probability":0.03,"do":"cut","bytes":500},
        {"name":"object","kind":"list","probability":0.03,"do":"error_object"},
        {"name":"html","kind":"list","probability":0.02,"do":"html"},
        {"name":"empty","kind":"list","probability":0.02,"do":"empty"},
        {"name":"malformed","kind":"list","probability":0.02,"do":"malformed"},
        {"name":"hang","kind":"list","from":20,"every":40,"times":3,"do":"hang"}])");
    expect_mirrored(from);
    for (const char* each :
         {"503", "429", "reset", "cut", "object", "html", "empty", "malformed"}) {
        EXPECT_GT(from.fired(each), 0U) << each;
    }
}

TEST_F(Faults, OfTheFirstRequestsDoNotMisleadTheProbes) {
    api_source from;
    from.manner("first_page", "1");
    from.manner("page_zero", "same_as_first");
    from.faults(R"([{"kind":"list","from":1,"times":8,"do":"status","status":503}])");
    expect_mirrored(from);
    EXPECT_EQ(from.fired(), 8U);
}

// Retry-After is obeyed, whatever its form; without one the pace falls.
TEST_F(Faults, OfPaceAreObeyed) {
    for (const char* form : {"seconds", "date", "none"}) {
        SCOPED_TRACE(form);
        api_source from;
        from.manner("requests_per_second", "40");
        from.manner("burst", "5");
        from.manner("retry_after", form);
        config.requests_per_second = 80;
        config.history_start = format_day(now() - std::chrono::days(12));
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        const auto done = expect_mirrored(from);
        from.with_service([&](simulator::service& api) {
            EXPECT_GT(api.log().of_status(429), 0U) << done.text();
            // Most requests are not refused: it has learnt.
            EXPECT_LT(api.log().of_status(429) * 5, api.log().total()) << done.text();
        });
        EXPECT_LT(number("select ceil(pace) from callmirror.accounts"), 75);
    }
}

TEST_F(Faults, OfPaceTwelveInARowDoNotEndABackfill) {
    api_source from;
    from.faults(R"([{"name":"429","kind":"list","from":6,"times":12,"do":"status","status":429}])");
    config.history_start = format_day(now() - std::chrono::days(12));
    expect_mirrored(from);
    EXPECT_EQ(from.fired("429"), 12U);
}

// Announced ten seconds too long, twice: no request meanwhile.
TEST_F(Faults, OfPaceAreObeyedByAllRequests) {
    api_source from;
    from.faults(R"([{"name":"429","resource":"calls","kind":"list","from":3,"times":1,
                     "do":"status","status":429,"headers":{"Retry-After":"2"}}])");
    const auto done = expect_mirrored(from);
    EXPECT_EQ(from.fired("429"), 1U);
    const auto longest = from.with_service([](simulator::service& api) {
        auto pause = 0ms;
        auto before = api.log().entries().front().time;
        for (const auto& each : api.log().entries()) {
            pause = std::max<std::chrono::milliseconds>(pause, each.time - before);
            before = each.time;
        }
        return pause;
    });
    EXPECT_GE(longest, 1900ms) << done.text();
}

// However often the same slice is asked for meanwhile.
TEST_F(Faults, OfAnOutageAreWaitedFor) {
    api_source from;
    from.faults(R"([{"name":"out","kind":"list","from":8,"times":40,"do":"reset"}])");
    const auto done = expect_mirrored(from);
    EXPECT_GE(from.fired("out"), 40U) << done.text();
}

// A new backfill tries again at once.
TEST_F(Faults, OfOnePageEndWith1AndAreForgiven) {
    api_source from;
    from.add(resource::calls, now() - std::chrono::days(30), 250);
    from.add(resource::calls, now() - std::chrono::days(130), 7);
    from.faults(
        R"([{"name":"page","resource":"calls","kind":"list","target":"page=2&","do":"status","status":400}])");
    config.history_start = format_day(now() - std::chrono::days(150));
    configure(from);
    const auto done = run("backfill", 90s);
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("calls page 2"));
    EXPECT_EQ(differences(from, {resource::streams, resource::stream_events}), "");
    EXPECT_GE(number("select count(*) from callmirror.slices where read_at is null and ends <> "
                     "'infinity'"),
              1);
    EXPECT_EQ(number("select count(*) from snapcall.calls where created_at < now() - interval "
                     "'100 days'"),
              7);
    from.no_more_faults();
    EXPECT_LT(expect_mirrored(from).took, 15s);
}

TEST_F(Faults, OfAnOutageWithoutEndEndWith69) {
    api_source from;
    from.faults(R"([{"name":"out","kind":"list","from":8,"do":"reset"}])");
    config.give_up_after = "3s";
    configure(from);
    const auto done = run("backfill");
    EXPECT_EQ(done.status, 69) << done.text();
    EXPECT_THAT(done.out, HasSubstr("out of reach"));
    EXPECT_LT(done.took, 15s);
    from.no_more_faults();
    config.give_up_after = "30s";
    expect_mirrored(from);
}

// `check` waited for ever, as the API had answered.
TEST_F(FaultsRegression, AnApiThatAlwaysThrottlesEndsEachCommandWith69) {
    config.give_up_after = "3s";
    for (const char* headers : {"", R"(,"headers":{"Retry-After":"60"})"}) {
        for (const char* command : {"check", "backfill --plan", "backfill"}) {
            SCOPED_TRACE(std::string(command) + headers);
            api_source from;
            from.faults(std::string(R"([{"do":"status","status":429)") + headers + "}]");
            configure(from);
            const auto done = run(command);
            EXPECT_EQ(done.status, 69) << done.text();
            EXPECT_THAT(done.text(), HasSubstr("429"));
        }
    }
}

TEST_F(Faults, OfAnApiThatIsNotThereEndWith69) {
    {
        api_source from;
        configure(from);
    }
    config.give_up_after = "2s";
    config.ca_file.clear();
    write_configuration();
    const auto done = run("backfill");
    EXPECT_EQ(done.status, 69) << done.text();
    EXPECT_THAT(done.text(), HasSubstr("refused"));
}

TEST_F(Faults, OfRedirectsAreNotFollowed) {
    api_source other;
    api_source from;
    from.faults(R"([{"resource":"calls","kind":"list","do":"redirect","location":")" +
                other.base_url() + R"(/v2/calls"}])");
    config.resources = R"("calls")";
    config.give_up_after = "3s";
    configure(from);
    const auto done = run("backfill");
    EXPECT_NE(done.status, 0) << done.text();
    EXPECT_THAT(done.text(), HasSubstr("not followed"));
    EXPECT_EQ(other.requests(), 0U);
}

// A list that the key may not read is set aside; the others are mirrored.
TEST_F(Faults, OfRightsSetOneListAside) {
    for (const char* status : {"403", "404"}) {
        SCOPED_TRACE(status);
        api_source from;
        from.manner("stream_events.list_status", status);
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        config.resources = "";
        configure(from);
        const auto done = run("backfill");
        EXPECT_EQ(done.status, 0) << done.text();
        EXPECT_THAT(done.text(), HasSubstr(std::string("set aside")));
        EXPECT_THAT(done.out, HasSubstr("stream_events"));
        EXPECT_EQ(differences(from, {resource::calls, resource::streams}), "");
        EXPECT_EQ(number("select count(*) from snapcall.stream_events"), 0);
        EXPECT_LE(from.requests("stream_events list"), 6U);
        EXPECT_EQ(value("select count(*) from callmirror.listings where aside_until > now() + "
                        "interval '50 minutes' and resource = 'stream_events'"),
                  "1");
    }
}

// Where it was asked for by name, something is missing.
TEST_F(Faults, OfRightsEndWith1WhereTheListWasNamed) {
    api_source from;
    from.manner("stream_events.list_status", "403");
    config.resources = R"("calls", "stream_events")";
    configure(from);
    const auto done = run("backfill");
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("not readable with this key"));
    EXPECT_EQ(differences(from, {resource::calls}), "");
}

// A list that stops in the middle is not whole, though nobody named it.
TEST_F(FaultsRegression, ARefusalInTheMiddleOfAListEndsWith1) {
    api_source from;
    from.faults(R"([{"name":"one","resource":"calls","kind":"list","from":7,"times":1,)"
                R"("do":"status","status":404}])");
    config.resources = "";
    config.max_in_flight = 1;
    configure(from);
    const auto done = run("backfill");
    EXPECT_EQ(from.fired("one"), 1U) << done.text();
    EXPECT_NE(differences(from, {resource::calls}), "");
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("calls: not readable with this key"));
}

// A slice that was under way when another's refusal set the list aside showed that it can be read,
// but the backfill had ended meanwhile: as if all were read.
TEST_F(FaultsRegression, ARefusalBesideOtherReadsNeverPassesForAllThatThereIs) {
    const auto start = now() - std::chrono::days(40);
    for (int run_of_it = 1; run_of_it <= 6; ++run_of_it) {
        SCOPED_TRACE(run_of_it);
        api_source from;
        from.manner("latency_ms", "20");
        from.faults(R"([{"name":"oldest","resource":"calls","kind":"list","target":"start=)" +
                    format_day(start - std::chrono::days(1)) + R"(","do":"status","status":404}])");
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        config.resources = R"("calls")";
        config.history_start = format_day(start);
        configure(from);
        const auto done = run("backfill");
        EXPECT_GE(from.fired("oldest"), 1U);
        EXPECT_EQ(done.status, 1) << done.text();
        EXPECT_THAT(done.out, HasSubstr("done in part"));
    }
}

// Waiting for the head's next poll, it gave up on an API that had answered everything.
TEST_F(FaultsRegression, ABackfillDoesNotWaitForAListThatIsSetAside) {
    api_source from;
    from.manner("stream_events.list_status", "403");
    config.resources = R"("calls", "stream_events")";
    config.poll_interval = "1h";
    config.give_up_after = "4s";
    configure(from);
    const auto done = run("backfill");
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("done in part"));
    EXPECT_EQ(differences(from, {resource::calls}), "");
}

// The refusal of page 0, asked for at each try, passed for an answer: it went on for minutes.
TEST_F(FaultsRegression, ARefusedPage0DoesNotKeepUpHopeInAListThatCannotBeRead) {
    api_source from;
    from.manner("first_page", "1");
    from.manner("page_zero", "refused");
    from.faults(R"([{"kind":"list","target":"page=1","do":"error_object"}])");
    config.resources = R"("calls")";
    config.give_up_after = "15s"; // longer than one request is retried
    configure(from);
    const auto done = run("backfill", 45s);
    EXPECT_EQ(done.status, 69) << done.text();
    EXPECT_THAT(done.out, HasSubstr("an error object"));
}

// It was waited for without end, as an API that answers is not out of reach.
TEST_F(FaultsRegression, AnApiThatDoesNotShowTheKeysUserIsMirroredButForItsCompanies) {
    for (const int status : {403, 404}) {
        SCOPED_TRACE(status);
        api_source from;
        from.faults(R"([{"kind":"me","do":"status","status":)" + std::to_string(status) + "}]");
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        configure(from);
        const auto done = run("backfill", 60s);
        EXPECT_EQ(done.status, 1) << done.text();
        EXPECT_THAT(done.out, HasSubstr("companies = [...]"));
        EXPECT_THAT(done.err, HasSubstr(std::to_string(status)));
        EXPECT_EQ(differences(from, {resource::calls}), "");
    }
}

// With all resources, which is what most configurations have, it said that all was read.
TEST_F(FaultsRegression, AnAccountOfWhichNoCompanyIsKnownNeedsAPerson) {
    api_source from(empty_world());
    from.faults(R"([{"kind":"me","do":"status","status":404}])");
    config.resources.clear();
    configure(from);
    const auto done = run("backfill");
    EXPECT_EQ(done.status, 1) << done.text();
    EXPECT_THAT(done.out, HasSubstr("companies = [...]"));
    const auto status = run("status");
    EXPECT_EQ(status.status, 1) << status.text();
    EXPECT_THAT(status.out, HasSubstr("companies = [...]"));
    // Nothing of a company is wanted.
    config.resources = R"("calls")";
    expect_mirrored(from);
    EXPECT_EQ(run("status").status, 0);
}

TEST_F(FaultsRegression, AnAnswerThatIsNoUserIsWaitedForAsLongAsAnOutage) {
    api_source from;
    from.faults(R"([{"kind":"me","do":"html"}])");
    config.give_up_after = "3s";
    configure(from);
    const auto done = run("backfill", 60s);
    EXPECT_EQ(done.status, 69) << done.text();
    EXPECT_THAT(done.out, HasSubstr("not a user"));
}

} // namespace
} // namespace callmirror::integration
