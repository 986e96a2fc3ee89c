// The door for scripts: /_simulator/, and a world that lives on with the clock.
#include "tests/unit/simulator_on_the_wire.hpp"

#include <algorithm>
#include <sstream>
#include <thread>

namespace callmirror::simulator {
namespace {

TEST_F(SimulatorServer, TakesOrdersThroughItsControl) {
    server running(api, plain());
    auto one = connect(running);
    const auto post = [&](const std::string& path, const std::string& body) {
        return one.get("/_simulator/" + path, http::verb::post, body);
    };
    const auto before = data.count(resource::calls);
    const auto added = post(
        "mutate", R"([{"do":"add","resource":"calls","time":"2026-03-02T05:00:00Z","count":3}])");
    EXPECT_EQ(added.status, 200) << added.body;
    const auto id = nlohmann::json::parse(added.body)[0][2].dump();
    EXPECT_EQ(post("mutate", R"({"do":"remove","resource":"calls","id":)" + id + "}").status, 200);
    EXPECT_EQ(post("mutate", R"({"do":"remove","resource":"calls","id":1})").status, 400);
    EXPECT_EQ(post("mutate", R"({"do":"live","seconds":7200})").status, 200);
    EXPECT_EQ(post("manners", R"({"first_page":1})").status, 200);
    EXPECT_EQ(post("manners", R"({"first_page":7})").status, 400);
    EXPECT_EQ(one.get("/v2/calls?page=0").status, 400);
    EXPECT_EQ(
        post("faults", R"({"name":"x","resource":"calls","do":"status","status":502})").status,
        200);
    EXPECT_EQ(one.get("/v2/calls").status, 502);
    EXPECT_EQ(post("faults/clear", "").status, 200);
    EXPECT_EQ(one.get("/v2/calls").status, 200);
    EXPECT_EQ(post("keys", R"(["other"])").status, 200);
    EXPECT_EQ(one.get("/v2/calls").status, 401);
    EXPECT_EQ(post("log/clear", "").status, 200);
    const auto stats = nlohmann::json::parse(one.get("/_simulator/stats").body);
    EXPECT_EQ(stats["requests"], 0);
    EXPECT_EQ(stats["records"]["calls"], data.count(resource::calls));
    EXPECT_GE(data.count(resource::calls), before + 2);
    EXPECT_EQ(one.get("/_simulator/nothing").status, 404);
    EXPECT_NE(one.get("/_simulator/").body.find("mutate"), std::string::npos);
}

TEST_F(SimulatorServer, DumpsItsRecordsLineByLine) {
    data.replace_text(resource::calls, data.id_of(resource::calls, 0), "[\n1]");
    server running(api, plain());
    auto one = connect(running);
    std::istringstream lines(one.get("/_simulator/records/calls").body);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        const auto each = nlohmann::json::parse(line);
        EXPECT_EQ(each["key"].is_null(), count == 0) << line;
        if (count > 0) {
            EXPECT_EQ(each["key"].get<std::string>(), each["record"]["id"].dump());
        }
    }
    EXPECT_EQ(count, data.count(resource::calls));
    const auto part = one.get("/_simulator/records/calls?first=1&count=2").body;
    EXPECT_EQ(std::ranges::count(part, '\n'), 2);
}

TEST_F(SimulatorServer, LivesOnWithItsClock) {
    auto options = plain();
    options.live = true;
    options.clock = [begin = std::chrono::steady_clock::now()] { // an hour every 10 ms
        const auto since = std::chrono::steady_clock::now() - begin;
        return monday + 48h + std::chrono::floor<std::chrono::milliseconds>(since * 360'000);
    };
    const auto before = data.count(resource::calls);
    server running(api, options);
    for (auto now = before; now < before + 100;) {
        std::this_thread::sleep_for(20ms);
        const auto guard = running.lock();
        now = data.count(resource::calls);
    }
    EXPECT_EQ(connect(running).get("/v2/calls").status, 200);
}

TEST_F(SimulatorServer, LeavesItsPortToTheNextOne) {
    auto options = plain();
    {
        server first(api, options);
        options.port = first.port();
        EXPECT_EQ(connect(first).get("/v2/calls").status, 200);
    }
    server second(api, options);
    EXPECT_EQ(connect(second).get("/v2/calls").status, 200);
}

} // namespace
} // namespace callmirror::simulator
