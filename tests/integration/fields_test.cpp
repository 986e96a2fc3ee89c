// callmirror.fields: what the API sends, counted by the real program over what it mirrors.
#include "tests/integration/harness.hpp"
#include "tests/integration/http_get.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <map>
#include <regex>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

class Fields : public MirrorTest {
protected:
    // How many records have a path, by the program's own count and by PostgreSQL's.
    long seen(const std::string& path) const {
        return number("select coalesce(sum(seen), 0) from callmirror.fields "
                      "where resource = 'calls' and path = '" +
                      path + "'");
    }
    long rows(const std::string& where) const {
        return number("select count(*) from snapcall.calls where " + where);
    }
};

TEST_F(Fields, AreCountedOverAllThatIsMirrored) {
    api_source from;
    expect_mirrored(from);
    EXPECT_EQ(seen(""), rows("true"));
    EXPECT_EQ(seen("/language"), rows("raw ? 'language'"));
    EXPECT_EQ(seen("/client/id"), rows("raw #> '{client,id}' is not null"));
    EXPECT_EQ(seen("/tags/[]"), rows("jsonb_array_length(raw -> 'tags') > 0"));
    EXPECT_GT(seen("/tags/[]"), 0);

    // Read again without any change: nothing was on its way to the database.
    EXPECT_EQ(run("backfill --again").status, 0);
    EXPECT_EQ(seen(""), rows("true"));

    const auto printed = run("fields --resource calls --json");
    ASSERT_EQ(printed.status, 0) << printed.text();
    std::map<std::string, nlohmann::json> by_path;
    for (const auto& each : nlohmann::json::parse(printed.out)) {
        EXPECT_EQ(each.at("account"), "acme");
        EXPECT_EQ(each.at("resource"), "calls");
        by_path[each.at("path")] = each;
    }
    EXPECT_EQ(by_path.at("/language").at("type"), "text");
    EXPECT_EQ(by_path.at("/language").at("example"), "text(2)");
    EXPECT_EQ(by_path.at("/agent/email").at("example"), "email");
    EXPECT_EQ(by_path.at("/tags/[]").at("seen"), seen("/tags/[]"));
    EXPECT_THAT(run("fields --resource calls").out, HasSubstr("/agent/email"));
    EXPECT_THAT(run("fields --resource calls").out, Not(HasSubstr("stream_events")));
    EXPECT_EQ(run("fields --resource call").status, 64);
    EXPECT_EQ(value("select types from snapcall_bi.fields where path = '/language'"), "text");
}

TEST_F(Fields, HoldNoValue) {
    api_source from;
    config.resources.clear();
    expect_mirrored(from);
    EXPECT_GT(number("select count(distinct resource) from callmirror.fields"), 8);
    EXPECT_EQ(
        value("select string_agg(distinct example, ', ') from callmirror.fields where example "
              "!~ '^(null|true or false|object|list|uuid|email|url|(text|digits|number)"
              "\\(\\d+\\)|[-+9TZ:. e]+)$'"),
        "");
    EXPECT_EQ(value("select string_agg(distinct path, ', ') from callmirror.fields where path !~ "
                    "'^(/([A-Za-z_$][A-Za-z0-9_$-]*|\\*|\\[\\]))*$'"),
              "");
}

TEST_F(Fields, ThatAppearOrAreOfAnotherTypeAreToldOnce) {
    api_source from;
    config.resources = R"("calls")";
    configure(from);
    EXPECT_THAT(run("backfill").text(), Not(HasSubstr("fields appeared")));
    cluster().sql(database, "delete from callmirror.fields where path = '/language'; "
                            "update callmirror.fields set type = 'number' where path = '/bid'");
    from.add(resource::calls, now());
    const auto told = run("backfill").text();
    EXPECT_THAT(told, HasSubstr("calls: fields appeared: /language (text)"));
    EXPECT_THAT(told, HasSubstr("calls: fields retyped: /bid (text)"));
    from.add(resource::calls, now());
    EXPECT_THAT(run("backfill").text(), Not(HasSubstr("fields")));
}

TEST_F(Fields, ThatVanishAreToldOnceAndCounted) {
    api_source from;
    config.resources = R"("calls")";
    config.listen = "127.0.0.1:0";
    configure(from);
    EXPECT_EQ(run("backfill").status, 0);
    // One that was in each of the first hundred records, and was not seen for two days.
    cluster().sql(database,
                  R"(insert into callmirror.fields values ('acme', 'calls', '/old', 'text',
        'text(3)', 100, 100, now() - interval '3 days', now() - interval '2 days'))");
    const auto daemon = start("run");
    const auto url = page_url(*daemon);
    from.add(resource::calls, now());
    const auto count = [&] {
        const auto all = http_get(url + "metrics").body;
        const std::regex line("callmirror_field_changes_total\\{[^\n]*\"vanished\"[^\n]*");
        std::smatch found;
        return std::regex_search(all, found, line) ? found.str() : "none";
    };
    EXPECT_TRUE(eventually([&] { return count().ends_with(" 1"); })) << count();
    EXPECT_EQ(value("select vanished_at > now() - interval '1 min' from snapcall_bi.fields "
                    "where path = '/old'"),
              "t");
    from.add(resource::calls, now());
    EXPECT_TRUE(eventually([&] { return differences(from, {resource::calls}).empty(); }));
    EXPECT_TRUE(count().ends_with(" 1")) << count();
    daemon->signal(SIGTERM);
    daemon->wait();
    const auto told = daemon->err();
    const auto first = told.find("calls: fields vanished: /old (text)");
    ASSERT_NE(first, std::string::npos) << told;
    EXPECT_EQ(told.find("vanished", first + 20), std::string::npos) << told;
    EXPECT_THAT(run("fields --resource calls").out, HasSubstr("gone since"));
}

} // namespace
} // namespace callmirror::integration
