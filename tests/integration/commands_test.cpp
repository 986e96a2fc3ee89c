// `callmirror status`, `deletes`, `check` and `migrate`, as an operator uses them.
#include "tests/integration/commands_fixture.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sys/stat.h>
#include <utility>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Status : public Commands {};
class Deletes : public Commands {
protected:
    // Whether any waits or not: what it needs is looked at first.
    void expect_cant_accept() {
        const auto key_file = directory + '/' + config.account + ".key";
        std::filesystem::rename(key_file, key_file + ".away");
        const auto without_key = run("deletes accept");
        std::filesystem::rename(key_file + ".away", key_file);
        EXPECT_EQ(without_key.status, 78) << without_key.text();
        EXPECT_THAT(without_key.err, HasSubstr(".key"));
        const auto right = std::exchange(config.ca_file, directory + "/nowhere.pem");
        write_configuration();
        const auto without_authority = run("deletes accept");
        EXPECT_EQ(without_authority.status, 78) << without_authority.text();
        EXPECT_THAT(without_authority.err, HasSubstr("nowhere.pem"));
        config.ca_file = right;
        write_configuration();
    }
};
class Check : public Commands {};
class Migrate : public Commands {};
class Regression : public Commands {};

// ---- status

TEST_F(Status, TellsPeopleAndMachinesWhatIsMirrored) {
    api_source from;
    config.resources = R"("calls", "streams", "stream_events")";
    configure(from);
    const auto before = run("status");
    EXPECT_EQ(before.status, 1) << before.text();
    EXPECT_THAT(before.out, HasSubstr("nothing has been mirrored yet; is the daemon running?"));

    auto daemon = start_daemon(from);
    ended text;
    const auto is_whole = [&] {
        text = run("status");
        return text.status == 0 &&
               number("select count(*) from callmirror.listings where history_complete") == 3;
    };
    EXPECT_TRUE(eventually(is_whole, 60s)) << text.text();
    EXPECT_THAT(text.out, HasSubstr("acme: ok; mirrored by "));
    EXPECT_THAT(text.out, HasSubstr("stream_events of company 123"));
    EXPECT_THAT(text.out, Not(HasSubstr("needs a person")));
    // Every list's history: said anew with each commit of its head, every 20 s.
    ended machine;
    nlohmann::json json;
    const auto all_complete = [&] {
        machine = run("status --json");
        json = nlohmann::json::parse(machine.out);
        return std::ranges::all_of(json.at("accounts").at(0).at("lists"), [](const auto& list) {
            return list.at("history_complete").template get<bool>();
        });
    };
    EXPECT_TRUE(eventually(all_complete, 60s)) << machine.text();
    EXPECT_EQ(machine.status, 0) << machine.text();
    EXPECT_TRUE(parse_time(json.at("now").get<std::string>()));
    EXPECT_THAT(json.at("attention"), IsEmpty());
    EXPECT_THAT(json.at("not_configured"), IsEmpty());
    ASSERT_EQ(json.at("accounts").size(), 1U);
    const auto& account = json["accounts"][0];
    EXPECT_EQ(account.at("name"), "acme");
    EXPECT_EQ(account.at("state"), "ok");
    EXPECT_EQ(account.at("companies"), nlohmann::json::array({123}));
    EXPECT_TRUE(account.at("holder").is_string());
    for (const char* name : {"reason", "requests_per_second"}) {
        EXPECT_TRUE(account.at(name).is_null()) << name;
    }
    ASSERT_EQ(account.at("lists").size(), 3U);
    for (const auto& list : account["lists"]) {
        SCOPED_TRACE(list.dump());
        const auto table = list.at("resource").get<std::string>();
        EXPECT_EQ(list.at("rows"), count(table));
        EXPECT_EQ(list.at("company").is_null(), table == "calls");
        EXPECT_EQ(list.at("history_complete"), true);
        EXPECT_EQ(list.at("history_share"), 1.0);
        EXPECT_TRUE(parse_time(list.at("newest_record").get<std::string>()));
        EXPECT_TRUE(parse_time(list.at("head_read_at").get<std::string>()));
        EXPECT_GE(list.at("age_s").get<double>(), 0);
        for (const char* name : {"gaps", "suspects", "held_deletions", "rejected", "failures"}) {
            EXPECT_EQ(list.at(name), 0) << name;
        }
        for (const char* name : {"set_aside", "last_error", "last_error_at"}) {
            EXPECT_TRUE(list.at(name).is_null()) << name;
        }
        EXPECT_TRUE(list.contains("due") && list.contains("complete_back_to"));
    }
}

