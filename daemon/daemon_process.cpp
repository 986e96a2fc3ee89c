#include "daemon/daemon_process.hpp"

#include "daemon/on_thread.hpp"
#include "daemon/own_columns.hpp"
#include "daemon/schema_ready.hpp"
#include "daemon/status_line.hpp"
#include "daemon/text_table.hpp"
#include "daemon/version.hpp"
#include "sync/write/postgres_store.hpp"

#include <utility>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t database_connections = 3;
constexpr steady_time schema_looked_at_every = 60s;
constexpr steady_time answers_awaited = 3s; // at the end, before they are given up

} // namespace

daemon_process::stretch::stretch(daemon_process& of)
    : tasks(of.io_.get_executor(), of.clock_)
    , lanes(of.io_.get_executor(), database_connections,
            [url = of.current_.database_url] {
                return std::make_unique<write::postgres_store>(database_options(url));
            })
    , decoding(of.io_.get_executor())
    , accounts(tasks, of.changed_,
               {.executor = of.io_.get_executor(),
                .time = of.clock_,
                .store = lanes,
                .decoding = decoding,
                .to = of.log_,
                .holder = of.holder_,
                .poll_interval = of.current_.settings.sync.poll_interval,
                .catalog = catalog_of(of.current_.settings)}) {}

daemon_process::daemon_process(std::string config_path, setup first)
    : config_path_(std::move(config_path))
    , current_(std::move(first))
    , signals_(io_.get_executor(),
               {.stop = [this] { ask_stop(); },
                .waits_in_vain = [this] { return waits_in_vain(); },
                .reload =
                    [this] {
                        reload_asked_ = true;
                        changed_.notify();
                    },
                .end_at_once =
                    [this](const std::string& why) {
                        say(engine::level::warning,
                            "ending at once: " + why + "; what was not committed is read again");
                        leave_at_once(code(exit_status::done));
                    }}) {
    log_.configure(current_.settings.log);
}

void daemon_process::ask_stop() {
    say(engine::level::debug, "stopping");
    systemd_.stopping();
    tasks_.stop();
}

engine::awaitable<exit_status> daemon_process::supervise() {
    say(engine::level::info, "callmirror " + std::string(version()) + " starts with " +
                                 std::to_string(current_.accounts.size()) + " account" +
                                 (current_.accounts.size() == 1 ? "" : "s"));
    tasks_.spawn("systemd", tend_systemd());
    auto status = exit_status::done;
    const auto wrong = web_.configure(current_.settings.http);
    bool again = wrong.empty();
    if (!again) {
        say(engine::level::error, wrong);
        status = exit_status::configuration;
    }
    // The database's address may be what is to be corrected.
    const interruption reload_wish{.woken = changed_, .asked = [this] { return reload_asked_; }};
    while (again) {
        again = false;
        const auto columns = columns_for_database(current_.settings, config_path_);
        const auto ready =
            co_await make_schema_ready(io_.get_executor(), tasks_, current_.database_url, columns,
                                       std::nullopt, report_, database_answers_, &reload_wish);
        if (ready.stopped || tasks_.stopping()) {
            break;
        }
        if (ready.interrupted) {
            reload(nullptr);
            again = true;
            continue;
        }
        if (!ready.applied.empty()) {
            say(engine::level::info,
                "the database is at version " + std::to_string(ready.version) +
                    " of its schema: " + counted(ready.applied.size(), "change") + " applied");
        }
        if (ready.columns_refused && columns_before_) { // only a reload gets here
            say(engine::level::error, ready.why + "; [[columns]] stays as it was");
            current_.settings.columns = *std::exchange(columns_before_, std::nullopt);
            again = true;
            continue;
        }
        if (ready.status != exit_status::done) {
            say(engine::level::error, ready.why);
            status = ready.status;
            break;
        }
        columns_before_ = current_.settings.columns;
        auto end = stretch_end::stop;
        try {
            end = co_await mirror_all();
        } catch (const std::invalid_argument& error) { // a ca_file that can't be used
            say(engine::level::error, config_path_ + ": " + error.what());
            status = exit_status::configuration;
            break;
        }
        again = end == stretch_end::database_changed;
        if (end == stretch_end::keys_refused || end == stretch_end::database_refused) {
            status = exit_status::refused;
        }
    }
    systemd_.stopping();
    tasks_.stop();
    web_.stop();
    co_await web_.join();
    co_await tasks_.join();
    signals_.done();
    co_return status;
}

