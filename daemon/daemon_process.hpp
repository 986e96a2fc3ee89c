// `callmirror run`: the accounts, the signals, systemd, and what ends them all.
#pragma once

#include "daemon/clock.hpp"
#include "daemon/database_lanes.hpp"
#include "daemon/decode_thread.hpp"
#include "daemon/fleet.hpp"
#include "daemon/heap.hpp"
#include "daemon/notify.hpp"
#include "daemon/run_to_end.hpp"
#include "daemon/stop_signals.hpp"
#include "daemon/web_face.hpp"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace callmirror::daemon {

constexpr steady_time looked_after_every = std::chrono::seconds(2); // accounts, systemd's status

// The value of NOTIFY_SOCKET and its like; "" where it is not set.
std::string_view environment(const char* name);

// One io thread: the one that made it.
class daemon_process {
public:
    daemon_process(std::string config_path, setup first);
    exit_status run() { return run_to_end(io_, supervise()); }

private:
    // Everything that depends on the database's URL; made anew where a reload changes it.
    struct stretch;
    enum class stretch_end { stop, database_changed, keys_refused, database_refused };

    engine::awaitable<exit_status> supervise();
    engine::awaitable<stretch_end> mirror_all();
    engine::awaitable<void> tend_systemd();
    engine::awaitable<void> look_at_schema();
    // `now`: null while the database is waited for.
    void reload(stretch* now);
    void take_over(setup fresh, stretch* now);
    web_view look() const;
    void ask_stop();
    bool waits_in_vain() const; // for the database, with nothing in hand
    void say(engine::level how, const std::string& text) { report_(how, text); }

    std::string config_path_;
    setup current_;
    std::optional<std::vector<config::column_settings>> columns_before_; // that the database has
    boost::asio::io_context io_{1};
    asio_clock clock_{io_.get_executor(), std::random_device{}()};
    std::string holder_ = make_holder(clock_.chance());
    log log_;
    engine::report report_ = log_.report_for("");
    notifier systemd_{environment("NOTIFY_SOCKET")};
    engine::task_group tasks_{io_.get_executor(), clock_}; // ended by the wish to stop
    engine::signal changed_{tasks_};
    const stretch* at_work_ = nullptr;
    std::atomic<bool> database_answers_{false}; // while the schema is made ready
    std::string schema_trouble_;                // since it was ready
    bool is_looking_at_schema_ = false;
    activity recent_; // for the status page
    heap_keeper heap_;
    web_face web_{io_.get_executor(), clock_, [this] { return look(); }, report_};
    bool reload_asked_ = false;
    bool is_ready_ = false;
    stop_signals signals_;
};

struct daemon_process::stretch {
    explicit stretch(daemon_process& of);

    engine::task_group tasks; // the mirrors: they end by themselves when they are told to
    database_lanes lanes;
    decode_thread decoding;
    fleet accounts;
    bool database_changed = false;
};

} // namespace callmirror::daemon
