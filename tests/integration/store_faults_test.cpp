#include "sync/postgres/session.hpp"
#include "tests/integration/store_fixture.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace callmirror::write {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Faults : public StoreTest {
protected:
    template <typename Error>
    std::string text_of(const std::function<void()>& call) {
        try {
            call();
        } catch (const Error& error) {
            return error.what();
        }
        ADD_FAILURE() << "nothing was thrown";
        return "";
    }
};

TEST_F(Faults, AServerThatWasRestartedBetweenTwoCallsIsNotNoticed) {
    const lease held = take();
    store.commit(calls(held, {{1, 1}}));
    cluster().stop();
    cluster().start();
    EXPECT_EQ(store.commit(calls(held, {{1, 1}, {2, 1}})).inserted, 1u);
    cluster().terminate_backends();
    EXPECT_EQ(store.commit(calls(held, {{3, 1}})).inserted, 1u);
}

TEST_F(Faults, AServerThatIsAwayIsLostAndFoundAgain) {
    const lease held = take();
    cluster().stop();
    const auto text = text_of<database_lost>([&] { store.commit(calls(held, {{1, 1}})); });
    EXPECT_THAT(text, AllOf(HasSubstr("127.0.0.1:"), HasSubstr(database)));
    EXPECT_THROW(store.load(held), database_lost);
    cluster().start();
    EXPECT_EQ(store.commit(calls(held, {{1, 1}})).inserted, 1u);
}

// Whatever moment the server dies at: the commit is there whole or not at all, and can be repeated.
TEST_F(Faults, ACommitThatTheServerDiedInIsWholeOrNotThere) {
    const lease held = take();
    int lost = 0;
    for (int round = 0; round < 12; ++round) {
        std::map<std::int64_t, std::uint64_t> many;
        for (int i = 0; i < 3000; ++i)
            many[i] = static_cast<std::uint64_t>(i * 100 + round);
        commit_unit unit = calls(held, many);
        unit.digest_pieces = {{1, 1, std::to_string(round)}};
        std::thread killer([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(15 * round));
            cluster().stop_immediately();
            cluster().start();
        });
        try {
            store.commit(unit);
        } catch (const database_lost&) {
            ++lost;
        }
        killer.join();
        const auto pieces = store.load_digest(held, 1);
        const std::string digest = pieces.empty() ? "" : pieces[0].content;
        const std::string rows =
            value("select string_agg(distinct (content_hash % 100)::text, ' ') "
                  "from snapcall.calls");
        EXPECT_EQ(rows, digest);
        store.commit(unit);
        EXPECT_EQ(value("select count(*) from snapcall.calls where content_hash % 100 = " +
                        std::to_string(round)),
                  "3000");
    }
    EXPECT_GT(lost, 0) << "the server never died within a commit";
}

TEST_F(Faults, ABackendThatIsTerminatedWithinACommitIsLost) {
    const lease held = take();
    pqxx::connection other(cluster().socket_url(database));
    pqxx::nontransaction work(other);
    work.exec("begin; lock table callmirror.slices");
    std::thread killer([&] {
        std::this_thread::sleep_for(300ms);
        work.exec("select pg_terminate_backend(pid) from pg_stat_activity "
                  "where application_name = 'callmirror'");
        work.exec("rollback");
    });
    commit_unit unit = calls(held, {{1, 1}});
    unit.slices = {{.id = 1, .resource = "calls"}};
    EXPECT_THAT(text_of<database_lost>([&] { store.commit(unit); }), HasSubstr("57P01"));
    killer.join();
    EXPECT_EQ(value("select count(*) from snapcall.calls"), "0");
    EXPECT_EQ(store.commit(unit).inserted, 1u);
}

// The machine answers, the server doesn't: no limit of the server's own ends that.
TEST_F(Faults, AServerThatIsFrozenIsLostWithinTheLimit) {
    postgres_store hasty({.url = cluster().url(database),
                          .connect_limit = 2s,
                          .statement_limit = 1s,
                          .answer_slack = 1s});
    const lease held = take();
    hasty.load(held);
    cluster().pause();
    const auto before = std::chrono::steady_clock::now();
    const auto text = text_of<database_lost>([&] { hasty.commit(calls(held, {{1, 1}})); });
    const auto took = std::chrono::steady_clock::now() - before;
    cluster().resume();
    EXPECT_THAT(text, HasSubstr("no answer for 2 s"));
    EXPECT_LT(took, 4s);
    EXPECT_EQ(hasty.commit(calls(held, {{1, 1}})).inserted, 1u);
}

