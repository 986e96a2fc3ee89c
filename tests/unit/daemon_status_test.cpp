#include "daemon/elsewhere.hpp"
#include "daemon/estimate.hpp"
#include "daemon/held_deletes.hpp"
#include "daemon/status_report.hpp"
#include "daemon/text_table.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const utc_time now = *parse_time("2026-11-20T10:00:00Z");

list_state good_list() {
    list_state list;
    list.resource = "calls";
    list.records = 123'456;
    list.share = 1;
    list.history_complete = true;
    list.complete_back_to = start_of_time;
    list.head_read_at = now - 12s;
    list.newest_record = now - 60s;
    return list;
}

status_input good_status() {
    account_state account;
    account.name = "acme";
    account.state = "ok";
    account.pace = 5;
    account.companies = {123};
    account.holder = "host:1:2";
    account.held = true;
    account.lists = {good_list()};
    config::account_settings settings;
    settings.name = "acme";
    return {.accounts = {account},
            .strangers = {},
            .settings = {settings},
            .poll_interval = 30s,
            .now = now};
}

TEST(Status, IsATableThatFitsAScreen) {
    EXPECT_EQ(status_text(good_status()),
              "acme: ok; mirrored by host:1:2; pace 5.0 requests a second\n"
              "  list      rows  newest record             read  history\n"
              "  calls  123,456  2026-11-20T09:59:00Z  12 s ago  complete\n"
              "\n");
}

TEST(Status, SaysThatTheApiHasAskedToWait) {
    auto input = good_status();
    EXPECT_EQ(nlohmann::json::parse(status_json(input))["accounts"][0]["no_request_before"],
              nullptr);
    input.accounts[0].quiet_until = now + 25s;
    EXPECT_THAT(status_text(input), HasSubstr("acme: ok; mirrored by host:1:2; pace 5.0 requests a "
                                              "second; the API wants no request before "
                                              "2026-11-20T10:00:25Z\n"));
    EXPECT_EQ(nlohmann::json::parse(status_json(input))["accounts"][0]["no_request_before"],
              "2026-11-20T10:00:25.000Z");
    EXPECT_THAT(attention(input), IsEmpty()); // it is over by itself
}

TEST(Status, NeedsNobodyWhereAllIsWell) {
    EXPECT_THAT(attention(good_status()), IsEmpty());
}

TEST(Status, AsksForAPersonWhereOneIsNeeded) {
    auto refused = good_status();
    refused.accounts[0].state = "key refused";
    refused.accounts[0].reason = "401";
    EXPECT_THAT(attention(refused), ElementsAre("acme: key refused: 401"));

    auto rejected = good_status();
    rejected.accounts[0].lists[0].rejected = 3;
    rejected.accounts[0].lists.push_back(rejected.accounts[0].lists[0]); // another company's
    EXPECT_THAT(
        attention(rejected),
        ElementsAre("acme calls: 3 records could not be mirrored: see callmirror.rejected"));

    auto held = good_status();
    held.accounts[0].lists[0].held = 1234;
    EXPECT_THAT(attention(held), ElementsAre("acme calls: 1,234 deletions wait for a word: "
                                             "`callmirror deletes list`"));

    auto stale = good_status();
    stale.accounts[0].lists[0].head_read_at = now - 6min;
    EXPECT_THAT(attention(stale), ElementsAre(HasSubstr("acme calls: not fresh")));
    stale.accounts[0].held = false;
    EXPECT_THAT(attention(stale), ElementsAre(HasSubstr("no process mirrors it")));

    auto unknown = good_status();
    unknown.accounts[0] = {};
    unknown.accounts[0].name = "acme";
    EXPECT_THAT(attention(unknown), ElementsAre(HasSubstr("nothing has been mirrored yet")));
}

