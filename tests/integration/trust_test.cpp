// What the program must never trust, and what it must never give away: a refused key, a server that
// is not who it says, a redirect, a key file that others can read.
#include "tests/integration/harness.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

namespace callmirror::integration {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view commands[] = {"backfill", "run", "check"};

std::uint64_t after_refusal(api_source& from) {
    return from.with_service(
        [](simulator::service& api) { return api.log().after_unauthorized(); });
}

void accept_only(api_source& from, const std::string& key) {
    from.with_service([&](simulator::service& api) { api.keys() = {key}; });
}

// ---- keys

class Key : public MirrorTest {};

TEST_F(Key, ThatIsWrongIsUsedOnceAndEndsWith77) {
    for (const auto command : commands) {
        for (const char* companies : {"", "123"}) { // named: the first request is a list's
            SCOPED_TRACE(std::string(command) + " companies = [" + companies + "]");
            api_source from;
            accept_only(from, "another-key");
            config.companies = companies;
            configure(from);
            const auto done = run(std::string(command));
            EXPECT_EQ(done.status, 77) << done.text();
            EXPECT_THAT(done.text(), HasSubstr("the API refuses the key"));
            EXPECT_THAT(done.text(), HasSubstr("401"));
            EXPECT_EQ(from.requests(), 1U) << done.text();
            EXPECT_EQ(number("select count(*) from snapcall.calls"), 0);
        }
    }
}

// What was in flight already may still come; nothing else does.
TEST_F(Key, ThatIsRefusedInTheMiddleOfABackfillIsUsedNoMore) {
    for (const int in_flight : {1, 4}) {
        SCOPED_TRACE(in_flight);
        api_source from;
        from.manner("latency_ms", "5");
        from.faults(R"([{"kind":"list","from":40,"do":"status","status":401}])");
        database = cluster().migrated_database();
        config.database_url = cluster().url(database);
        config.page_size = 20;
        config.max_in_flight = in_flight;
        configure(from);
        const auto done = run("backfill");
        EXPECT_EQ(done.status, 77) << done.text();
        EXPECT_THAT(done.text(), HasSubstr("the API refuses the key"));
        EXPECT_LE(after_refusal(from), static_cast<std::uint64_t>(in_flight - 1));
        EXPECT_EQ(value("select state from callmirror.accounts"), "key refused");
        from.no_more_faults();
        expect_mirrored(from);
    }
}

TEST_F(Key, ThatIsRevokedWhileTheDaemonRunsEndsItWith77) {
    api_source from;
    configure(from);
    const auto daemon = start("run");
    ASSERT_TRUE(equal_within(from)) << differences(from) << daemon->err();
    accept_only(from, "another-key");
    const auto done = daemon->wait();
    EXPECT_EQ(done.status, 77) << done.text();
    EXPECT_THAT(done.text(), HasSubstr("the API refuses the key"));
    EXPECT_LE(after_refusal(from), 3U);
    const auto status = run("status");
    EXPECT_EQ(status.status, 1) << status.text();
    EXPECT_THAT(status.out, HasSubstr("key refused"));
    // A new key, and it goes on.
    from.add(resource::calls, now(), 3);
    config.key = "another-key";
    expect_mirrored(from);
}

// ---- the key's file

class KeyFile : public MirrorTest {
protected:
    void expect_refused(const char* mode, const std::string& want) {
        for (const auto command : commands) {
            SCOPED_TRACE(std::string(command) + " with " + mode);
            const auto done = run(std::string(command));
            EXPECT_EQ(done.status, 78) << done.text();
            EXPECT_THAT(done.text(), HasSubstr(want));
            EXPECT_THAT(done.text(), Not(HasSubstr(config.key)));
        }
    }
    void set_mode(mode_t mode) { ASSERT_EQ(::chmod(key_file().c_str(), mode), 0); }
    std::string key_file() const { return directory + "/acme.key"; }
};

TEST_F(KeyFile, ThatOthersCanReadIsRefusedWithTheChmodToRun) {
    api_source from;
    configure(from);
    for (const auto& [mode, shown] :
         {std::pair<mode_t, const char*>{0644, "0644"}, {0604, "0604"}, {0660, "0660"}}) {
        set_mode(mode);
        expect_refused(shown, "chmod 600 " + key_file());
    }
    EXPECT_EQ(from.requests(), 0U);
    set_mode(0600);
    expect_mirrored(from);
}

// Root's file with mode 640 is how root hands a secret to a service's user by its group: no user
// can give a group to root's file. A user's own file has no such reason to be open to a group.
TEST_F(KeyFile, ThatItsGroupCanReadIsRefusedUnlessItIsRoots) {
    api_source from;
    configure(from);
    set_mode(0640);
    if (::geteuid() != 0) {
        expect_refused("0640", "chmod 600 " + key_file());
        return;
    }
    expect_mirrored(from);
    ASSERT_EQ(::chown(key_file().c_str(), 65534, 65534), 0);
    expect_refused("0640 of another user", "chown 0 " + key_file());
}

// ---- who the server is

struct wrong_server {
    const char* name;
    const char* says;
};

class Certificate : public MirrorTest, public testing::WithParamInterface<wrong_server> {
protected:
    static simulator::server_options options() {
        using namespace std::chrono;
        test_support::certificate_request of{.names = {"localhost"}, .ips = {"127.0.0.1"}};
        if (std::string_view(GetParam().name) == "Expired") {
            of.not_before = system_clock::now() - 48h;
            of.not_after = system_clock::now() - 1h;
        } else if (std::string_view(GetParam().name) == "WrongName") {
            of = {.names = {"other.example"}, .ips = {"127.0.0.2"}};
        }
        return {.certificate = of};
    }