TEST_F(Status, EndsWith1WhereSomethingNeedsAPerson) {
    api_source from;
    from.manner("streams.list_status", "403");
    config.resources = R"("calls", "streams")";
    configure(from);
    EXPECT_EQ(run("backfill").status, 1);
    auto status = run("status");
    EXPECT_EQ(status.status, 1) << status.text();
    EXPECT_THAT(status.out, HasSubstr("needs a person:\n  acme streams of company 123: set aside"));
    config.key = "wrong-key";
    write_configuration();
    EXPECT_EQ(run("backfill").status, 77);
    status = run("status --json");
    EXPECT_EQ(status.status, 1) << status.text();
    EXPECT_THAT(status.out, Not(HasSubstr("wrong-key")));
    const auto json = nlohmann::json::parse(status.out);
    EXPECT_EQ(json.at("accounts")[0].at("state"), "key refused");
    EXPECT_THAT(json.at("attention")[0].get<std::string>(), HasSubstr("acme: key refused"));
}

TEST_F(Regression, CommandsSayThatTheDatabaseHasNoSchemaYet) {
    api_source from;
    take_empty_database();
    configure(from);
    for (const char* command : {"status", "status --json", "deletes list", "deletes accept"}) {
        const auto done = run(command);
        EXPECT_EQ(done.status, 1) << done.text();
        EXPECT_THAT(done.err, HasSubstr("the database has no schema of callmirror's yet"));
        EXPECT_THAT(done.err, HasSubstr("callmirror migrate"));
        EXPECT_EQ(done.out, "");
    }
}

// ---- deletes

TEST_F(Deletes, WaitForAWordAndAreCarriedOutAtIt) {
    auto busy = small_world();
    busy.calls_per_day = 300;
    api_source from(busy);
    config.resources = R"("calls", "streams", "stream_events")";
    expect_mirrored(from);
    EXPECT_THAT(run("deletes accept").out, HasSubstr("no deletion waits for a word"));
    expect_cant_accept();
    const auto ids = from.ids(resource::calls);
    from.with([&](simulator::world& data) {
        for (std::size_t i = 0; i < ids.size() / 2; ++i) {
            data.remove(resource::calls, ids[i]);
        }
    });
    EXPECT_EQ(run("backfill --again").status, 0);
    // Where a stretch lost but a few, they are asked for and gone at once.
    const auto all = static_cast<long>(ids.size() / 2);
    EXPECT_LT(count("calls", "deleted_at is not null"), all / 2);
    const auto status = run("status");
    EXPECT_EQ(status.status, 1) << status.text();
    EXPECT_THAT(status.out, HasSubstr("wait for a word: `callmirror deletes list`"));
    EXPECT_THAT(run("deletes list").out, HasSubstr("calls"));
    expect_cant_accept();
    const auto accepted = run("deletes accept");
    EXPECT_EQ(accepted.status, 0) << accepted.text();
    EXPECT_THAT(accepted.out, HasSubstr("deletions carried out"));
    expect_equal(from);
    EXPECT_EQ(count("calls", "deleted_at is not null"), all);
}

// ---- check

TEST_F(Check, FindsThatAllIsWellAndWritesNothing) {
    api_source from;
    configure(from);
    const auto before = fingerprint();
    auto done = run("check");
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_THAT(done.out, HasSubstr("all is well"));
    for (const char* what :
         {"configuration", "acme: key", "database rights", "schema", "acme: API", "acme: calls",
          "acme: streams of company 123", "acme: stream_events of company 123"}) {
        EXPECT_THAT(done.out, HasSubstr(std::string("ok    ") + what)) << what;
    }
    EXPECT_EQ(fingerprint(), before);
    take_empty_database();
    write_configuration();
    const auto empty = fingerprint();
    done = run("check");
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_THAT(done.out, HasSubstr(" pending; `run` and `backfill` apply them"));
    EXPECT_EQ(fingerprint(), empty);
}