TEST(Status, TakesATimeAheadOfTheClockForNoProof) {
    auto back = good_status();
    auto& list = back.accounts[0].lists[0];
    list.head_read_at = now + 10s; // another machine's clock
    EXPECT_THAT(attention(back), IsEmpty());
    list.head_read_at = now + 25h; // this machine's was wrong, and has been set back
    EXPECT_THAT(attention(back), ElementsAre("acme calls: not fresh: the newest records were read "
                                             "1 d 1 h ahead of this machine's clock"));
    EXPECT_THAT(status_text(back, {}), HasSubstr("ahead of this machine's clock"));
}

// Read once a day, as long as it does not change.
TEST(Status, TakesAListWithoutTimeAxisForFreshUntilItIsDue) {
    auto whole = good_status();
    auto& list = whole.accounts[0].lists[0];
    list.head_read_at = now - 20h;
    list.whole_due_at = now + 4h;
    EXPECT_THAT(attention(whole), IsEmpty());
    list.whole_due_at = now - 20min; // history may come first for a while
    EXPECT_THAT(attention(whole), IsEmpty());
    list.whole_due_at = now - 2h;
    EXPECT_THAT(attention(whole), ElementsAre("acme calls: not fresh: it was read 20 h ago"));
}

TEST(Status, MindsAListSetAsideOnlyWhereItWasAskedForByName) {
    auto aside = good_status();
    aside.accounts[0].lists[0].aside = true;
    aside.accounts[0].lists[0].aside_reason = "403";
    aside.accounts[0].lists[0].head_read_at.reset();
    EXPECT_THAT(attention(aside), IsEmpty());
    EXPECT_THAT(status_text(aside), HasSubstr("calls: set aside: 403"));
    aside.settings[0].resources = {"calls"};
    EXPECT_THAT(attention(aside), ElementsAre("acme calls: set aside: 403"));
}

TEST(Status, ShowsWhatIsLeft) {
    auto behind = good_status();
    auto& list = behind.accounts[0].lists[0];
    list.history_complete = false;
    list.share = 0.8377;
    list.unread = 12;
    list.complete_back_to = *parse_time("2024-03-01");
    list.due = 2;
    list.suspects = 3;
    list.rejected = 4;
    list.last_error = "calls page 7: 503";
    list.last_error_at = now - 60s;
    list.failures = 5;
    const auto text = status_text(behind);
    EXPECT_THAT(text, HasSubstr("83.7 %, whole since 2024-03-01, 12 gaps"));
    EXPECT_THAT(text, HasSubstr("2 due again, 3 suspect"));
    EXPECT_THAT(text, HasSubstr("calls: calls page 7: 503 (1 m ago, 5 in a row)"));
}

TEST(Status, IsColouredOnATerminalAndStillInColumns) {
    auto input = good_status();
    input.accounts[0].lists.push_back(good_list());
    input.accounts[0].lists[1].resource = "streams";
    input.accounts[0].lists[1].head_read_at = now - 6min;
    const auto plain = status_text(input);
    auto coloured = status_text(input, {.colours = true});
    EXPECT_THAT(coloured, HasSubstr("acme: \x1b[32mok\x1b[0m"));
    EXPECT_THAT(coloured, HasSubstr("\x1b[31m6 m ago\x1b[0m"));
    EXPECT_THAT(coloured, HasSubstr("\x1b[31mneeds a person:\x1b[0m"));
    for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b')) {
        coloured.erase(at, coloured.find('m', at) + 1 - at);
    }
    EXPECT_EQ(coloured, plain);
}

TEST(Status, FitsATerminalOfEightyColumns) {
    auto input = good_status();
    auto& list = input.accounts[0].lists[0];
    list.resource = "stream_events";
    list.scope = "123456";
    list.records = 1'234'567'890;
    list.share = 0.8377;
    list.unread = 12;
    list.complete_back_to = *parse_time("2024-03-01");
    list.due = 20;
    list.suspects = 3;
    list.rejected = 4;
    EXPECT_GT(widest_line(status_text(input)), 80U);
    const auto text = status_text(input, {.width = 80});
    EXPECT_LE(widest_line(text), 80U) << text;
    EXPECT_THAT(text, HasSubstr("1,234,567,890  12 s ago  83.7 %\n"));
    EXPECT_THAT(
        text,
        HasSubstr("    83.7 %, whole since 2024-03-01, 12 gaps\n    20 due again, 3 suspect\n"));
    EXPECT_THAT(text, HasSubstr("4 rejected\n"));
}

