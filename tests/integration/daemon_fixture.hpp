// What the tests of the running daemon have in common.
#pragma once

#include "tests/integration/consistency.hpp"
#include "tests/integration/harness.hpp"

#include <csignal>
#include <iostream>
#include <string>

namespace callmirror::integration {

class Daemon : public MirrorTest {
protected:
    bool says(const child& running, const std::string& text,
              std::chrono::milliseconds limit = 60s) {
        return eventually([&] { return running.err().find(text) != std::string::npos; }, limit);
    }
    bool has_call(std::int64_t id, const std::string& more = "") {
        return number("select count(*) from snapcall.calls where id = " + std::to_string(id) +
                      more) > 0;
    }
    void expect_ends_with_0(child& running, std::chrono::milliseconds limit = 30s) {
        running.signal(SIGTERM);
        const auto begun = std::chrono::steady_clock::now();
        const auto done = running.wait(limit);
        EXPECT_EQ(done.status, 0) << done.text();
        std::cout << "stopped after "
                  << std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::steady_clock::now() - begun)
                         .count()
                  << " ms\n";
    }
};

} // namespace callmirror::integration
