// The daemon's HTTP face, looked at as people and machines do: by a real browser on screens of
// three sizes, and by a real Prometheus. The pictures stay below the build directory, to be looked
// at.
#include "tests/integration/browser.hpp"
#include "tests/integration/daemon_fixture.hpp"
#include "tests/integration/http_get.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sys/stat.h>
#include <unistd.h>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// A mirror as it may be some day: one account is well, of one the key is refused, and one is half
// read, with a list set aside and a stretch that can't be read.
class Page : public Daemon {
protected:
    Page()
        : years_(years()) {
        refusing_.with_service([](simulator::service& api) { api.keys() = {"another-key"}; });
        years_.manner("streams.list_status", "403");
        config.listen = "127.0.0.1:0";
        config.resources = "";
        config.more_of_account = account("beta", refusing_, "") +
                                 account("gamma", years_, R"(resources = ["calls", "streams"]
requests_per_second = 40
page_size = 50
)");
        configure(well_);
        running = start("run");
        url = page_url(*running);
    }

    static simulator::world_options years() {
        auto world = small_world();
        world.start = now() - std::chrono::days(900);
        return world;
    }
    std::string account(const std::string& name, const api_source& from, const std::string& more) {
        return "[[accounts]]\nname = \"" + name + "\"\nbase_url = \"" + from.base_url() +
               "\"\nca_file = \"" + from.ca_file() + "\"\napi_key_file = \"" + directory +
               "/acme.key\"\n" + more;
    }
    bool shows(const std::string& metric) {
        return std::regex_search(http_get(url + "metrics").body, std::regex(metric));
    }
    bool has_half_a_history() {
        const std::string slices = R"(callmirror_slices\{account="gamma",resource="calls",state=)";
        if (!eventually([&] { return shows(slices + R"("current"\} ([5-9]|\d\d))"); }, 120s)) {
            return false;
        }
        // From there on no closed slice can be read: a part of a history it stays.
        years_.faults(R"([{"resource":"calls","kind":"list","target":"end=",
                           "do":"status","status":500}])");
        return eventually(
            [&] {
                return shows(slices + R"("failing"\} [1-9])") &&
                       shows(slices + R"("unread"\} [1-9])") &&
                       shows(R"(callmirror_history_complete\{account="acme",resource="calls"\} 1)");
            },
            120s);
    }

    api_source well_, refusing_, years_;
    std::unique_ptr<child> running;
    std::string url;
};

// Whatever sticks out to the right.
constexpr auto sticking_out = R"js(
[...document.querySelectorAll('body *')]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map((each) => each.tagName + ' ' + each.className + ' ' + each.textContent.slice(0, 40)).join('; ')
)js";

class LookedAt : public Page {
protected:
    void look_at(browser& with, const screen& of) {
        const auto name = std::to_string(of.width) + (of.dark ? "-dark" : "-light") +
                          (of.scripts ? "" : "-without-scripts");
        SCOPED_TRACE(name);
        const auto tab = with.open(url, of);
        const auto text = with.evaluate(tab, "document.body.innerText").get<std::string>();
        for (const auto* wanted :
             {"can be trusted for 2 of 3 accounts", "acme", "history complete", "set aside",
              "refuses the key", "Put a valid key", "gaps to read",
              "of its history could not be read", "requests in the last hour"}) {
            EXPECT_THAT(text, HasSubstr(wanted));
        }
        EXPECT_EQ(with.evaluate(tab, sticking_out), "");
        EXPECT_LE(with.evaluate(tab, "document.documentElement.scrollWidth").get<int>(), of.width);
        // The policy let the style through.
        const auto ground = with.evaluate(tab, "getComputedStyle(document.body).backgroundColor")
                                .get<std::string>();
        EXPECT_EQ(ground, of.dark ? "rgb(18, 22, 26)" : "rgb(245, 246, 247)");
        with.take_picture(tab, pictures + "/" + name + ".png");
        EXPECT_THAT(with.complaints(tab), IsEmpty());
    }

    const std::string pictures = CALLMIRROR_PICTURES;
};