TEST_F(Check, NamesWhatIsWrongAndEndsWithTheWorst) {
    api_source from;
    config.give_up_after = "1s";
    configure(from);
    const auto expect = [&](int status, const std::string& said) {
        const auto done = run("check");
        EXPECT_EQ(done.status, status) << done.text();
        EXPECT_THAT(done.out, HasSubstr("FAIL")) << said;
        EXPECT_THAT(done.out, HasSubstr(said));
        EXPECT_THAT(done.out, Not(HasSubstr(config.key)));
    };
    config.key = "wrong-key";
    write_configuration();
    expect(77, "the API refuses the key");
    config.key = "simulated-key";
    write_configuration();
    ::chmod((directory + "/acme.key").c_str(), 0644);
    expect(78, "chmod");
    const auto right = config.database_url;
    config.database_url =
        "postgresql://nobody_here@127.0.0.1:" + std::to_string(cluster().port()) + "/" + database;
    write_configuration();
    expect(77, "nobody_here");
    config.database_url = "postgresql://[no-address/reporting";
    write_configuration();
    for (const char* command : {"check", "status", "migrate", "run", "backfill"}) {
        const auto unreadable = run(command);
        EXPECT_EQ(unreadable.status, 78) << command << ": " << unreadable.text();
        EXPECT_THAT(unreadable.text(), HasSubstr("write it as postgresql://"));
    }
    config.database_url = "postgresql://postgres@127.0.0.1:1/nowhere";
    write_configuration();
    expect(69, "127.0.0.1:1");
    config.database_url = right;
    config.ca_file.clear(); // another authority than those the system trusts
    write_configuration();
    expect(69, "certificate");
}

TEST_F(Check, WarnsOfAListThatTheKeyMayNotRead) {
    api_source from;
    from.manner("streams.list_status", "403");
    configure(from);
    const auto done = run("check");
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_THAT(done.out, HasSubstr("warn  acme: streams of company 123"));
    EXPECT_THAT(done.out, HasSubstr("not readable with this key"));
    EXPECT_THAT(done.out, HasSubstr("it can be used; 1 warning"));
}

// ---- the account's pace, which a process that mirrors it needs, too

class CheckAndPlan : public Commands {
protected:
    static constexpr auto both = {"check", "backfill --plan"};
    void leases(const std::string& change) {
        value("update callmirror.leases set " + change + " returning account");
    }
};

TEST_F(CheckAndPlan, AskNothingWhileTheApiHasToldTheDaemonToWait) {
    api_source from;
    configure(from);
    auto daemon = start_daemon(from);
    from.faults(R"([{"kind":"list","do":"status","status":429,"headers":{"Retry-After":"3600"}}])");
    ASSERT_TRUE(eventually([&] {
        return value("select quiet_until > now() + interval '50 minutes' "
                     "from callmirror.leases") == "t";
    })) << daemon->err();
    EXPECT_THAT(run("status").out, HasSubstr("; the API wants no request before 20"));
    const auto before = from.requests();
    for (const char* command : both) {
        const auto done = run(command);
        EXPECT_EQ(done.status, 69) << command << done.text();
        EXPECT_THAT(done.text(), HasSubstr("the API wants no request before 20")) << command;
    }
    EXPECT_EQ(from.requests(), before);
}

TEST_F(CheckAndPlan, WaitAsLongAsTheApiHasAskedForWhereThatIsShort) {
    api_source from;
    expect_mirrored(from);
    for (const char* command : both) {
        leases("quiet_until = now() + interval '4 seconds'");
        const auto done = run(command);
        EXPECT_EQ(done.status, 0) << command << done.text();
        EXPECT_EQ(value("select now() > quiet_until from callmirror.leases"), "t") << command;
    }
}

