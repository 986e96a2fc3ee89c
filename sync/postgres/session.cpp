#include "sync/postgres/session.hpp"

#include "sync/base/text.hpp"
#include "sync/postgres/connect.hpp"
#include "sync/postgres/raw_copy.hpp"
#include "sync/postgres/watchdog.hpp"

#include <libpq-fe.h>
#include <utility>

namespace callmirror::postgres {

struct transaction::state {
    session_options options;
    std::vector<std::pair<std::string, std::string>> connection_parameters;
    std::string target;
    std::string what; // under way, for errors
    open_connection open;
    std::unique_ptr<pqxx::nontransaction> work; // BEGIN and COMMIT are ours: see run()
    watchdog dog;

    void make_ready();
    void discard() noexcept;
    pqxx::result guarded(const std::function<pqxx::result()>& call);
    // Throws what `message`, libpq's own, means.
    [[noreturn]] void fail(const std::string& message);
    std::chrono::milliseconds answer_limit() const {
        return options.statement_limit + options.answer_slack;
    }
};

namespace {

// The server's message and its detail, without the word ERROR, the code and where in its source.
std::string gist(std::string_view message) {
    std::string text;
    for (bool first = true; !message.empty(); first = false) {
        const auto end = std::min(message.find('\n'), message.size());
        const auto line = trim(message.substr(0, end));
        message.remove_prefix(std::min(end + 1, message.size()));
        if (first)
            text = line;
        else if (line.starts_with("DETAIL:"))
            text += "; " + std::string(trim(line.substr(7)));
    }
    if (const auto code = sqlstate_of(text); !code.empty())
        text.erase(0, text.find(":  " + code + ": ") + 10);
    return printable(text, 400, placed::in_a_sentence);
}

std::string_view hint_of(std::string_view state) {
    if (state == "42P01" || state == "3F000" || state == "42703")
        return "\nhint: the schema is missing or old; run callmirror migrate";
    if (state == "42501")
        return "\nhint: the database role lacks this right; share/callmirror/roles.sql grants what "
               "is needed, and only the schemas' owner may migrate";
    if (state == "25006" || state == "0A000") // 0A000: of BEGIN READ WRITE itself
        return "\nhint: a standby answers; with several hosts in the url, "
               "target_session_attrs=read-write finds the primary";
    if (state == "53300")
        return "\nhint: raise max_connections, or put a pooler between";
    if (state == "53100")
        return "\nhint: the database server's disk is full";
    return "";
}

bool is_data_error(std::string_view state) {
    return state.starts_with("22") || state.starts_with("23") || state.starts_with("54");
}

// pgbouncer's own words, in one language; its code stands for everything that it has to say.
bool pools_statements(std::string_view message) {
    return message.find("statement pooling mode") != std::string_view::npos;
}

bool is_refusal(std::string_view state) {
    return state.starts_with("28") || state == "42501" || state == "3D000";
}

} // namespace

void transaction::state::make_ready() {
    if (work)
        return;
    open = connect(connection_parameters);
    // Not pqxx::work: that one gives up the transaction after the first error, savepoints or not,
    // and needs a round trip of its own for BEGIN.
    work = std::make_unique<pqxx::nontransaction>(*open.connection);
}

void transaction::state::discard() noexcept {
    try {
        work.reset();
        open = {};
    } catch (...) { // closing what is broken
    }
}

void transaction::state::fail(const std::string& message) {
    const std::string place = what + ": database " + target + ": ";
    if (dog.fired())
        throw database_lost(place + "no answer for " + format_duration(answer_limit()));
    const std::string sqlstate = sqlstate_of(message);
    if (sqlstate.empty())
        throw database_lost(place + gist(message));
    const std::string reason = gist(message) + " (" + sqlstate + ")";
    const std::string text = place + reason + std::string(hint_of(sqlstate));
    if (pools_statements(message))
        throw database_refused(text +
                               "\nhint: transactions are needed: set pool_mode = transaction "
                               "(or session) for this database in pgbouncer.ini");
    if (is_data_error(sqlstate))
        throw data_error(text, reason);
    if (is_refusal(sqlstate))
        throw database_refused(text);
    if (sqlstate.starts_with("40") && sqlstate != "40003") // 40003: completion unknown
        throw transaction_conflict(text);
    throw database_lost(text);
}

pqxx::result transaction::state::guarded(const std::function<pqxx::result()>& call) {
    try {
        const watchdog::guard guard(dog, open.connection->sock(), answer_limit());
        return call();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        // libpqxx 6 loses the server's last words with the connection.
        const bool lost = PQstatus(open.handle) != CONNECTION_OK;
        const std::string words = lost ? PQerrorMessage(open.handle) : "";
        fail(words.empty() ? error.what() : words);
    }
}

pqxx::result transaction::run(const std::string& sql) {
    return state_.guarded([&] { return state_.work->exec(sql); });
}

pqxx::result transaction::run(const std::string& sql, const parameters& values) {
    return state_.guarded([&] { return execute(*state_.work, sql, values.values()); });
}

void transaction::copy(const std::string& copy_sql,
                       const std::function<std::string_view()>& lines) {
    run(copy_sql);
    copy_answer answer;
    {
        const watchdog::guard guard(state_.dog, state_.open.connection->sock(),
                                    state_.answer_limit());
        answer = send_copy_lines(state_.open.handle, lines);
    }
    if (answer.lost || !answer.message.empty())
        state_.fail(answer.message);
}

session::session(session_options options)
    : state_(std::make_unique<transaction::state>()) {
    state_->connection_parameters = connection_parameters(options);
    state_->target = describe_target(state_->connection_parameters);
    state_->options = std::move(options);
}

session::~session() {
    if (state_)
        close();
}
session::session(session&&) noexcept = default;
session& session::operator=(session&&) noexcept = default;

void session::connect() {
    state_->what = "connect";
    state_->make_ready();
}

void session::close() noexcept {
    state_->discard();
}

const std::string& session::target() const {
    return state_->target;
}

void session::in_transaction(std::string_view what, const std::function<void(transaction&)>& body) {
    state_->what = what;
    transaction within(*state_);
    begin(within);
    try {
        body(within);
        if (PQtransactionStatus(state_->open.handle) != PQTRANS_INTRANS)
            state_->fail("the transaction had failed before its end");
    } catch (const database_lost&) {
        close();
        throw;
    } catch (...) {
        try {
            within.run("rollback");
        } catch (...) {
            close();
        }
        throw;
    }
    try {
        within.run("commit");
    } catch (const std::exception& error) {
        close();
        throw database_lost(std::string(error.what()) +
                            "\nhint: at COMMIT: whether it happened is in doubt");
    }
}

void session::begin(transaction& within) {
    const auto milliseconds = [](std::chrono::seconds limit) {
        return std::to_string(limit.count() * 1000);
    };
    const std::string sql =
        "begin isolation level read committed read write;set local statement_timeout = " +
        milliseconds(state_->options.statement_limit) +
        ";set local idle_in_transaction_session_timeout = " +
        milliseconds(state_->options.idle_limit) +
        ";set local timezone = 'UTC';set local datestyle = 'ISO, YMD'"
        ";set local bytea_output = 'hex';set local search_path = pg_catalog, pg_temp";
    const bool rested = state_->work != nullptr;
    try {
        state_->make_ready();
        within.run(sql);
    } catch (const database_lost&) {
        close();
        if (!rested || state_->dog.fired())
            throw;
        // It was lost while nothing was under way: a new one will do.
        state_->make_ready();
        within.run(sql);
    }
}

void session::alone(std::string_view what, const std::string& sql) {
    state_->what = what;
    transaction within(*state_);
    try {
        state_->make_ready();
        within.run(sql);
    } catch (...) {
        close();
        throw;
    }
}

} // namespace callmirror::postgres
