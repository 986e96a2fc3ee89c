#include "sync/fetch/query.hpp"
#include "sync/fetch/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

namespace callmirror::fetch {
namespace {

using namespace std::chrono_literals;

// ---- paths and targets

TEST(Query, FillsAPathWithEncodedValues) {
    EXPECT_EQ(fill_path("/v2/companies/{companyId}/streams/{token}",
                        {{"companyId", "7"}, {"token", "a/b?c=d&e #%\xc3\xa9"}}),
              "/v2/companies/7/streams/a%2Fb%3Fc%3Dd%26e%20%23%25%C3%A9");
    EXPECT_EQ(fill_path("/v2/{unknown}/x", {{"id", "7"}}), "/v2/{unknown}/x");
    EXPECT_EQ(fill_path("/v2/{id", {{"id", "7"}}), "/v2/{id");
    EXPECT_EQ(fill_path("/v2/}{id}", {{"id", "7"}}), "/v2/}7");
    EXPECT_EQ(fill_path("{id}{id}", {{"id", "{id}"}}), "%7Bid%7D%7Bid%7D");
    EXPECT_EQ(fill_path("", {}), "");
}

TEST(Query, LetsNoValueClimbUpThePath) {
    EXPECT_EQ(fill_path("/streams/{token}/events", {{"token", ".."}}), "/streams/%2E%2E/events");
    EXPECT_EQ(fill_path("/streams/{token}", {{"token", "."}}), "/streams/%2E");
    EXPECT_EQ(fill_path("/streams/{token}", {{"token", "a..b"}}), "/streams/a..b");
}

TEST(Query, SendsOnlyWhatIsSet) {
    list_query query{.path = "/v2/calls", .page = {}, .limit = {}, .start = {}, .end = {}};
    EXPECT_EQ(target_of(query), "/v2/calls");
    query.limit = 50;
    EXPECT_EQ(target_of(query), "/v2/calls?limit=50");
    query.page = 0;
    query.start = parse_time("2026-11-20");
    query.end = parse_time("2026-11-21T10:00:00.250Z");
    EXPECT_EQ(target_of(query), "/v2/calls?page=0&limit=50&start=2026-11-20T00:00:00.000Z"
                                "&end=2026-11-21T10:00:00.250Z");
}

// ---- manners

// A list as a server of some manners serves it.
struct list_model {
    enum class zero { is_first, refused, cut, empty }; // what page 0 is
    int records = 0;
    zero page_0 = zero::is_first;
    int largest_limit = 1'000; // larger ones are answered with 400
    int cut_to = 1'000;        // or cut down
    bool limit_refused = false;
    bool over_the_end_refused = false;
    int first = 1; // number of the newest record: grows when one is inserted