TEST_F(LookedAt, IsReadableOnEachScreenWithAndWithoutScripts) {
    ASSERT_FALSE(url.empty()) << running->err();
    std::filesystem::create_directories(pictures);
    ASSERT_TRUE(has_half_a_history()) << running->err() << http_get(url + "metrics").body;
    browser with(directory);
    // Without scripts it is loaded again by itself, which takes 15 s: meanwhile the rest.
    const auto plain = with.open(url, {.scripts = false});
    for (const int width : {360, 768, 1280}) {
        for (const bool dark : {false, true}) {
            for (const bool scripts : {true, false}) {
                look_at(with, {.width = width, .dark = dark, .scripts = scripts});
            }
        }
    }
    const auto tab = with.open(url, {});
    const auto time = "document.querySelector('time').textContent";
    const auto first = with.evaluate(tab, time);
    EXPECT_TRUE(eventually(
        [&] {
            with.idle(200ms);
            return with.evaluate(tab, time) != first;
        },
        30s));
    EXPECT_EQ(with.loads(tab), 1) << "it shows itself anew without losing the place";
    EXPECT_THAT(with.complaints(tab), IsEmpty());
    EXPECT_TRUE(eventually(
        [&] {
            with.idle(200ms);
            return with.loads(plain) > 1;
        },
        30s));

    // What is old must not look fresh.
    expect_ends_with_0(*running);
    EXPECT_TRUE(eventually(
        [&] {
            with.idle(200ms);
            return with.evaluate(tab, "document.getElementById('stale').innerText")
                       .get<std::string>()
                       .find("callmirror does not answer") == 0;
        },
        30s));
    with.take_picture(tab, pictures + "/1280-light-stale.png");
}

// What a Host of another name, another method and another path get is tested without a socket.
TEST_F(Page, IsServedWithAPolicyAndHoldsNobodysData) {
    ASSERT_TRUE(eventually(
        [&] { return http_get(url).body.find("history complete") != std::string::npos; }, 60s));
    const auto page = http_get(url);
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.header, HasSubstr("Content-Security-Policy: default-src 'none'"));
    for (const auto* sql : {"select email from snapcall.users where email is not null limit 1",
                            "select id::text from snapcall.calls limit 1"}) {
        EXPECT_THAT(page.body, Not(HasSubstr(value(sql)))) << sql;
    }
    EXPECT_THAT(page.body, Not(HasSubstr("simulated-key")));
    EXPECT_EQ(http_get(url + "healthz").body, "ok\n");
    EXPECT_EQ(http_get(url + "readyz").status, 503);
    EXPECT_THAT(http_get(url + "readyz").body, HasSubstr("beta: key refused"));
}

class Scraped : public Page {
protected:
    std::string written(const std::string& name, const std::string& text) const {
        const auto path = directory + "/" + name;
        std::ofstream(path) << text;
        return path;
    }
};

TEST_F(Scraped, ByPromtoolAndARealPrometheus) {
    ASSERT_TRUE(has_half_a_history()) << running->err();
    const auto metrics = written("metrics", http_get(url + "metrics").body);
    const auto said = written("promtool", "");
    EXPECT_EQ(std::system(("promtool check metrics < " + metrics + " > " + said + " 2>&1").c_str()),
              0)
        << tests::read_file(said);
    EXPECT_EQ(tests::read_file(said), "");

    int holder = -1;
    const auto at = "127.0.0.1:" + std::to_string(tests::held_port(holder));
    const auto target = url.substr(7, url.size() - 8);
    const auto file = written("prometheus.yml", "global: {scrape_interval: 1s}\n"
                                                "rule_files: ['" CALLMIRROR_ALERTS "']\n"
                                                "scrape_configs:\n- job_name: callmirror\n"
                                                "  static_configs: [{targets: ['" +
                                                    target + "']}]\n");
    const child prometheus({"/usr/bin/prometheus", "--config.file=" + file,
                            "--storage.tsdb.path=" + directory + "/tsdb",
                            "--web.listen-address=" + at},
                           directory + "/prometheus");
    const auto ask = [&](const std::string& query) {
        return http_get("http://" + at + "/api/v1/query?query=" + query).body;
    };
    EXPECT_TRUE(eventually(
        [&] {
            return ask("up%7Bjob=%22callmirror%22%7D").find(R"(,"1"]}]})") != std::string::npos;
        },
        60s))
        << prometheus.err();
    EXPECT_THAT(ask("callmirror_account_state%7Bstate=%22key_refused%22%7D==1"),
                HasSubstr(R"("account":"beta")"));
    EXPECT_THAT(ask("callmirror_rows_total%7Baccount=%22acme%22%7D%3E0"),
                HasSubstr(R"("resource":"calls")"));
    const auto rules = http_get("http://" + at + "/api/v1/rules").body;
    EXPECT_THAT(rules, HasSubstr("CallmirrorKeyRefused"));
    EXPECT_THAT(rules, Not(HasSubstr(R"("health":"err")")));
    ::close(holder);
}

} // namespace
} // namespace callmirror::integration
