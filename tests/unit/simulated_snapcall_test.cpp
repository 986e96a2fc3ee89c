// The program: starts, says where it is, serves, and ends when it is told to.
#include "tests/unit/simulator_on_the_wire.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace callmirror::simulator {
namespace {

// The program, run with these arguments; its standard output is a pipe.
class program {
public:
    explicit program(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), SIMULATED_SNAPCALL);
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) {
            throw std::runtime_error("no pipe");
        }
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::close(ends[0]);
            std::vector<char*> words;
            for (auto& each : arguments) {
                words.push_back(each.data());
            }
            words.push_back(nullptr);
            ::execv(words[0], words.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        output_ = ::fdopen(ends[0], "r");
    }
    ~program() {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            ::waitpid(child_, nullptr, 0);
        }
        std::fclose(output_);
    }
    program(const program&) = delete;
    program& operator=(const program&) = delete;

    std::string line() {
        std::array<char, 256> text{};
        const auto* got = std::fgets(text.data(), static_cast<int>(text.size()), output_);
        const std::string line(got == nullptr ? "" : text.data());
        return line.substr(0, line.find('\n'));
    }
    int end(int signal) {
        if (signal != 0) {
            ::kill(child_, signal);
        }
        int status = -1;
        ::waitpid(std::exchange(child_, 0), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t child_ = 0;
    std::FILE* output_ = nullptr;
};

class SimulatedSnapcall : public ::testing::Test {
protected:
    SimulatedSnapcall() {
        auto name = (std::filesystem::temp_directory_path() / "simulated-XXXXXX").string();
        folder = ::mkdtemp(name.data());
    }
    ~SimulatedSnapcall() override { std::filesystem::remove_all(folder); }
    SimulatedSnapcall(const SimulatedSnapcall&) = delete;
    SimulatedSnapcall& operator=(const SimulatedSnapcall&) = delete;

    std::filesystem::path folder;
};

TEST_F(SimulatedSnapcall, ServesUntilItIsToldToEnd) {
    std::ofstream(folder / "faults.json") << R"({"kind":"me","do":"status","status":502})";
    program running({"--no-tls", "--days", "3", "--port-file", folder / "port", "--faults",
                     folder / "faults.json", "--manner", "calls.envelope={name}", "first_page=1",
                     "--end", "2026-03-05", "--live"});
    const auto url = running.line();
    int port = 0;
    std::ifstream(folder / "port") >> port;
    ASSERT_EQ(url, "http://127.0.0.1:" + std::to_string(port));
    asio::io_context context;
    tcp::socket socket(context);
    socket.connect({asio::ip::make_address("127.0.0.1"), static_cast<std::uint16_t>(port)});
    client<tcp::socket> one(std::move(socket));
    EXPECT_EQ(one.get("/v2/calls?page=0").status, 400);
    EXPECT_TRUE(nlohmann::json::parse(one.get("/v2/calls").body).contains("calls"));
    EXPECT_EQ(one.get("/v2/users/me").status, 502);
    EXPECT_EQ(running.end(SIGTERM), 0);
}

TEST_F(SimulatedSnapcall, WritesItsAuthorityWhereItIsToldTo) {
    program running({"--days", "0", "--ca-out", folder / "ca.pem"});
    EXPECT_TRUE(running.line().starts_with("https://127.0.0.1:"));
    EXPECT_EQ(running.line(), "authority: " + (folder / "ca.pem").string());
    EXPECT_GT(std::filesystem::file_size(folder / "ca.pem"), 300U);
    EXPECT_EQ(running.end(SIGINT), 0);
    EXPECT_TRUE(std::filesystem::exists(folder / "ca.pem")); // asked for, so it stays
}

TEST_F(SimulatedSnapcall, EndsAtOnceWhereItsOrdersAreWrong) {
    EXPECT_EQ(program({"--days", "0", "--manner", "frist_page=1"}).end(0), 1);
    EXPECT_EQ(program({"--days", "0", "--manner", "first_page"}).end(0), 1);
    EXPECT_EQ(program({"--end", "tomorrow"}).end(0), 1);
    EXPECT_NE(program({"--no-such-option"}).end(0), 0);
}

} // namespace
} // namespace callmirror::simulator
