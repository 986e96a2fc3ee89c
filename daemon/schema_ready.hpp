// Waits for the database and brings its schema up to date, before anything else is done with it.
#pragma once

#include "daemon/exit_status.hpp"
#include "daemon/setup.hpp"
#include "schema/own_columns.hpp"
#include "sync/engine/tasks.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::daemon {

struct schema_result {
    exit_status status = exit_status::done;
    bool stopped = false;             // the group was stopped meanwhile
    bool interrupted = false;         // something else is to be done before it is waited on
    std::string why;                  // where it is not done: what, and what to do
    bool columns_refused = false;     // that is why it is not done
    std::vector<std::string> applied; // file names, and columns
    int version = 0;
};

// What ends the wait early: `asked` is looked at whenever `woken` is notified.
struct interruption {
    engine::signal& woken;
    std::function<bool()> asked;
};

// `columns` of the operator's own are added, too; all of them can be, or nothing is changed.
// `patience`: how long an outage may take; nullopt: for ever. What is waited for is said once, and
// its end. `answers`: true from the database's first answer on, as something may be under way then.
engine::awaitable<schema_result>
make_schema_ready(const boost::asio::any_io_executor& executor, engine::task_group& tasks,
                  const config::secret& url, const std::vector<schema::own_column>& columns,
                  std::optional<steady_time> patience, const engine::report& say,
                  std::atomic<bool>& answers, const interruption* early = nullptr);

// Why the schema is not this program's, what to do included; "" where it is. Blocking; throws where
// the database does not say.
std::string schema_trouble(const config::secret& url);

} // namespace callmirror::daemon
