// What a process shows to others beside its log: the process list, its environment, a core file,
// the status page and the answers of `status`. And what hostile text in an answer or in a record's
// key does to them: nothing.
#include "tests/integration/daemon_fixture.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* mark = "mark-7f3a";

class Exposure : public Daemon {
protected:
    Exposure()
        : port_(tests::held_port(holder_)) {
        config.key = mark;
        config.listen = "127.0.0.1:" + std::to_string(port_);
    }
    ~Exposure() override { ::close(holder_); }
    static void accept_mark(api_source& from) {
        from.with_service([](simulator::service& api) { api.keys() = {mark}; });
    }
    // Everything that a daemon and the commands beside it say when they are asked.
    std::string all_answers() {
        std::string all;
        for (const char* path : {"/", "/metrics", "/healthz", "/readyz"}) {
            all += answer_of(port_, path);
        }
        for (const char* command : {"status", "status --json", "deletes list", "check"}) {
            all += run(command).text();
        }
        return all;
    }

    int holder_ = -1;
    int port_;
};

TEST_F(Exposure, OfTheKeyInTheProcessListThereIsNone) {
    api_source from;
    accept_mark(from);
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    const auto process = "/proc/" + std::to_string(running->id());
    EXPECT_THAT(tests::read_file(process + "/cmdline"), HasSubstr("callmirror"));
    EXPECT_THAT(tests::read_file(process + "/cmdline"), Not(HasSubstr(mark)));
    EXPECT_THAT(tests::read_file(process + "/environ"), Not(HasSubstr(mark)));
    // No child is ever started that could inherit anything.
    for (const auto& task : std::filesystem::directory_iterator(process + "/task")) {
        EXPECT_EQ(tests::read_file(task.path() / "children"), "");
    }
    EXPECT_EQ(number("select count(*) from pg_stat_activity where application_name || query like "
                     "'%mark-7f3' || 'a%'"),
              0);
    EXPECT_THAT(all_answers(), Not(HasSubstr(mark)));
    expect_ends_with_0(*running);
}

// Whoever may read a process's memory owns its files below /proc: nobody but root, though it runs
// as another user. The kernel writes no core file of such a process.
TEST_F(Exposure, OfMemoryToOthersAndInACoreFileThereIsNone) {
    api_source from;
    accept_mark(from);
    configure(from);
    std::filesystem::copy_file(program(), directory + "/callmirror");
    const std::string authorities = directory + "/ca.pem";
    std::filesystem::copy_file(from.ca_file(), authorities);
    config.ca_file = authorities;
    write_configuration();
    std::vector<std::string> words =
        tests::as_server_user({directory + "/callmirror", "run", "--config", config_file});
    if (const passwd* user = tests::server_user()) {
        words.front() = "/usr/bin/setpriv";
        words.insert(words.begin() + 1, {"--pdeathsig", "KILL"});
        for (const auto& each : std::filesystem::directory_iterator(directory)) {
            ASSERT_EQ(::chown(each.path().c_str(), user->pw_uid, user->pw_gid), 0);
        }
        ASSERT_EQ(::chown(directory.c_str(), user->pw_uid, user->pw_gid), 0);
    }
    child running(words, directory + "/as-another");
    ASSERT_TRUE(equal_within(from, 60s)) << running.err();
    struct stat owner {};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(running.id()) + "/environ").c_str(), &owner), 0);
    EXPECT_EQ(owner.st_uid, 0U);
    EXPECT_THAT(tests::read_file("/proc/" + std::to_string(running.id()) + "/limits"),
                testing::ContainsRegex("Max core file size +0 +0 "));
    running.signal(SIGABRT);
    const auto done = running.wait();
    EXPECT_EQ(done.signal, SIGABRT);
    EXPECT_FALSE(done.dumped_core);
}

TEST_F(Exposure, OfAnswersToHostileTextThereIsNone) {
    api_source from;
    accept_mark(from);
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    from.faults(R"([{"name":"words","resource":"calls","kind":"list","do":"status","status":400,)"
                R"("headers":{"Content-Type":"application/json"},"body":"{\"message\":\")"
                R"(<script>alert(1)</script>\u001b[2J\r\n2026-01-01 error forged mark-7f3a\"}"}])");
    ASSERT_TRUE(eventually([&] {
        return answer_of(port_, "/").find("alert(1)") != std::string::npos;
    })) << answer_of(port_, "/");
    EXPECT_GT(from.fired("words"), 0U);
    const auto all = all_answers() + running->err();
    EXPECT_THAT(all, HasSubstr("alert(1)"));
    EXPECT_THAT(all, Not(HasSubstr("\x1b")));
    EXPECT_THAT(all, Not(HasSubstr("\n2026-01-01 error")));
    EXPECT_THAT(all, Not(HasSubstr(mark)));
    EXPECT_THAT(answer_of(port_, "/"), Not(HasSubstr("<script>alert")));
    expect_ends_with_0(*running);
}

// Keys that are text go into statements, arrays, COPY lines and paths.
TEST_F(Exposure, OfSqlToHostileKeysThereIsNone) {
    const std::string hostile =
        R"({\"a\",\"b\\\\\"}'); drop table snapcall.calls; -- $1 \u001b[2J\t\n/../%00?x=1#)";
    const std::string stored =
        "e'{\"a\",\"b\\\\\\\\\"}''); drop table snapcall.calls; -- $1 \\x1b[2J\\t\\n/../%00?x=1#'";
    api_source from;
    accept_mark(from);
    config.resources = R"("calls", "buttons", "users", "agents")";
    configure(from);
    std::int64_t button = 0;
    from.with([&](simulator::world& data) {
        button = data.id_of(resource::buttons, 0);
        data.replace_text(resource::buttons, button, R"({"bid":")" + hostile + "\"}");
        data.replace_text(resource::users, data.id_of(resource::users, 0),
                          R"({"id":1,"email":")" + hostile + "\"}");
    });
    ASSERT_EQ(run("backfill").status, 0);
    const auto there = [&](const std::string& more) {
        return number("select count(*) from snapcall.buttons where id = " + stored + more);
    };
    EXPECT_EQ(there(" and deleted_at is null"), 1)
        << value("select string_agg(id, ' ') from snapcall.buttons")
        << value("select string_agg(r::text, ' ') from callmirror.rejected r");
    EXPECT_EQ(number("select count(*) from snapcall.users where email = " + stored), 1);
    // Gone again: it is a suspect, asked for by its path, and marked deleted.
    from.with([&](simulator::world& data) { data.remove(resource::buttons, button); });
    const auto done = run("backfill --again");
    EXPECT_EQ(done.status, 0) << done.text();
    EXPECT_EQ(there(" and deleted_at is not null"), 1) << done.text();
    EXPECT_EQ(differences(from, {resource::calls}), "");
    for (const auto& target : from.targets()) {
        EXPECT_THAT(target, Not(testing::AnyOf(HasSubstr("/../"), HasSubstr("drop table"))));
    }
    EXPECT_THAT(all_answers(), Not(HasSubstr("\x1b")));
}

} // namespace
} // namespace callmirror::integration
