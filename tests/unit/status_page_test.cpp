#include "daemon/html.hpp"
#include "daemon/page/page.hpp"
#include "daemon/page_policy.hpp"
#include "daemon/status_page.hpp"
#include "tests/unit/web_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TEST(StatusPage, TellsEachListsFigures) {
    const example_view example;
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("acme <span class=\"state good\">mirroring</span>"));
    EXPECT_THAT(page, HasSubstr("fresh: read 12 s ago"));
    EXPECT_THAT(page, HasSubstr("history 50.0 % of what is planned so far, 7 gaps to read"));
    EXPECT_THAT(page, HasSubstr("1,234,567 new, 0 changed, 2 deleted, 0 rejected"));
    EXPECT_THAT(page, HasSubstr("streams of company 42"));
    EXPECT_THAT(page, HasSubstr("not read yet"));
}

TEST(StatusPage, ShowsGapsByTheirShapeAndJoinsEqualCells) {
    const example_view example;
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("<rect class=\"unread\" x=\"0\" width=\"1\" y=\"8\" height=\"2\"/>"
                                "<rect class=\"day\" x=\"1\" width=\"95\" height=\"10\"/></svg>"));
    EXPECT_THAT(page, HasSubstr("2026-08-22"));
}

TEST(StatusPage, ChartsTheLastHour) {
    example_view example;
    activity recent;
    for (int second = 0; second < 120; second += 2) {
        example.account.lists[0].traffic.answers[{fetch::verdict::ok, 200}] += 3;
        example.account.lists[0].traffic.answers[{fetch::verdict::throttled, 429}] += 1;
        example.account.lists[0].inserted += 10;
        recent.note(1h + second * 1s, example.view.accounts);
    }
    example.view.recent = &recent;
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("<b>236</b> requests in the last hour"));
    EXPECT_THAT(page, HasSubstr("59 of them refused or failed"));
    EXPECT_THAT(page, HasSubstr("pace <b>2.5</b> of at most 5.0 requests a second"));
    EXPECT_THAT(page, HasSubstr("x=\"58.1\""));
    EXPECT_THAT(page, Not(HasSubstr("x=\"57.1\"")));
}

TEST(StatusPage, EscapesWhateverComesFromOutside) {
    const std::string hostile = "<script>\"x\" & 'y'</script>\x1b[2J";
    example_view example;
    example.account.name = hostile;
    for (auto& list : example.account.lists) {
        list.resource = list.scope = list.aside = list.last_error = hostile;
    }
    for (std::size_t i = 0; i < engine::account_phases; ++i) {
        example.account.enter(static_cast<engine::account_phase>(i), hostile);
        const auto page = status_page(example.view);
        EXPECT_THAT(page, Not(HasSubstr("<script>\"x")));
        EXPECT_THAT(page, Not(HasSubstr("\x1b")));
        EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
    }
    EXPECT_EQ(escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}

// The policy allows that style and that script by their hashes, so nothing else may be there.
TEST(StatusPage, HasOneStyleOneScriptAndNothingThePolicyForbids) {
    const example_view example;
    auto page = status_page(example.view);
    const auto style = "<style>" + std::string(page::style.text) + "</style>";
    const auto script = "<script>" + std::string(page::refresh.text) + "</script>";
    for (const auto& own : {style, script}) {
        ASSERT_THAT(page, HasSubstr(own));
        page.erase(page.find(own), own.size());
    }
    for (const auto* forbidden : {"<script", "<style", "style=\"", "<img", "<link", "<iframe",
                                  " src=", "javascript:", "http://", "https://", "{{"}) {
        EXPECT_THAT(page, Not(HasSubstr(forbidden))) << forbidden;
    }
    EXPECT_THAT(page, Not(testing::ContainsRegex(" on[a-z]+="))); // handlers: onload= and the like
    EXPECT_THAT(page_policy(), HasSubstr("default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(page_policy(), HasSubstr("script-src 'sha256-"));
    EXPECT_THAT(page_policy(), HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(page_policy(), Not(HasSubstr("unsafe")));
}

TEST(StatusPage, LoadsItselfAgainWithoutAScript) {
    const example_view example;
    EXPECT_THAT(status_page(example.view),
                HasSubstr("<noscript><meta http-equiv=\"refresh\" content=\"15\"></noscript>"));
}

TEST(StatusPage, SaysWhatToDoAboutAFailure) {
    example_view example;
    auto& calls = example.account.lists[0];
    calls.last_error = "calls page 7: 503";
    example.account.rejected["calls"] = 1;
    calls.waiting_deletes = 60;
    example.account.lists[1].aside = "streams: 403";
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("not mirrored, as the key may not read it: streams: 403"));
    EXPECT_THAT(page, HasSubstr("a part of its history could not be read: calls page 7: 503"));
    EXPECT_THAT(page, HasSubstr("1 record could not be mirrored"));
    EXPECT_THAT(page, HasSubstr("<code>callmirror deletes list</code>"));

    example.account.enter(engine::account_phase::key_refused, "key refused");
    EXPECT_THAT(status_page(example.view), HasSubstr("Put a valid key in its place"));
}

TEST(StatusPage, ShowsNoFiguresOfAnAccountThatAnotherProcessMirrors) {
    example_view example;
    example.account.enter(engine::account_phase::held_elsewhere, "held by other:1:2");
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("held by other:1:2"));
    EXPECT_THAT(page, Not(HasSubstr("1,234,567")));
}

TEST(StatusPage, IsThereBeforeTheDatabaseIs) {
    web_view view;
    EXPECT_THAT(status_page(view), HasSubstr("waiting for the database."));
}

// A page of a thousand accounts would be read by nobody.
TEST(StatusPage, GivesManyAccountsALineEachAndTheBadOnesInFull) {
    std::vector<std::unique_ptr<example_view>> all;
    web_view view;
    for (int i = 0; i < 1000; ++i) {
        auto& each = *all.emplace_back(std::make_unique<example_view>());
        each.account.name = "account-" + std::to_string(i);
        each.account.lists[1].head_read_at = each.view.now;
        if (i == 0) {
            view = each.view;
            view.accounts.clear();
        }
        view.accounts.push_back(&each.account);
    }
    all[7]->account.lists[0].head_read_at = view.now - 1h;
    const auto page = status_page(view);
    EXPECT_LT(page.size(), 200'000U);
    EXPECT_THAT(page, HasSubstr("The mirror can be trusted for 999 of 1,000 accounts."));
    EXPECT_THAT(page, HasSubstr("<h2 id=\"account-7\">"));
    EXPECT_THAT(page, Not(HasSubstr("<h2 id=\"account-8\">")));
    EXPECT_THAT(page, HasSubstr("<a href=\"?account=account-8\">account-8</a>"));
    const auto one = status_page(view, "account-8");
    EXPECT_THAT(one, HasSubstr("<h2 id=\"account-8\">"));
    EXPECT_THAT(one, Not(HasSubstr("<h2 id=\"account-7\">")));
    EXPECT_EQ(status_page(view, "nobody"), page);
}

} // namespace
} // namespace callmirror::daemon