    std::optional<std::vector<std::string>> serve(int page, std::optional<int> limit) const {
        if (limit && (limit_refused || *limit > largest_limit)) {
            return std::nullopt;
        }
        const int size = std::min(limit.value_or(25), cut_to);
        if (page == 0 && page_0 == zero::refused) {
            return std::nullopt;
        }
        if (page == 0 && page_0 == zero::empty) {
            return std::vector<std::string>();
        }
        const int from = (page_0 == zero::is_first ? page : std::max(page - 1, 0)) * size;
        if (from > 0 && from >= records && over_the_end_refused) {
            return std::nullopt;
        }
        std::vector<std::string> keys;
        for (int i = from; i < std::min(from + size, records); ++i) {
            keys.push_back(std::to_string(first - i));
        }
        return keys;
    }
};

struct probe_outcome {
    manner_probe::step result;
    int requests = 0;
};

// `between`: done once, between the first page 0 that is served and the next ask.
probe_outcome probe(list_model model, int limit,
                    const std::function<void(list_model&)>& between = {}) {
    manner_probe asks(true, true, limit);
    probe_outcome outcome{asks.next(), 0};
    bool changed = false;
    while (const auto* ask = std::get_if<manner_probe::ask>(&outcome.result)) {
        if (++outcome.requests > 30) {
            ADD_FAILURE() << "does not end";
            break;
        }
        const auto keys = model.serve(ask->page.value(), ask->limit);
        if (keys) {
            asks.page(*keys);
        } else {
            asks.bad_request();
        }
        if (between && !changed && keys) {
            between(model);
            changed = true;
        }
        outcome.result = asks.next();
    }
    return outcome;
}

constexpr list_model::zero all_zeros[] = {list_model::zero::is_first, list_model::zero::refused,
                                          list_model::zero::cut, list_model::zero::empty};

TEST(MannerProbe, FindsFirstPageAndLimitOfEveryServer) {
    for (const auto zero : all_zeros) {
        for (const int records : {0, 1, 2, 10, 24, 25, 26, 99, 100, 101, 5'000}) {
            for (const int largest : {10, 20, 30, 50, 99, 100, 1'000}) {
                for (const int cut_to : {10, 30, 1'000}) {
                    for (const bool no_limit : {false, true}) {
                        for (const bool refuses_end : {false, true}) {
                            const list_model model{.records = records,
                                                   .page_0 = zero,
                                                   .largest_limit = largest,
                                                   .cut_to = cut_to,
                                                   .limit_refused = no_limit,
                                                   .over_the_end_refused = refuses_end};
                            const auto outcome = probe(model, 100);
                            const auto* found = std::get_if<manner_probe::found>(&outcome.result);
                            ASSERT_TRUE(found);
                            EXPECT_LE(outcome.requests, 22);
                            const int limit = no_limit || largest < 20 ? 0
                                              : largest < 50           ? 20
                                              : largest < 100          ? 50
                                                                       : 100;
                            EXPECT_EQ(found->limit, limit);
                            if (records > 0 || zero == list_model::zero::refused) {
                                EXPECT_EQ(found->first_page,
                                          zero == list_model::zero::is_first ? 0 : 1)
                                    << records << " records, page 0 " << static_cast<int>(zero);
                            } else {
                                EXPECT_EQ(found->first_page, std::nullopt);
                            }
                        }
                    }
                }
            }
        }
    }
}

TEST(MannerProbe, IsNotMisledByARecordThatComesOrGoesBetweenTheAsks) {
    for (const auto zero : all_zeros) {
        for (const int records : {1, 2, 3, 24, 25, 26, 50, 100, 101, 250}) {
            for (const int change : {1, -1}) {
                if (records + change < 1) { // a list that became empty tells nothing
                    continue;
                }
                const auto outcome =
                    probe({.records = records, .page_0 = zero}, 100, [&](list_model& model) {
                        model.records += change;
                        model.first += change; // at the front
                    });
                const auto* found = std::get_if<manner_probe::found>(&outcome.result);
                ASSERT_TRUE(found);
                EXPECT_EQ(found->first_page, zero == list_model::zero::is_first ? 0 : 1)
                    << records << " records, page 0 " << static_cast<int>(zero) << ", " << change;
            }
        }
    }
}

TEST(MannerProbe, DoesNotTakeAnIgnoredPageParameterForPagesFromOne) {
    for (const int records : {1, 25, 100}) {
        manner_probe asks(true, true, 100);
        std::vector<std::string> keys;
        for (int i = 0; i < records; ++i) {
            keys.push_back(std::to_string(i));
        }
        for (int page = 0; page <= 2; ++page) {
            EXPECT_EQ(std::get<manner_probe::ask>(asks.next()).page, page);
            asks.page(keys);
        }
        EXPECT_EQ(std::get<manner_probe::found>(asks.next()).first_page, 0);
    }
}

TEST(Regression, AStray400ProvesNothingAboutTheFirstPage) {
    manner_probe asks(true, true, 100);
    asks.page({"1", "2"});
    asks.bad_request(); // for page 1: over the end, or a mistake of the server's
    const auto found = std::get<manner_probe::found>(asks.next());
    EXPECT_EQ(found.first_page, 0);
    EXPECT_FALSE(found.sure);
}

// Page 0 of a list that counts from 0 is refused some times in a row, by mistake. Which of them the
// list shows does not matter: nothing on page 1, where all its records are on page 0; or its second
// page.
TEST(Regression, AFewStray400sDoNotMakeThePagesCountFromOne) {
    for (const auto& page_1 : {std::vector<std::string>{}, std::vector<std::string>{"3"}}) {
        for (int stray = 1; stray <= 3; ++stray) {
            manner_probe asks(true, true, 100);
            for (int refusals = 0; refusals < stray;) {
                if (std::get<manner_probe::ask>(asks.next()).page == 0) {
                    asks.bad_request();
                    ++refusals;
                } else {
                    asks.page(page_1);
                }
            }
            while (std::holds_alternative<manner_probe::ask>(asks.next())) {
                asks.page(std::get<manner_probe::ask>(asks.next()).page == 0
                              ? std::vector<std::string>{"1", "2"}
                              : page_1);
            }
            const auto found = std::get<manner_probe::found>(asks.next());
            EXPECT_EQ(found.first_page, 0) << stray << " stray answers";
            EXPECT_EQ(found.limit, 100);
        }
    }
}

TEST(Regression, AListThatFillsWhileItIsProbedIsNotAskedForEver) {
    manner_probe asks(true, true, 100);
    int requests = 0;
    while (std::holds_alternative<manner_probe::ask>(asks.next())) {
        ASSERT_LE(++requests, 30);
        if (std::get<manner_probe::ask>(asks.next()).page == 0) {
            asks.bad_request();
        } else {
            asks.page(requests < 12 ? std::vector<std::string>{} : std::vector<std::string>{"1"});
        }
    }
    EXPECT_EQ(std::get<manner_probe::found>(asks.next()).first_page, 1);
}

// A burst of them strikes page 1 as well.
TEST(Regression, RefusalsOfBothPagesProveNothing) {
    manner_probe asks(true, true, 100);
    asks.bad_request();
    asks.page({"3"});
    asks.bad_request();
    EXPECT_EQ(std::get<manner_probe::ask>(asks.next()).page, 1);
    asks.bad_request();
    EXPECT_TRUE(std::holds_alternative<manner_probe::refused>(asks.next()));
}

TEST(MannerProbe, IsSureOfZeroWhereBothPagesAreServed) {
    manner_probe asks(true, true, 100);
    asks.page({"1", "2"});
    asks.page({"3"});
    const auto found = std::get<manner_probe::found>(asks.next());
    EXPECT_EQ(found.first_page, 0);
    EXPECT_TRUE(found.sure);
}

TEST(MannerProbe, CostsFewRequests) {
    EXPECT_EQ(probe({.records = 500}, 100).requests, 2);
    EXPECT_EQ(probe({.records = 500, .page_0 = list_model::zero::refused}, 100).requests, 7);
}

TEST(MannerProbe, GivesUpWhereEveryFormIsRefused) {
    manner_probe asks(true, true, 100);
    int requests = 0;
    while (std::holds_alternative<manner_probe::ask>(asks.next())) {
        asks.bad_request();
        ASSERT_LE(++requests, 8);
    }
    EXPECT_TRUE(std::holds_alternative<manner_probe::refused>(asks.next()));
    EXPECT_EQ(requests, 8);
}

TEST(MannerProbe, AsksForNothingThatTheListDoesNotDocument) {
    manner_probe bare(false, false, 100);
    const auto ask = std::get<manner_probe::ask>(bare.next());
    EXPECT_EQ(ask.page, std::nullopt);
    EXPECT_EQ(ask.limit, std::nullopt);
    bare.page({"a"});
    EXPECT_EQ(std::get<manner_probe::found>(bare.next()).limit, 0);
    manner_probe paged(true, false, 100);
    EXPECT_EQ(std::get<manner_probe::ask>(paged.next()).limit, std::nullopt);
    manner_probe known(true, true, 0); // an earlier life found that no limit is taken
    EXPECT_EQ(std::get<manner_probe::ask>(known.next()).limit, std::nullopt);
}

// ---- verdicts

answer with_status(int status, std::string body = "", std::string type = "application/json") {
    answer got;
    got.status = status;
    got.body = std::move(body);
    got.headers.content_type = std::move(type);
    return got;
}

TEST(Verdict, NamesWhatToDoNext) {
    const std::vector<std::pair<int, verdict>> cases{
        {200, verdict::ok},          {201, verdict::bad_page},    {204, verdict::bad_page},
        {206, verdict::bad_page},    {301, verdict::redirected},  {304, verdict::redirected},
        {308, verdict::redirected},  {400, verdict::bad_request}, {401, verdict::unauthorized},
        {403, verdict::forbidden},   {404, verdict::not_found},   {408, verdict::server_busy},
        {410, verdict::not_found},   {418, verdict::bad_request}, {425, verdict::server_busy},
        {429, verdict::throttled},   {500, verdict::server_busy}, {503, verdict::server_busy},
        {599, verdict::server_busy},
    };
    for (const auto& [status, expected] : cases) {
        EXPECT_EQ(judge(with_status(status)), expected) << status;
        const bool again = expected == verdict::throttled || expected == verdict::server_busy ||
                           expected == verdict::bad_page;
        EXPECT_EQ(is_retryable(judge(with_status(status))), again) << status;
    }
    for (const auto failure : {failure_kind::unreachable, failure_kind::timeout,
                               failure_kind::truncated, failure_kind::bad_answer}) {
        auto got = with_status(200); // half an answer is none
        got.failure = failure;
        EXPECT_TRUE(is_retryable(judge(got)));
    }
    for (const auto failure :
         {failure_kind::too_large, failure_kind::bad_certificate, failure_kind::stopped}) {
        auto got = with_status(200);
        got.failure = failure;
        EXPECT_FALSE(is_retryable(judge(got)));
        EXPECT_NE(judge(got), verdict::ok);
    }
}

TEST(Verdict, DescribesWithoutControlCharacters) {
    auto failed = with_status(0);
    failed.failure = failure_kind::unreachable;
    failed.failure_text = "connect to [::1]:443: refused";
    EXPECT_EQ(describe(failed), "connect to [::1]:443: refused");
    failed.failure_text = "answer of x: \x1b[2J\nforged line";
    const std::vector<answer> hostile{
        failed, with_status(500, "{\"message\":\"a\x1b[31m\nb\r\x01\x7f\xff\xc2\x85\"}")};
    for (const auto& got : hostile) {
        EXPECT_TRUE(std::ranges::all_of(describe(got), [](char c) { return c >= ' ' && c < 0x7f; }))
            << describe(got);
    }
    EXPECT_LE(describe(with_status(500, std::string(1'000'000, ' '))).size(), 200U);
}

TEST(Verdict, DescribesWithoutSecrets) {
    const std::string key = "sk_live_51H8x-Yz0123456789abcdef";
    EXPECT_EQ(describe(with_status(401, R"({"message":"no such key: hunter2"})")), "401");
    for (const int status : {400, 403, 404, 500}) {
        const auto text =
            describe(with_status(status, R"({"message":"key )" + key + R"( lacks a role"})"));
        EXPECT_THAT(text, testing::Not(testing::HasSubstr("sk_live")));
        EXPECT_THAT(text, testing::HasSubstr("lacks a role"));
    }
    auto moved = with_status(302);
    moved.headers.location = "https://user:" + key + "@evil.example/v2/calls?token=" + key + "#x";
    EXPECT_EQ(describe(moved), "302 to https://evil.example/v2/calls, which is not followed");
    moved.headers.location = "/login?next=1";
    EXPECT_EQ(describe(moved), "302 to /login, which is not followed");
    EXPECT_EQ(describe(with_status(503, "<html>slow down</html>", "text/html")), "503");
    EXPECT_EQ(describe(with_status(400, R"({"statusCode":400,"error":"Bad Request"})")),
              R"(400 {"statusCode":400,"error":"Bad Request"})");
}

TEST(Verdict, DescribesWithoutPeople) {
    EXPECT_EQ(
        describe(with_status(400, R"({"message":"no agent jane.doe+1@company.example here"})")),
        R"(400 {"message":"no agent ... here"})");
    EXPECT_EQ(describe(with_status(404, R"({"path":"/v2/agents/jane%40company.example","n":1})")),
              R"(404 {"path":"/v2/agents/...","n":1})");
    auto moved = with_status(302);
    moved.headers.location = "https://other.example/v2/agents/jane%40company.example";
    EXPECT_EQ(describe(moved), "302 to https://other.example/v2/agents/..., which is not followed");
}

TEST(Verdict, WaitsLongerAndLongerWithinBounds) {
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    auto whole = 500ms;
    for (int retry = 1; retry < 40; ++retry) {
        EXPECT_EQ(backoff(retry, 0), whole / 2);
        EXPECT_LT(backoff(retry, most), whole);
        EXPECT_GE(backoff(retry, most), whole - 1ms);
        whole = std::min<std::chrono::milliseconds>(2 * whole, 30s);
    }
    for (const int odd : {std::numeric_limits<int>::min(), -1, 0}) {
        EXPECT_EQ(backoff(odd, 0), 250ms);
    }
    EXPECT_EQ(backoff(std::numeric_limits<int>::max(), 0), 15s);
}

} // namespace
} // namespace callmirror::fetch
