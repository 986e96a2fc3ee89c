// Mirrors one account: takes its lease, keeps its heads fresh, reads its history, asks for
// suspects.
//
// One io thread owns it. It keeps nothing that the database does not know: whenever the database or
// the lease is lost, everything in memory is thrown away, loaded again and gone on with. So there
// is no second way to recover, and a crash is just the rudest of them.
#pragma once

#include "sync/engine/batch_limits.hpp"
#include "sync/engine/ports.hpp"
#include "sync/engine/view.hpp"
#include "sync/plan/timeline.hpp"
#include "sync/providers/catalog.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::engine {

// What `backfill` asks for; without it the engine runs until it is stopped.
struct one_shot {
    plan::time_range range;
    bool again = false;                         // read once more what was read before
    std::chrono::milliseconds give_up_after{0}; // outage of API or database
};

struct account_options {
    std::string name;
    std::string holder; // of leases: unique among processes
    const providers::platform* platform = nullptr;
    std::vector<std::int64_t> companies; // empty: those that the key's own user names
    std::vector<std::string> resources;  // empty: all
    std::optional<utc_time> history_start;
    int page_size = 100;
    double requests_per_second = 5;
    int max_in_flight = 4;
    std::chrono::milliseconds poll_interval{30'000};
    std::chrono::milliseconds snapshot_interval{600'000}; // the least, of lists without time axis
    std::chrono::milliseconds lease_time{20'000};
    batch_limits batch;
    std::optional<one_shot> once;
    std::vector<providers::own_column> own_columns; // that the platform's resources have
};

enum class account_end : std::uint8_t {
    stopped,         // as asked
    done,            // one shot: all is read
    done_in_part,    // one shot: some could not be read; the view names it
    held_elsewhere,  // one shot: another process holds the account
    key_refused,     // 401
    unreachable,     // one shot: API or database away for longer than give_up_after
    database_refused // login or a right
};

class account_engine {
public:
    // The ports must outlive run().
    account_engine(boost::asio::any_io_executor executor, clock& time, source& api, database& store,
                   worker& decoding, account_options options, report say);
    ~account_engine();
    account_engine(const account_engine&) = delete;
    account_engine& operator=(const account_engine&) = delete;

    // Ends by itself for a one shot or a refused key, otherwise after stop(). Once.
    awaitable<account_end> run();

    // Starts nothing new; what is being committed is finished.
    void stop();

    const account_view& view() const;
    // Why it ended as it did, printable; "" where there is nothing to say.
    const std::string& why() const;

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace callmirror::engine
