// The dashboards of config/grafana on a mirror that the program made: every panel's SQL, run as
// callmirror_reader, gives what its panel can show, and the headlines are those of the source.
#include "tests/integration/grafana.hpp"
#include "tests/integration/harness.hpp"
#include "tests/simulator/record_text.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace callmirror::integration {
namespace {

using nlohmann::json;
using testing::HasSubstr;

bool is_number(pqxx::oid type) {
    const std::set<pqxx::oid> numbers{20, 21, 23, 700, 701, 1700};
    return numbers.contains(type);
}
bool is_time(pqxx::oid type) {
    return type == 1184; // timestamptz
}
bool is_text(pqxx::oid type) {
    return type == 25;
}

// What a panel can't show of that; "" where it can.
std::string misfit(const std::string& type, const pqxx::result& rows) {
    if (rows.empty()) {
        return "no rows";
    }
    std::string wrong;
    const auto want = [&](bool is_so, const std::string& what) {
        wrong += is_so ? "" : what + "; ";
    };
    int numbers = 0;
    for (pqxx::row::size_type i = 0; i < rows.columns(); ++i) {
        numbers += is_number(rows.column_type(i)) ? 1 : 0;
    }
    const auto first = rows.column_type(pqxx::row::size_type{0});
    const int columns = static_cast<int>(rows.columns());
    if (type == "stat") {
        want(rows.size() == 1 && columns == 1 && numbers == 1, "want one number");
        want(!rows[0][0].is_null(), "want a number, not null");
    } else if (type == "timeseries") {
        const bool named = columns > 1 && std::string(rows.column_name(1)) == "metric";
        want(std::string(rows.column_name(0)) == "time" && (is_time(first) || is_number(first)),
             "want a time first");
        want(!named || is_text(rows.column_type(1)), "want a text for the name of a line");
        want(numbers - (is_number(first) ? 1 : 0) == columns - (named ? 2 : 1), "want numbers");
        want(columns > (named ? 2 : 1), "want a number");
    } else if (type == "barchart" || type == "bargauge") {
        want(is_text(first), "want a text first");
        want(columns > 1 && numbers == columns - 1, "want numbers");
    } else {
        want(type == "table", "an unknown panel");
    }
    return wrong;
}

class Dashboards : public MirrorTest {
protected:
    Dashboards() { config.resources = ""; }

