#include "tests/bench/page_reader.hpp"

#include "sync/decode/decoder.hpp"
#include "sync/fetch/http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <ctime>
#include <exception>
#include <stdexcept>

namespace callmirror::bench {
namespace {

struct reader {
    fetch::http_client& client;
    decode::decoder& decoder;
    const std::vector<std::string>& targets;
    std::size_t next = 0;
    std::size_t records = 0;

    boost::asio::awaitable<void> read() {
        while (next < targets.size()) {
            const std::size_t mine = next++;
            auto got = co_await client.get(targets[mine]);
            const auto result = decoder.page(got.body);
            if (got.status != 200 || !result.page) {
                throw std::runtime_error(targets[mine] + ": " + got.failure_text +
                                         result.error.reason);
            }
            records += result.page->records.size();
        }
    }
};

double thread_cpu_seconds() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

} // namespace

pages_read read_pages(const api_process& from, const std::vector<std::string>& targets,
                      std::size_t in_flight) {
    fetch::client_options options;
    options.base_url = from.url();
    options.authorization = std::string("Bearer ") + api_key;
    options.ca_file = from.ca_file();
    options.max_connections = in_flight;
    const auto begun = std::chrono::steady_clock::now();
    const auto cpu_before = thread_cpu_seconds();
    boost::asio::io_context io{1};
    fetch::http_client client(io.get_executor(), options);
    const auto* platform = providers::find_platform("snapcall");
    decode::decoder decoder("acme", *providers::find_resource(*platform, "stream_events"));
    reader all{client, decoder, targets};
    for (std::size_t i = 0; i < in_flight; ++i) {
        boost::asio::co_spawn(io, all.read(), [](std::exception_ptr error) {
            if (error) {
                std::rethrow_exception(error);
            }
        });
    }
    io.run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    return {took.count(), thread_cpu_seconds() - cpu_before, all.records};
}

} // namespace callmirror::bench
