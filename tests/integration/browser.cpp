#include "tests/integration/browser.hpp"

#include <openssl/evp.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace callmirror::integration {
namespace {

using namespace std::chrono_literals;
using json = nlohmann::json;
using clock_type = std::chrono::steady_clock;

constexpr auto longest_answer = 60s; // of a machine with much else to do

// Chromium reads calls from descriptor 3 and writes answers to 4.
[[noreturn]] void become_chromium(int calls, int answers, int log, std::vector<char*> words) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int in = ::fcntl(calls, F_DUPFD, 10); // out of the way of 3 and 4
    const int out = ::fcntl(answers, F_DUPFD, 10);
    if (::setpgid(0, 0) == 0 && ::dup2(log, 1) >= 0 && ::dup2(log, 2) >= 0 && ::dup2(in, 3) >= 0 &&
        ::dup2(out, 4) >= 0) {
        ::close(in);
        ::close(out);
        ::execvp(words[0], words.data());
    }
    ::_exit(127);
}

std::vector<unsigned char> from_base64(const std::string& text) {
    std::vector<unsigned char> bytes(text.size());
    const int size =
        EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(text.size()));
    const auto padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    bytes.resize(static_cast<std::size_t>(std::max(size - padding, 0)));
    return bytes;
}

} // namespace

browser::browser(const std::string& directory) {
    std::vector<std::string> words{"chromium",
                                   "--headless",
                                   "--no-sandbox", // which does not work as root
                                   "--disable-gpu",
                                   "--disable-quic",
                                   "--no-first-run",
                                   "--disable-background-networking",
                                   "--disable-component-update",
                                   "--disable-sync",
                                   "--hide-scrollbars",
                                   "--user-data-dir=" + directory + "/chromium",
                                   "--remote-debugging-pipe"};
    std::vector<char*> arguments;
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    std::array<int, 2> calls{};
    std::array<int, 2> answers{};
    if (::pipe2(calls.data(), O_CLOEXEC) != 0 || ::pipe2(answers.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
    }
    const int log =
        ::open((directory + "/chromium.log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    process_ = ::fork();
    if (process_ == 0) {
        become_chromium(calls[0], answers[1], log, arguments);
    }
    ::close(calls[0]);
    ::close(answers[1]);
    ::close(log);
    to_ = calls[1];
    from_ = answers[0];
    call("Browser.getVersion", json::object());
}

browser::~browser() {
    ::close(to_);
    ::close(from_);
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
}

json browser::next(clock_type::time_point until) {
    while (true) {
        const auto end = received_.find('\0');
        if (end != std::string::npos) {
            auto message = json::parse(received_.substr(0, end));
            received_.erase(0, end + 1);
            return message;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - clock_type::now());
        pollfd ready{.fd = from_, .events = POLLIN, .revents = 0};
        if (left <= 0ms || ::poll(&ready, 1, static_cast<int>(left.count())) == 0) {
            return nullptr;
        }
        std::array<char, 65536> piece{};
        const auto size = ::read(from_, piece.data(), piece.size());
        if (size <= 0) {
            throw std::runtime_error(
                "chromium has ended: is it installed? Its log is chromium.log");
        }
        received_.append(piece.data(), static_cast<std::size_t>(size));
    }
}

void browser::take_in(const json& event) {
    const auto method = event.value("method", "");
    const auto tab = event.value("sessionId", "");
    if (method == "Page.loadEventFired") {
        ++loads_[tab];
    } else if (method == "Runtime.exceptionThrown") {
        complaints_[tab].push_back(event["params"].dump());
    } else if (method == "Log.entryAdded" && event["params"]["entry"]["level"] != "verbose" &&
               event["params"]["entry"]["level"] != "info") {
        complaints_[tab].push_back(event["params"]["entry"].dump());
    } else if (method == "Runtime.consoleAPICalled") {
        complaints_[tab].push_back(event["params"].dump());
    }
}

json browser::call(const std::string& method, const json& parameters, const std::string& tab) {
    json asked{{"id", ++calls_}, {"method", method}, {"params", parameters}};
    if (!tab.empty()) {
        asked["sessionId"] = tab;
    }
    const auto text = asked.dump() + '\0';
    if (::write(to_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        throw std::runtime_error("chromium takes no calls: is it installed?");
    }
    const auto until = clock_type::now() + longest_answer;
    while (true) {
        const auto got = next(until);
        if (got.is_null()) {
            throw std::runtime_error("chromium: no answer to " + method);
        }
        if (got.value("id", 0) == calls_) {
            if (got.contains("error")) {
                throw std::runtime_error(method + ": " + got["error"].dump());
            }
            return got["result"];
        }
        take_in(got);
    }
}

std::string browser::open(const std::string& url, const screen& of) {
    const auto target = call("Target.createTarget", {{"url", "about:blank"}});
    const auto attached =
        call("Target.attachToTarget", {{"targetId", target["targetId"]}, {"flatten", true}});
    const auto tab = attached["sessionId"].get<std::string>();
    for (const auto* domain : {"Page.enable", "Runtime.enable", "Log.enable"}) {
        call(domain, json::object(), tab);
    }
    call("Emulation.setDeviceMetricsOverride",
         {{"width", of.width}, {"height", of.height}, {"deviceScaleFactor", 1}, {"mobile", false}},
         tab);
    call("Emulation.setEmulatedMedia",
         {{"features", json::array({{{"name", "prefers-color-scheme"},
                                     {"value", of.dark ? "dark" : "light"}}})}},
         tab);
    call("Emulation.setScriptExecutionDisabled", {{"value", !of.scripts}}, tab);
    const auto before = loads_[tab];
    call("Page.navigate", {{"url", url}}, tab);
    const auto until = clock_type::now() + longest_answer;
    while (loads_[tab] == before) {
        const auto got = next(until);
        if (got.is_null()) {
            throw std::runtime_error("chromium: " + url + " does not load");
        }
        take_in(got);
    }
    return tab;
}

json browser::evaluate(const std::string& tab, const std::string& expression) {
    const auto got =
        call("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}}, tab);
    if (got.contains("exceptionDetails")) {
        throw std::runtime_error(expression + ": " + got["exceptionDetails"].dump());
    }
    return got["result"].value("value", json());
}

void browser::take_picture(const std::string& tab, const std::string& path) {
    const auto got =
        call("Page.captureScreenshot", {{"format", "png"}, {"captureBeyondViewport", true}}, tab);
    const auto bytes = from_base64(got["data"].get<std::string>());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

void browser::idle(std::chrono::milliseconds limit) {
    const auto until = clock_type::now() + limit;
    for (auto got = next(until); !got.is_null(); got = next(until)) {
        take_in(got);
    }
}

} // namespace callmirror::integration