TEST_F(CheckAndPlan, TakeATenthOfThePaceWhereAnotherProcessHoldsTheAccount) {
    api_source from;
    config.requests_per_second = 40;
    expect_mirrored(from);
    leases("holder = 'another', expires_at = now() + interval '1 hour'");
    for (const char* command : both) {
        const auto before = from.requests();
        const auto done = run(command);
        EXPECT_EQ(done.status, 0) << command << done.text();
        EXPECT_THAT(done.err, HasSubstr("another holds the account")) << command;
        const auto sent = static_cast<long>(from.requests() - before);
        EXPECT_GE(done.took, (sent - 1) * 250ms) << command << sent;
        if (done.out.find(" requests a second") != std::string::npos) { // the account's, not ours
            EXPECT_THAT(done.out, HasSubstr(" at 40 requests a second"));
        }
    }
}

TEST_F(CheckAndPlan, BeginWithThePaceThatWasLearnt) {
    api_source from;
    expect_mirrored(from);
    value("update callmirror.accounts set pace = 4 returning account");
    const auto before = from.requests();
    const auto done = run("check");
    EXPECT_EQ(done.status, 0) << done.text();
    // It rises by what was refused last, and not at once.
    const auto sent = static_cast<long>(from.requests() - before);
    EXPECT_GE(done.took, (sent - 1) * 200ms) << sent;
}

// ---- the database is away

TEST_F(Check, AndAllThatTalkToTheDatabaseAloneSayWhatToDoWhereItIsAway) {
    api_source from;
    config.give_up_after = "1s";
    config.database_url = "postgresql://postgres@127.0.0.1:1/nowhere";
    configure(from);
    for (const char* command :
         {"status", "status --json", "fields", "deletes list", "deletes accept", "migrate"}) {
        const auto done = run(command);
        EXPECT_EQ(done.status, 69) << command << done.text();
        EXPECT_EQ(done.out, "") << command;
        EXPECT_THAT(done.err, HasSubstr("callmirror: database 127.0.0.1:1/nowhere: "));
        EXPECT_THAT(done.err, HasSubstr("\nhint: see that PostgreSQL runs there")) << command;
    }
    for (const char* command : {"check", "backfill"}) {
        const auto done = run(command);
        EXPECT_EQ(done.status, 69) << command << done.text();
        EXPECT_THAT(done.text(), HasSubstr("hint: see that PostgreSQL runs there")) << command;
    }
}

// ---- migrate

TEST_F(Migrate, AppliesWhatIsMissingOnceAndPrintsTheSame) {
    api_source from;
    configure(from);
    const auto known = run("migrate");
    EXPECT_EQ(known.status, 0) << known.text();
    EXPECT_THAT(known.out, HasSubstr(", as it was"));
    take_empty_database();
    write_configuration();
    const auto applied = run("migrate");
    EXPECT_EQ(applied.status, 0) << applied.text();
    EXPECT_THAT(applied.out, HasSubstr("applied 0001"));
    EXPECT_THAT(run("migrate").out, HasSubstr(", as it was"));

    const auto printed = run("migrate --print");
    EXPECT_EQ(printed.status, 0) << printed.text();
    std::ofstream(directory + "/schema.sql") << printed.out;
    const auto other = cluster().empty_database();
    child psql({"/usr/bin/env", "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d",
                cluster().url(other), "-f", directory + "/schema.sql"},
               directory + "/psql");
    const auto piped = psql.wait();
    EXPECT_EQ(piped.status, 0) << piped.text();
    const auto schema_of = [&](const std::string& name) {
        // Not who may read it: that is no part of the schema.
        child dump({"/usr/bin/env", "pg_dump", "--schema-only", "--no-privileges", "-d",
                    cluster().url(name)},
                   directory + "/dump");
        const auto dumped = dump.wait();
        EXPECT_EQ(dumped.status, 0) << dumped.text();
        // Newer ones guard the text with a word of chance.
        return std::regex_replace(dumped.out, std::regex(R"(\\(un)?restrict .*)"), "");
    };
    EXPECT_THAT(schema_of(database), HasSubstr("CREATE TABLE snapcall.calls"));
    EXPECT_EQ(schema_of(other), schema_of(database));
    const std::string migrations =
        "select string_agg(version || name || checksum, ' ' order by version) from "
        "callmirror.migrations";
    EXPECT_EQ(cluster().value(other, migrations), value(migrations));
    database = other;
    config.database_url = cluster().url(database);
    expect_mirrored(from);
}

} // namespace
} // namespace callmirror::integration