    // Ten days in the mirror, with deletions, and a call that could not be mirrored.
    void fill(api_source& from) {
        configure(from);
        from.with([](simulator::world& data) {
            data.replace_text(resource::calls, data.id_of(resource::calls, 9), R"({"no_id":1})");
        });
        EXPECT_EQ(run("migrate").status, 0);
        EXPECT_EQ(run("backfill", 180s).status, 0);
        from.with([](simulator::world& data) {
            for (const auto each : {resource::calls, resource::streams}) {
                data.remove(each, data.id_of(each, 3));
            }
        });
        EXPECT_EQ(run("backfill --again", 180s).status, 0);
    }
    std::string as_reader() const { return cluster().url(database, "callmirror_reader"); }
};

simulator::world_options world_of_dashboards() {
    auto options = small_world();
    options.partner_calls_per_day = 2;
    options.users = 12;
    return options;
}

TEST_F(Dashboards, ShowEveryPanelToTheReader) {
    api_source from(world_of_dashboards());
    fill(from);
    pqxx::connection reader(as_reader());
    const auto all = read_dashboards();
    EXPECT_EQ(all.size(), 4U);
    int asked = 0;
    for (const auto& each : all) {
        grafana shown(now() - std::chrono::days(30), now() + 1min);
        shown.choose_all(each, reader);
        for (const auto& panel : each.json.at("panels")) {
            const auto sql = sql_of(panel);
            if (sql.empty()) {
                continue;
            }
            const auto where = each.file + ": " + panel.at("title").get<std::string>();
            SCOPED_TRACE(where + '\n' + shown.expand(sql));
            try {
                const auto rows = pqxx::nontransaction(reader).exec(shown.expand(sql));
                EXPECT_EQ(misfit(panel.at("type"), rows), "");
            } catch (const pqxx::sql_error& error) {
                ADD_FAILURE() << error.what();
            }
            ++asked;
        }
    }
    EXPECT_GT(asked, 40);
}

// ---- headlines

// Every record that is there and has a key.
template <typename Visit>
void for_each_record(api_source& from, resource of, Visit visit) {
    from.with([&](simulator::world& data) {
        simulator::for_each_current(data, of, {},
                                    [&](std::string_view key, std::string_view text, auto) {
                                        if (!key.empty()) {
                                            visit(json::parse(text));
                                        }
                                    });
    });
}

double seconds_between(const json& begin, const json& end) {
    const auto at = [](const json& time) { return parse_time(time.get<std::string>()).value(); };
    return std::chrono::duration<double>(at(end) - at(begin)).count();
}

struct headlines {
    double calls = 0, over = 0, answered = 0, missed = 0, abandoned = 0, ratings = 0, rated = 0,
           answered_and_rated = 0, waiting = 0, length = 0, idle_buttons = 0;
    std::set<std::string> clients, agents, buttons;
};

headlines count_calls(api_source& from) {
    headlines made;
    for_each_record(from, resource::calls, [&](const json& call) {
        const std::string status = call.at("status");
        const bool is_answered = status == "answered";
        const bool is_rated = !call.at("rating").is_null();
        ++made.calls;
        made.over += status == "ongoing" ? 0 : 1;
        made.answered += is_answered ? 1 : 0;
        made.missed += status == "missed" ? 1 : 0;
        made.abandoned += status == "abandoned" ? 1 : 0;
        made.waiting +=
            is_answered ? seconds_between(call.at("created_at"), call.at("answered_at")) : 0;
        made.length += is_answered ? call.at("duration").get<double>() : 0;
        made.rated += is_rated ? 1 : 0;
        made.answered_and_rated += is_answered && is_rated ? 1 : 0;
        made.ratings += is_rated ? call.at("rating").get<double>() : 0;
        made.clients.insert(call.at("client").at("id").dump());
        made.agents.insert(call.at("agent").at("email"));
        made.buttons.insert(call.at("bid"));
    });
    for_each_record(from, resource::buttons, [&](const json& button) {
        const bool is_idle = button.at("active") && !made.buttons.contains(button.at("bid"));
        made.idle_buttons += is_idle ? 1 : 0;
    });
    return made;
}

struct stream_headlines {
    double streams = 0, events = 0, participants = 0, with_events = 0, length = 0, media = 0,
           recordings = 0, transcripts = 0, summaries = 0;
};

stream_headlines count_streams(api_source& from) {
    struct of_stream {
        std::set<std::int64_t> people;
        json first, last; // ISO 8601 in one form: as text in the order of time
    };
    std::map<std::int64_t, of_stream> streams;
    stream_headlines made;
    for_each_record(from, resource::streams,
                    [&](const json& stream) { streams[stream.at("id")] = {}; });
    for_each_record(from, resource::stream_events, [&](const json& event) {
        auto& its = streams.at(event.at("stream_id"));
        const auto& at = event.at("emitted_at");
        its.people.insert(event.at("user").at("id").get<std::int64_t>());
        its.first = its.first.is_null() ? at : std::min(its.first, at);
        its.last = its.last.is_null() ? at : std::max(its.last, at);
        const auto& data = event.at("data");
        const bool is_recording = event.at("type") == "recording";
        ++made.events;
        made.media += data.contains("s3Asset") ? 1 : 0;
        made.recordings += is_recording ? 1 : 0;
        made.transcripts += is_recording && !data.at("assemblyTranscriptId").is_null() ? 1 : 0;
        made.summaries += data.contains("summary") && !data["summary"]["text"].is_null() ? 1 : 0;
    });
    for (const auto& [id, its] : streams) {
        ++made.streams;
        made.participants += static_cast<double>(its.people.size());
        made.with_events += its.people.empty() ? 0 : 1;
        made.length += its.people.empty() ? 0 : seconds_between(its.first, its.last);
    }
    return made;
}

TEST_F(Dashboards, HaveTheHeadlinesOfTheSource) {
    api_source from(world_of_dashboards());
    fill(from);
    pqxx::connection reader(as_reader());
    const auto all = read_dashboards();
    const auto figure = [&](const std::string& file, const std::string& title) {
        const auto& board = *std::ranges::find(all, file, &dashboard::file);
        grafana shown(now() - std::chrono::days(30), now() + 1min);
        shown.choose_all(board, reader);
        return pqxx::nontransaction(reader)
            .exec(shown.expand(sql_of(board.panel(title))))[0][0]
            .as<double>();
    };
    const auto wanted = count_calls(from);
    EXPECT_GT(wanted.abandoned, 0);
    EXPECT_GT(wanted.rated, 0);
    EXPECT_EQ(figure("calls.json", "Calls"), wanted.calls);
    EXPECT_NEAR(figure("calls.json", "Answered"), wanted.answered / wanted.over, 1e-9);
    EXPECT_NEAR(figure("calls.json", "Missed"), wanted.missed / wanted.over, 1e-9);
    EXPECT_NEAR(figure("calls.json", "Abandoned"), wanted.abandoned / wanted.over, 1e-9);
    EXPECT_NEAR(figure("calls.json", "Rating"), wanted.ratings / wanted.rated, 1e-9);
    EXPECT_NEAR(figure("calls.json", "Length"), wanted.length / wanted.answered, 1e-6);
    EXPECT_EQ(figure("calls.json", "Clients"), static_cast<double>(wanted.clients.size()));
    EXPECT_NEAR(figure("calls.json", "Time to answer"), wanted.waiting / wanted.answered, 1e-6);
    EXPECT_NEAR(figure("calls.json", "Rated"), wanted.answered_and_rated / wanted.answered, 1e-9);
    EXPECT_EQ(figure("calls.json", "Other statuses"), 0);
    EXPECT_EQ(figure("calls.json", "Deleted at the source"), 1);
    EXPECT_EQ(figure("agents.json", "Agents"), static_cast<double>(wanted.agents.size()));
    EXPECT_EQ(figure("agents.json", "Buttons"), static_cast<double>(wanted.buttons.size()));
    EXPECT_EQ(figure("agents.json", "Calls"), wanted.calls);
    EXPECT_EQ(figure("agents.json", "Buttons without a call"), wanted.idle_buttons);
    const auto streams = count_streams(from);
    EXPECT_GT(streams.transcripts, 0);
    EXPECT_GT(streams.summaries, 0);
    EXPECT_EQ(figure("streams.json", "Streams"), streams.streams);
    EXPECT_EQ(figure("streams.json", "Events"), streams.events);
    EXPECT_NEAR(figure("streams.json", "Participants"), streams.participants / streams.streams,
                1e-9);
    EXPECT_NEAR(figure("streams.json", "Length"), streams.length / streams.with_events, 1e-6);
    EXPECT_EQ(figure("streams.json", "Deleted at the source"), 1);
    EXPECT_EQ(figure("streams.json", "Recordings"), streams.media);
    EXPECT_NEAR(figure("streams.json", "With a transcript"),
                streams.transcripts / streams.recordings, 1e-9);
    EXPECT_EQ(figure("streams.json", "Summaries"), streams.summaries);
    EXPECT_EQ(figure("health.json", "Failing stretches"), 0);
    EXPECT_EQ(figure("health.json", "Deletions that wait"), 0);
    EXPECT_EQ(figure("health.json", "Rejected"), 1);
    EXPECT_EQ(figure("health.json", "Open gaps"), 0);
    // The views by day, hour, agent, button and team count the same calls.
    for (const char* view : {"calls_by_day", "calls_by_hour", "calls_by_weekday", "calls_by_agent",
                             "calls_by_button", "calls_by_team", "ratings", "clients_by_day"}) {
        EXPECT_EQ(value("select sum(calls) from snapcall_bi." + std::string(view)),
                  std::to_string(static_cast<long>(wanted.calls)))
            << view;
    }
    EXPECT_EQ(value("select count(distinct client) from snapcall_bi.calls"),
              std::to_string(wanted.clients.size()));
    EXPECT_EQ(value("select sum(streams) from snapcall_bi.streams_by_day"),
              std::to_string(static_cast<long>(streams.streams)));
    EXPECT_EQ(value("select sum(events) from snapcall_bi.events_by_day"),
              std::to_string(static_cast<long>(streams.events)));
}

// ---- the files

TEST(DashboardFiles, ExplainEveryPanelAndNameNoDataSource) {
    std::ifstream file(CALLMIRROR_SOURCE_DIR "/daemon/metric_descriptions.cpp");
    const std::string metrics{std::istreambuf_iterator<char>(file), {}};
    for (const auto& each : read_dashboards()) {
        EXPECT_NO_THROW(each.panel("Data as of")) << each.file;
        std::set<int> ids;
        for (const auto& panel : each.json.at("panels")) {
            SCOPED_TRACE(each.file + ": " + panel.at("title").get<std::string>());
            EXPECT_TRUE(ids.insert(panel.at("id").get<int>()).second);
            EXPECT_NE(panel.at("title"), "");
            EXPECT_GT(panel.at("description").get<std::string>().size(), 20U);
            EXPECT_NE(panel.at("fieldConfig").at("defaults").at("unit"), "");
            const bool of_prometheus = sql_of(panel).empty();
            EXPECT_EQ(panel.at("datasource").at("uid"),
                      of_prometheus ? "${prometheus}" : "${datasource}");
            if (of_prometheus) { // it asks for metrics that the daemon has
                const std::string wanted = panel.at("targets").at(0).at("expr");
                std::smatch name;
                ASSERT_TRUE(std::regex_search(wanted, name, std::regex("callmirror_[a-z_]+")));
                const auto plain = std::regex_replace(name.str(), std::regex("_bucket$"), "");
                EXPECT_THAT(metrics, HasSubstr('"' + plain + '"'));
            }
        }
    }
}

} // namespace
} // namespace callmirror::integration
