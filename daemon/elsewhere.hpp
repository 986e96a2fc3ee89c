// Follows a backfill that another process does, because it holds the account: gives it the order
// where one is needed, and watches what it commits. One io thread.
#pragma once

#include "daemon/mirror_state.hpp"
#include "daemon/setup.hpp"
#include "sync/engine/account.hpp"
#include "sync/engine/tasks.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::daemon {

struct elsewhere_options {
    account_setup of;
    config::secret database_url;
    engine::one_shot wanted;
    steady_time look_every = std::chrono::seconds(1);
};

// Whether everything in question is there, and what is not; `missing` is printable. Pure.
struct elsewhere_progress {
    bool finished = false;
    std::string missing; // "" where it is all there
};
elsewhere_progress judge_elsewhere(const account_state& state,
                                   const std::vector<std::string>& resources,
                                   const engine::one_shot& wanted);

class elsewhere {
public:
    // `tasks` is the wish to stop.
    elsewhere(boost::asio::any_io_executor executor, engine::task_group& tasks,
              elsewhere_options options, engine::report say);

    // As an engine's run(); nullopt: nobody holds the account any more. Never throws for the
    // database's sake.
    engine::awaitable<std::optional<engine::account_end>> follow();

    // Progress as far as the database shows it: rows are those of slices that have been read.
    const engine::account_view& view() const { return view_; }
    const std::string& why() const { return why_; }

private:
    struct look {
        account_state state;
        bool orders_done = true;
        std::string being_filled; // columns of the operator's, and how far
        std::string lost;
        std::string refused;
    };
    look look_once();
    void place_orders();
    void show(const account_state& state);
    bool has_moved(const look& now);

    boost::asio::any_io_executor executor_;
    engine::task_group& tasks_;
    elsewhere_options options_;
    engine::report say_;
    postgres::session session_;
    std::vector<std::int64_t> orders_;
    bool ordered_ = false;
    utc_time read_since_ = start_of_time;
    engine::account_view view_;
    std::string why_;
    std::string last_seen_; // of the slices, to notice that nothing moves
};

} // namespace callmirror::daemon
