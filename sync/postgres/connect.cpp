#include "sync/postgres/connect.hpp"

#include "sync/base/text.hpp"
#include "sync/postgres/conninfo.hpp"
#include "sync/postgres/errors.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <libpq-fe.h>
#include <poll.h>

#if PQXX_VERSION_MAJOR < 7 && defined(__SANITIZE_ADDRESS__)
// libpqxx 6 forgets a result (216 bytes) when the connection breaks in the middle of a statement.
extern "C" const char* __lsan_default_suppressions(); // NOLINT: the sanitizer's own name
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libpqxx-6";
}
#endif

namespace callmirror::postgres {
namespace {

using parameter_list = std::vector<std::pair<std::string, std::string>>;
using owned_handle = std::unique_ptr<PGconn, decltype(&PQfinish)>;

struct keyword_arrays {
    std::vector<const char*> keywords;
    std::vector<const char*> values;

    explicit keyword_arrays(const parameter_list& list) {
        for (const auto& [key, value] : list) {
            keywords.push_back(key.c_str());
            values.push_back(value.c_str());
        }
        keywords.push_back(nullptr);
        values.push_back(nullptr);
    }
};

// libpq gives no SQLSTATE for a refused login, and its text is in the server's language; asked for
// a verbose text, it has the code: "FATAL:  28P01: password ...". A second try, two seconds at
// most.
std::string refusal_state(const parameter_list& list) {
    using clock = std::chrono::steady_clock;
    const keyword_arrays arrays(list);
    const owned_handle handle(PQconnectStartParams(arrays.keywords.data(), arrays.values.data(), 0),
                              &PQfinish);
    if (!handle)
        return "";
    PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);
    const auto until = clock::now() + std::chrono::seconds(2);
    auto next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_WRITING || next == PGRES_POLLING_READING) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - clock::now());
        pollfd wait{PQsocket(handle.get()), 0, 0};
        wait.events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) == 0)
            return "";
        next = PQconnectPoll(handle.get());
    }
    if (PQconnectionNeedsPassword(handle.get()) != 0)
        return "28P01";
    return sqlstate_of(PQerrorMessage(handle.get()));
}

// libpq's explanation takes several lines; a log has one.
std::string on_one_line(std::string_view message) {
    std::string text;
    for (message = trim(message); !message.empty();) {
        const auto end = std::min(message.find('\n'), message.size());
        text += (text.empty() ? "" : " ") + std::string(trim(message.substr(0, end)));
        message.remove_prefix(std::min(end + 1, message.size()));
    }
    return text;
}

[[noreturn]] void throw_unconnected(const parameter_list& list, const char* message) {
    const std::string text = "database " + describe_target(list) + ": " +
                             printable(on_one_line(message), 500, placed::in_a_sentence);
    const std::string state = refusal_state(list);
    if (state.starts_with("28"))
        throw database_refused(text + "\nhint: check user, password and the server's pg_hba.conf");
    if (state == "3D000")
        throw database_refused(text +
                               "\nhint: create the database, or correct its name in the url");
    if (state == "42501")
        throw database_refused(text + "\nhint: grant connect on the database to this user");
    throw database_lost(text +
                        "\nhint: see that PostgreSQL runs there and takes connections, and that "
                        "database.url is right");
}

void ignore_notice(void*, const PGresult*) {}

#if PQXX_VERSION_MAJOR < 7
// Hands out the one handle it was given, and never opens another: libpqxx 6 revives a connection
// silently otherwise.
class given_once final : public pqxx::connectionpolicy {
public:
    explicit given_once(PGconn* given)
        : connectionpolicy(std::string{})
        , given_(given) {}
    handle do_startconnect(handle present) override {
        if (present == nullptr && given_ != nullptr)
            return std::exchange(given_, nullptr);
        if (present != nullptr && PQstatus(present) == CONNECTION_OK)
            return present;
        throw pqxx::broken_connection("the connection is lost");
    }
    handle do_completeconnect(handle present) override { return present; }

private:
    PGconn* given_;
};

class adopted_connection final : public pqxx::connection_base {
public:
    explicit adopted_connection(PGconn* given)
        : connection_base(policy_)
        , policy_(given) {
        init();
    }
    ~adopted_connection() { close(); }

private:
    given_once policy_;
};
#endif

} // namespace

std::string sqlstate_of(std::string_view text) {
    constexpr std::string_view characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (auto at = text.find(":  "); at != std::string_view::npos; at = text.find(":  ", at + 1)) {
        const auto code = text.substr(at + 3, 6);
        if (code.size() == 6 && code[5] == ':' && code.find_first_not_of(characters) == 5)
            return std::string(code.substr(0, 5));
    }
    return "";
}

open_connection connect(const parameter_list& list) {
    const keyword_arrays arrays(list);
    owned_handle handle(PQconnectdbParams(arrays.keywords.data(), arrays.values.data(), 0),
                        &PQfinish);
    if (!handle)
        throw std::bad_alloc();
    if (PQstatus(handle.get()) != CONNECTION_OK)
        throw_unconnected(list, PQerrorMessage(handle.get()));
    PQsetNoticeReceiver(handle.get(), &ignore_notice, nullptr);
    // libpqxx 6 leaves the SQLSTATE out of some of its exceptions; the text has it then.
    PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);

    open_connection opened;
    opened.handle = handle.get();
#if PQXX_VERSION_MAJOR >= 7
    opened.connection = std::make_shared<pqxx::connection>(
        pqxx::connection::seize_raw_connection(handle.release()));
#else
    opened.connection = std::make_shared<adopted_connection>(handle.release());
#endif
    return opened;
}

pqxx::result execute(pqxx::transaction_base& work, const std::string& sql,
                     const std::vector<std::optional<std::string>>& values) {
#if PQXX_VERSION_MAJOR >= 7
    pqxx::params list;
    for (const auto& value : values) {
        if (value)
            list.append(*value);
        else
            list.append();
    }
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
    return work.exec(sql, list);
#else
    return work.exec_params(sql, list);
#endif
#else
    std::vector<const char*> list;
    list.reserve(values.size());
    for (const auto& value : values)
        list.push_back(value ? value->c_str() : nullptr);
    return work.exec_params(sql, pqxx::prepare::make_dynamic_params(list));
#endif
}

} // namespace callmirror::postgres