// Whoever reads it relies on these names.
TEST(Status, KeepsItsJsonsNames) {
    const auto parsed = nlohmann::ordered_json::parse(status_json(good_status()));
    const auto names = [](const nlohmann::ordered_json& of) {
        std::string all;
        for (const auto& [name, value] : of.items()) {
            all += (all.empty() ? "" : " ") + name;
        }
        return all;
    };
    EXPECT_EQ(names(parsed), "now attention accounts not_configured");
    EXPECT_EQ(names(parsed["accounts"][0]),
              "name state reason holder requests_per_second no_request_before companies lists");
    EXPECT_EQ(names(parsed["accounts"][0]["lists"][0]),
              "resource company rows newest_record head_read_at age_s history_complete "
              "history_share complete_back_to gaps due suspects held_deletions rejected set_aside "
              "last_error last_error_at failures");
}

TEST(Status, IsJsonForMachines) {
    auto input = good_status();
    input.strangers = {"old"};
    input.accounts[0].lists[0].last_error = "bytes \xff";
    const auto parsed = nlohmann::json::parse(status_json(input));
    EXPECT_EQ(parsed["now"], "2026-11-20T10:00:00.000Z");
    EXPECT_TRUE(parsed["attention"].empty());
    EXPECT_EQ(parsed["not_configured"][0], "old");
    const auto& account = parsed["accounts"][0];
    EXPECT_EQ(account["name"], "acme");
    EXPECT_EQ(account["holder"], "host:1:2");
    const auto& list = account["lists"][0];
    EXPECT_EQ(list["resource"], "calls");
    EXPECT_EQ(list["company"], nullptr);
    EXPECT_EQ(list["rows"], 123'456);
    EXPECT_DOUBLE_EQ(list["age_s"].get<double>(), 12);
    EXPECT_EQ(list["history_complete"], true);
    EXPECT_EQ(list["complete_back_to"], nullptr);
}

// ---- a backfill that another process does

account_state elsewhere_state(list_state list) {
    account_state state;
    state.name = "acme";
    state.held = true;
    state.lists = {std::move(list)};
    return state;
}

TEST(Elsewhere, IsFinishedWhenNothingIsUnread) {
    EXPECT_TRUE(judge_elsewhere(elsewhere_state(good_list()), {}, {}).finished);
    EXPECT_EQ(judge_elsewhere(elsewhere_state(good_list()), {}, {}).missing, "");
}

TEST(Elsewhere, WaitsForHeadHistoryAndItsBeginning) {
    auto no_head = good_list();
    no_head.head_read_at.reset();
    EXPECT_FALSE(judge_elsewhere(elsewhere_state(no_head), {}, {}).finished);
    auto gaps = good_list();
    gaps.unread = 1;
    EXPECT_FALSE(judge_elsewhere(elsewhere_state(gaps), {}, {}).finished);
    auto open = good_list();
    open.history_complete = false;
    open.oldest = now - 24h;
    EXPECT_FALSE(judge_elsewhere(elsewhere_state(open), {}, {}).finished);
    const engine::one_shot from_noon{.range = {now - 22h, end_of_time}};
    EXPECT_TRUE(judge_elsewhere(elsewhere_state(open), {}, from_noon).finished);
}

TEST(Elsewhere, EndsInPartWhereWhatIsLeftIsHopeless) {
    auto list = good_list();
    list.unread = 2;
    list.hopeless = 2;
    list.last_error = "503";
    const auto judged = judge_elsewhere(elsewhere_state(list), {}, {});
    EXPECT_TRUE(judged.finished);
    EXPECT_THAT(judged.missing, HasSubstr("503"));
}

TEST(Elsewhere, MissesAListThatIsSetAsideOnlyWhereItWasNamed) {
    auto list = good_list();
    list.aside = true;
    list.aside_reason = "calls page 0: 403";
    const auto unnamed = judge_elsewhere(elsewhere_state(list), {}, {});
    EXPECT_TRUE(unnamed.finished);
    EXPECT_EQ(unnamed.missing, "");
    const auto named = judge_elsewhere(elsewhere_state(list), {"calls"}, {});
    EXPECT_TRUE(named.finished);
    EXPECT_EQ(named.missing, "calls: not readable with this key: calls page 0: 403");
}

TEST(Elsewhere, LooksAtNothingButWhatWasAskedFor) {
    auto state = elsewhere_state(good_list());
    auto other = good_list();
    other.resource = "streams";
    other.unread = 7;
    state.lists.push_back(other);
    EXPECT_TRUE(judge_elsewhere(state, {"calls"}, {}).finished);
    EXPECT_FALSE(judge_elsewhere(state, {"streams"}, {}).finished);
    EXPECT_FALSE(judge_elsewhere(state, {"stream_events"}, {}).finished); // not begun there
}

// ---- plan and deletes

TEST(Plan, CountsRequestsFromWhatIsMissing) {
    list_estimate calls;
    calls.rows = 10'000;
    EXPECT_EQ(requests_for(calls), 107U);
    calls.mirrored = 12'000;
    EXPECT_EQ(requests_for(calls), 2U);
}

TEST(Plan, CountsARequestForEachRecordThatARecordWithoutListIsAskedForBy) {
    const auto* platform = providers::find_platform("snapcall");
    const auto& agents = *providers::find_resource(*platform, "agents");
    list_estimate users;
    users.list = "users of company 7";
    users.rows = 40;
    auto more = users;
    more.list = "users of company 8";
    const auto asked = estimate_by_key(agents, {users, more});
    EXPECT_EQ(asked.rows, 80U);
    EXPECT_EQ(requests_for(asked), 84U);
    EXPECT_EQ(asked.problem, "");
    EXPECT_NE(estimate_by_key(agents, {}).problem, "");
}

TEST(Plan, SaysRowsRequestsTimeAndHowSureThatIs) {
    list_estimate calls;
    calls.list = "calls";
    calls.rows = 182'500;
    calls.mirrored = 2500;
    calls.how_sure = "counted";
    list_estimate streams;
    streams.list = "streams 12";
    streams.problem = "not readable: 403";
    const auto text = plan_text("acme", {calls, streams}, 5, 6);
    EXPECT_EQ(text, "acme: 180,000 rows to read, 1,892 requests, about 6 m 19 s at 5.0 requests a "
                    "second\n"
                    "  list      rows  mirrored  missing  requests  how sure\n"
                    "  calls  182,500     2,500  180,000     1,892  counted\n"
                    "  streams 12: not readable: 403\n"
                    "  (this took 6 requests; nothing was written)\n");
}

TEST(Deletes, ShowWhereHowManySinceWhenAndExamples) {
    EXPECT_EQ(held_text({}, now), "no deletion waits for a word\n");
    const held_slice slice{.account = "acme",
                           .resource = "streams",
                           .scope = "12",
                           .held = 1500,
                           .records = 200,
                           .since = now - 2h,
                           .begins = parse_time("2026-01-01"),
                           .ends = parse_time("2026-02-01"),
                           .examples = "1, 2, \x1b"};
    const auto text = held_text({slice}, now);
    EXPECT_THAT(text,
                HasSubstr("acme     streams of company 12  2026-01-01 to 2026-02-01  1,500   200  "
                          "2 h ago  1, 2, \\x1b\n"));
}

} // namespace
} // namespace callmirror::daemon
