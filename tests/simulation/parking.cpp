#include "tests/simulation/parking.hpp"

namespace callmirror::simulation {

engine::awaitable<void> parking::wait(place where) {
    const auto park = [this, where](auto handler) {
        using handler_type = decltype(handler);
        waiting_[where] = std::make_unique<parked_handler<handler_type>>(std::move(handler));
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
        park, boost::asio::use_awaitable);
}

void parking::resume(place where) {
    const auto found = waiting_.find(where);
    if (found == waiting_.end()) {
        return;
    }
    const auto ready = std::move(found->second);
    waiting_.erase(found);
    ready->resume();
}

} // namespace callmirror::simulation
