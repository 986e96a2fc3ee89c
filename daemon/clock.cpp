#include "daemon/clock.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace callmirror::daemon {
namespace {

using std::chrono::steady_clock;

constexpr auto completion = boost::asio::as_tuple(boost::asio::use_awaitable);
// Beyond it the clock's nanoseconds may not reach: nobody waits for longer.
constexpr steady_time far = std::chrono::hours(24 * 365 * 100);

class timer_alarm final : public engine::alarm {
public:
    explicit timer_alarm(const boost::asio::any_io_executor& executor)
        : timer_(executor) {}

    engine::awaitable<void> wait_until(steady_time at) override {
        timer_.expires_at(at >= far ? steady_clock::time_point::max()
                                    : steady_clock::time_point(std::max(at, steady_time(0))));
        co_await timer_.async_wait(completion);
    }

    void wake() override { timer_.cancel(); }

private:
    boost::asio::steady_timer timer_;
};

} // namespace

steady_time steady_now() {
    return std::chrono::floor<steady_time>(steady_clock::now().time_since_epoch());
}

utc_time utc_now() {
    return std::chrono::floor<utc_time::duration>(std::chrono::system_clock::now());
}

steady_time asio_clock::now() const {
    return steady_now();
}

utc_time asio_clock::utc() const {
    return utc_now();
}

std::unique_ptr<engine::alarm> asio_clock::make_alarm() {
    return std::make_unique<timer_alarm>(executor_);
}

} // namespace callmirror::daemon
