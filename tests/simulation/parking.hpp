// Where the coroutines of one simulated process wait. It owns what is suspended: clear() is the
// process's death, after which nothing of it will run again.
//
// One thread. It outlives the process's io_context: coroutine frames that end leave their place.
#pragma once

#include "sync/engine/ports.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdint>
#include <map>
#include <memory>

namespace callmirror::simulation {

class parking {
public:
    using place = std::uint64_t;
    place reserve() { return ++last_; }

    // Suspends the coroutine until resume() of its place. A place is used once at a time.
    engine::awaitable<void> wait(place where);
    // The coroutine goes on after all that is ready before it. Nothing where none waits there.
    void resume(place where);
    bool is_taken(place where) const { return waiting_.contains(where); }

    void clear() {
        const auto gone = std::move(waiting_);
        waiting_.clear();
    }

private:
    struct parked {
        virtual ~parked() = default;
        virtual void resume() = 0;
    };
    template <typename Handler>
    struct parked_handler final : parked {
        explicit parked_handler(Handler&& given)
            : handler(std::move(given)) {}
        void resume() override { boost::asio::post(std::move(handler)); }
        Handler handler;
    };

    std::map<place, std::unique_ptr<parked>> waiting_;
    place last_ = 0;
};

} // namespace callmirror::simulation
