// Decodes pages beside the io thread, which would otherwise hold up requests, leases and the next
// batch meanwhile. One thread: decoders and what they share know one at a time. Its queue is
// bounded by engine::gate.
#pragma once

#include "sync/engine/ports.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <utility>

namespace callmirror::daemon {

// run() belongs to the io thread. To be destroyed before the io_context whose coroutines wait for
// it: work that has begun is finished first, which its
// destructor waits for; work that has not never runs.
class decode_thread final : public engine::worker {
public:
    explicit decode_thread(boost::asio::any_io_executor executor)
        : executor_(std::move(executor)) {}
    ~decode_thread() override;

    engine::awaitable<void> run(engine::work_ref work) override;

private:
    boost::asio::any_io_executor executor_;
    boost::asio::thread_pool pool_{1};
};

} // namespace callmirror::daemon