// Mirrors until something ends it.
engine::awaitable<daemon_process::stretch_end> daemon_process::mirror_all() {
    stretch now(*this);
    now.accounts.set_accounts(current_.accounts);
    at_work_ = &now;
    is_ready_ = true;
    systemd_.status(status_line(now.accounts.views(), clock_.utc()));
    systemd_.ready();
    auto end = stretch_end::stop;
    schema_trouble_.clear();
    const auto look_every =
        std::min<steady_time>(10 * current_.settings.sync.poll_interval, schema_looked_at_every);
    auto look_at = clock_.now() + look_every;
    while (!tasks_.stopping()) {
        if (clock_.now() >= look_at && !is_looking_at_schema_) {
            look_at = clock_.now() + look_every;
            now.tasks.spawn("schema", look_at_schema());
        }
        if (reload_asked_) {
            reload(&now);
        }
        now.accounts.tend();
        heap_.tend(clock_.now());
        recent_.note(clock_.now(), now.accounts.views());
        const auto refusal = now.accounts.database_refusal();
        if (!refusal.empty()) {
            say(engine::level::error, refusal);
            end = stretch_end::database_refused;
            break;
        }
        if (now.accounts.all_keys_refused()) {
            say(engine::level::error, "the API refuses every key: there is nothing left to do");
            end = stretch_end::keys_refused;
            break;
        }
        if (now.database_changed) {
            end = stretch_end::database_changed;
            break;
        }
        co_await changed_.wait_until(clock_.now() + looked_after_every);
    }
    now.accounts.stop();
    // The wish to stop has ended every sleep of tasks_: this one is not of theirs.
    const auto waiting = clock_.make_alarm();
    const auto until = clock_.now() + answers_awaited;
    while (!now.accounts.idle() && clock_.now() < until) {
        co_await waiting->wait_until(clock_.now() + steady_time(50ms));
    }
    now.accounts.cut();
    co_await now.tasks.join();
    at_work_ = nullptr;
    co_return end;
}

bool daemon_process::waits_in_vain() const {
    return at_work_ ? at_work_->accounts.waits_in_vain() : !database_answers_;
}

// Somebody may change the schema meanwhile: a newer callmirror, a restored backup.
engine::awaitable<void> daemon_process::look_at_schema() {
    is_looking_at_schema_ = true;
    bool known = false;
    std::string found;
    const std::function<void()> work = [&found, url = current_.database_url] {
        found = schema_trouble(url);
    };
    try {
        co_await on_thread(io_.get_executor(), work);
        known = true;
    } catch (const std::exception&) { // the accounts' own sessions tell of it
    }
    is_looking_at_schema_ = false;
    if (!known || found == schema_trouble_) {
        co_return;
    }
    schema_trouble_ = std::move(found);
    if (schema_trouble_.empty()) {
        say(engine::level::info, "the database's schema is the right one again");
    } else {
        say(engine::level::warning, schema_trouble_);
    }
}

web_view daemon_process::look() const {
    web_view view{.now = clock_.utc(),
                  .version = version(),
                  .schema_ready = at_work_ != nullptr,
                  .schema_trouble = at_work_ ? schema_trouble_ : "",
                  .stopping = tasks_.stopping(),
                  .poll_interval = current_.settings.sync.poll_interval,
                  .recent = &recent_,
                  .process = read_process_figures()};
    if (at_work_) {
        view.database_queue = at_work_->lanes.queued();
        view.accounts = at_work_->accounts.views();
    }
    return view;
}

} // namespace callmirror::daemon