// COMMIT waits for a standby that is not there; statement_timeout does not cover that.
TEST_F(Faults, ACommitWithoutAnAnswerIsInDoubtAndLoadWaitsForItsEnd) {
    postgres_store hasty({.url = cluster().url(database),
                          .connect_limit = 2s,
                          .statement_limit = 1s,
                          .answer_slack = 1s});
    const lease held = take();
    hasty.load(held);
    cluster().sql("postgres", "alter system set synchronous_standby_names = 'nobody'");
    cluster().sql("postgres", "select pg_reload_conf()");
    std::this_thread::sleep_for(200ms);
    commit_unit unit = calls(held, {{1, 1}});
    unit.slices = {{.id = 1, .resource = "calls"}};
    const auto text = text_of<database_lost>([&] { hasty.commit(unit); });
    EXPECT_THAT(text, AllOf(HasSubstr("no answer"), HasSubstr("in doubt")));

    // It is still under way in the server: nothing may be concluded yet.
    EXPECT_THROW(hasty.load(held), database_lost);
    cluster().sql("postgres", "alter system reset synchronous_standby_names");
    cluster().sql("postgres", "select pg_reload_conf()");
    account_state state;
    for (int i = 0; i < 20 && state.slices.empty(); ++i) {
        try {
            state = hasty.load(held);
        } catch (const database_lost&) {
            std::this_thread::sleep_for(100ms);
        }
    }
    EXPECT_EQ(state.slices.size(), 1u);
    EXPECT_EQ(hasty.commit(unit).unchanged, 1u);
}

TEST_F(Faults, AStatementThatWaitsTooLongIsEnded) {
    postgres_store hasty({.url = cluster().url(database), .statement_limit = 1s});
    const lease held = take();
    pqxx::connection other(cluster().socket_url(database));
    pqxx::nontransaction work(other);
    work.exec("begin; lock table snapcall.calls");
    EXPECT_THAT(text_of<database_lost>([&] {
                    hasty.commit(calls(held, {{1, 1}}));
                }),
                HasSubstr("57014"));
    work.exec("rollback");
    EXPECT_EQ(hasty.commit(calls(held, {{1, 1}})).inserted, 1u);
}

TEST_F(Faults, ADatabaseThatIsReadOnlyByDefaultIsWrittenAllTheSame) {
    cluster().sql("postgres",
                  "alter database " + database + " set default_transaction_read_only = on");
    EXPECT_EQ(store.commit(calls(take(), {{1, 1}})).inserted, 1u);
}

TEST_F(Faults, ALoginThatIsRefusedIsNotTriedAgain) {
    cluster().sql("postgres", "drop role if exists locked");
    cluster().sql("postgres", "create role locked login password 'right' in role with_password");
    const std::string port = std::to_string(cluster().port());
    const auto open = [&](const std::string& url) {
        return [url] {
            postgres_store other({.url = url, .connect_limit = 2s});
            other.acquire("acme", "one", 1min);
        };
    };
    const auto at_host = "@127.0.0.1:" + port + "/";
    auto text =
        text_of<database_refused>(open("postgresql://locked:wr0ng-secret" + at_host + database));
    EXPECT_THAT(text, AllOf(HasSubstr("locked"), HasSubstr("hint"), Not(HasSubstr("wr0ng"))));
    text_of<database_refused>(open("postgresql://locked" + at_host + database));
    text_of<database_refused>(open("postgresql://nosuchrole" + at_host + database));
    text_of<database_refused>(open("postgresql://postgres" + at_host + "nosuchdatabase"));
    text_of<database_lost>(open("postgresql://postgres@127.0.0.1:1/x"));
    text = text_of<database_refused>(open("postgresql://me:s3cret@[h:1/x"));
    EXPECT_THAT(text, Not(HasSubstr("s3cret")));
    text = text_of<database_refused>(open("host=x password='s3cret"));
    EXPECT_THAT(text, Not(HasSubstr("s3cret")));
    // This role may log in, and nothing else.
    text = text_of<database_refused>(open("postgresql://locked:right" + at_host + database));
    EXPECT_THAT(text, AllOf(HasSubstr("42501"), HasSubstr("roles.sql")));
}

TEST_F(Faults, ASchemaThatIsMissingIsNamed) {
    postgres_store other({.url = cluster().url(cluster().empty_database())});
    EXPECT_THAT(text_of<database_lost>([&] { other.acquire("acme", "one", 1min); }),
                HasSubstr("callmirror migrate"));
}

TEST_F(Faults, TheFirstOfSeveralHostsMayBeAway) {
    const std::string port = std::to_string(cluster().port());
    postgres_store other({.url = "postgresql://postgres@127.0.0.1:1,127.0.0.1:" + port + "/" +
                                 database + "?target_session_attrs=read-write",
                          .connect_limit = 2s});
    EXPECT_TRUE(other.acquire("acme", "one", 1min).taken);
}

// What a pooler in transaction mode would break: the session has to be as it was before.
TEST_F(Faults, NothingIsLeftInTheSessionBetweenTransactions) {
    postgres::session session({.url = cluster().url(database)});
    const auto state = [&] {
        pqxx::result rows;
        const char* const sql =
            "select string_agg(name || '=' || setting, ' ' order by name) from pg_settings "
            "where source = 'session'";
        session.in_transaction("look", [&](postgres::transaction& within) {
            within.run("set local statement_timeout = 1"); // of the transaction, not the session
            within.run("reset all");
            rows = within.run(sql);
        });
        return std::string(rows[0][0].c_str());
    };
    const auto before = state();
    session.in_transaction("work", [&](postgres::transaction& within) {
        within.run("create temporary table callmirror_stage (x int) on commit drop");
    });
    EXPECT_EQ(state(), before);
    pqxx::result left;
    session.in_transaction("look", [&](postgres::transaction& within) {
        left = within.run("select count(*) from pg_class where relname = 'callmirror_stage'");
    });
    EXPECT_STREQ(left[0][0].c_str(), "0");
}

} // namespace
} // namespace callmirror::write