    // Its authority is the right one unless that is what is wrong.
    void point_at(const api_source& from, const api_source& other) {
        configure(from);
        config.give_up_after = "2s";
        if (std::string_view(GetParam().name) == "UnknownAuthority") {
            config.ca_file = other.ca_file();
        }
        write_configuration();
    }

    api_source other_{empty_world()};
    api_source from_{empty_world(), options()};
};

TEST_P(Certificate, EndsABackfillWith69) {
    for (const char* companies : {"", "123"}) {
        SCOPED_TRACE(companies);
        config.companies = companies;
        point_at(from_, other_);
        const auto done = run("backfill");
        EXPECT_EQ(done.status, 69) << done.text();
        EXPECT_THAT(done.out, HasSubstr(GetParam().says));
        EXPECT_THAT(done.err, HasSubstr(GetParam().says)) << "at once, not only at the end";
        EXPECT_EQ(from_.requests(), 0U) << "the key was sent";
    }
}

TEST_P(Certificate, EndsACheckAtOnceWith69) {
    point_at(from_, other_);
    config.give_up_after = "10m";
    write_configuration();
    const auto done = run("check");
    EXPECT_EQ(done.status, 69) << done.text();
    EXPECT_THAT(done.text(), HasSubstr(GetParam().says));
    EXPECT_EQ(from_.requests(), 0U) << "the key was sent";
}

// The daemon never gives up, and says why it waits.
TEST_P(Certificate, IsSaidByTheDaemonAtOnce) {
    point_at(from_, other_);
    const auto daemon = start("run");
    EXPECT_TRUE(eventually([&] {
        return daemon->err().find(GetParam().says) != std::string::npos;
    })) << daemon->err();
    EXPECT_TRUE(daemon->is_running());
    daemon->signal(SIGTERM);
    EXPECT_EQ(daemon->wait().status, 0) << daemon->err();
    EXPECT_EQ(from_.requests(), 0U) << "the key was sent";
}

INSTANTIATE_TEST_SUITE_P(
    Of, Certificate,
    testing::Values(wrong_server{"UnknownAuthority", "hint: if that authority is yours, name its "
                                                     "certificate in ca_file"},
                    wrong_server{"WrongName", "hint: check the host in base_url"},
                    wrong_server{"Expired", "the certificate has expired; hint:"}),
    [](const auto& of) { return of.param.name; });

// ---- redirects

class Redirect : public MirrorTest {};

// Not of the first request, and not of a list or a record either: the other host hears nothing.
TEST_F(Redirect, ToAnotherHostIsNeverFollowed) {
    api_source other;
    config.give_up_after = "2s";
    config.history_start = format_day(now() - std::chrono::days(12));
    for (const char* kind : {"me", "list"}) {
        for (const auto command : {"backfill", "check"}) {
            SCOPED_TRACE(std::string(kind) + ' ' + command);
            api_source from;
            from.faults(std::string(R"([{"kind":")") + kind + R"(","do":"redirect","location":")" +
                        other.base_url() + R"(/v2/calls"}])");
            configure(from);
            const auto done = run(command);
            EXPECT_THAT(done.status, AnyOf(1, 69)) << done.text();
            EXPECT_THAT(done.text(), HasSubstr("302 to " + other.base_url()));
            EXPECT_THAT(done.text(), HasSubstr("not followed"));
        }
    }
    EXPECT_EQ(other.server().seen().connections, 0U);
}

TEST_F(Redirect, OfASingleRecordProvesNothing) {
    api_source other;
    api_source from;
    expect_mirrored(from);
    const auto id = from.ids(resource::calls).at(40);
    from.with([&](simulator::world& data) { data.remove(resource::calls, id); });
    from.faults(
        R"([{"name":"away","resource":"calls","kind":"record","do":"redirect","location":")" +
        other.base_url() + R"(/"}])");
    EXPECT_EQ(run("backfill --again").status, 0);
    EXPECT_GE(from.fired("away"), 1U);
    EXPECT_EQ(number("select count(*) from snapcall.calls where deleted_at is not null"), 0);
    EXPECT_EQ(other.server().seen().connections, 0U);
}

} // namespace
} // namespace callmirror::integration
