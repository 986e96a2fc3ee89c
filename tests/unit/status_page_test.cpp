#include "daemon/page_style.hpp"
#include "daemon/status_page.hpp"
#include "tests/unit/web_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace callmirror::daemon {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(StatusPage, TellsEachListsFigures) {
    const example_view example;
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("acme <span class=\"state good\">mirroring</span>"));
    EXPECT_THAT(page, HasSubstr("12 s ago"));
    EXPECT_THAT(page, HasSubstr("50.0 % read of what is planned so far, 7 slices to go"));
    EXPECT_THAT(page, HasSubstr("1,234,567"));
    EXPECT_THAT(page, HasSubstr("streams of company 42"));
    EXPECT_THAT(page, HasSubstr("not read yet"));
    EXPECT_THAT(page,
                HasSubstr("123 requests, 3 of them throttled; pace 2.5 of at most 5.0 a second"));
}

TEST(StatusPage, JoinsEqualCellsOfTheStrip) {
    const example_view example;
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("<rect class=\"unread\" x=\"0\" width=\"1\" height=\"1\"/>"
                                "<rect class=\"day\" x=\"1\" width=\"95\" height=\"1\"/></svg>"));
    EXPECT_THAT(page, HasSubstr("2026-08-22"));
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
        EXPECT_THAT(page, Not(HasSubstr("<script")));
        EXPECT_THAT(page, Not(HasSubstr("\x1b")));
        EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
    }
    EXPECT_EQ(escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}

// The policy allows that style by its hash and nothing else, so nothing else may be there.
TEST(StatusPage, HasOneStyleAndNothingThePolicyForbids) {
    const example_view example;
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("<style>" + std::string(page_style()) + "</style>"));
    for (const auto* forbidden : {"<script", "style=\"", "<img", "<link", "<iframe",
                                  " src=", "javascript:", " on", "http://", "https://"}) {
        if (std::string_view(forbidden) == " on") { // handlers: onload= and the like
            EXPECT_THAT(page, Not(testing::ContainsRegex(" on[a-z]+=")));
        } else {
            EXPECT_THAT(page, Not(HasSubstr(forbidden))) << forbidden;
        }
    }
    EXPECT_THAT(page_policy(), HasSubstr("default-src 'none'; style-src 'sha256-"));
    EXPECT_THAT(page_policy(), HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(page_policy(), Not(HasSubstr("unsafe")));
}

TEST(StatusPage, LoadsItselfAgainWithoutAScript) {
    const example_view example;
    EXPECT_THAT(status_page(example.view),
                HasSubstr("<meta http-equiv=\"refresh\" content=\"15\">"));
}

TEST(StatusPage, SaysWhatToDoAboutAFailure) {
    example_view example;
    auto& calls = example.account.lists[0];
    calls.aside = "calls: 403";
    calls.last_error = "calls page 7: 503";
    calls.rejected = 1;
    calls.held_deletes = 60;
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("Set aside: calls: 403. The key may not read this list"));
    EXPECT_THAT(page, HasSubstr("The last read failed: calls page 7: 503. It is tried again"));
    EXPECT_THAT(page, HasSubstr("1 record could not be mirrored"));
    EXPECT_THAT(page, HasSubstr("callmirror deletes list"));

    example.account.enter(engine::account_phase::key_refused, "key refused");
    EXPECT_THAT(status_page(example.view), HasSubstr("Put a valid key in its place"));
}

TEST(StatusPage, ShowsNoFiguresOfAnAccountThatAnotherProcessMirrors) {
    example_view example;
    example.account.enter(engine::account_phase::held_elsewhere, "held by other:1:2");
    const auto page = status_page(example.view);
    EXPECT_THAT(page, HasSubstr("held by other:1:2"));
    EXPECT_THAT(page, Not(HasSubstr("12 s ago")));
}

TEST(StatusPage, IsThereBeforeTheDatabaseIs) {
    web_view view;
    EXPECT_THAT(status_page(view), HasSubstr("Waiting for the database."));
}

} // namespace
} // namespace callmirror::daemon
