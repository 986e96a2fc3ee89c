#include "daemon/notify.hpp"
#include "daemon/status_line.hpp"

#include <gmock/gmock.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace callmirror::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::MatchesRegex;

// What systemd's end of it would be.
class listener {
public:
    explicit listener(const std::string& address)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_un at{};
        at.sun_family = AF_UNIX;
        std::memcpy(at.sun_path, address.data(), address.size());
        if (address.front() == '@') {
            at.sun_path[0] = '\0';
        }
        const auto size = offsetof(sockaddr_un, sun_path) + address.size();
        const int failed =
            ::bind(socket_, reinterpret_cast<const sockaddr*>(&at), static_cast<socklen_t>(size));
        EXPECT_EQ(failed, 0) << std::strerror(errno);
    }
    ~listener() { ::close(socket_); }
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    // "" where nothing has come.
    std::string next() const {
        std::string text(4096, '\0');
        const auto size = ::recv(socket_, text.data(), text.size(), 0);
        return size < 0 ? "" : text.substr(0, static_cast<std::size_t>(size));
    }

private:
    int socket_;
};

std::string unused_path() {
    static int number = 0;
    return std::filesystem::temp_directory_path() /
           ("callmirror-notify-" + std::to_string(::getpid()) + '-' + std::to_string(++number));
}

void expect_all_messages(const std::string& address) {
    const listener systemd(address);
    notifier notify(address);
    EXPECT_TRUE(notify.active());
    notify.still_starting();
    EXPECT_EQ(systemd.next(), "EXTEND_TIMEOUT_USEC=30000000");
    notify.ready();
    EXPECT_EQ(systemd.next(), "READY=1");
    notify.status("acme: fresh to 12 s");
    EXPECT_EQ(systemd.next(), "STATUS=acme: fresh to 12 s");
    notify.alive();
    EXPECT_EQ(systemd.next(), "WATCHDOG=1");
    notify.reloading();
    EXPECT_THAT(systemd.next(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"));
    notify.stopping();
    EXPECT_EQ(systemd.next(), "STOPPING=1\nSTATUS=stopping");
    EXPECT_EQ(systemd.next(), "");
}

TEST(Notify, SpeaksToASocketInTheFileSystem) {
    const auto path = unused_path();
    expect_all_messages(path);
    std::filesystem::remove(path);
}

TEST(Notify, SpeaksToAnAbstractSocket) {
    expect_all_messages("@callmirror-notify-" + std::to_string(::getpid()));
}

TEST(Notify, SendsAStatusOnlyWhenItChanges) {
    const std::string address = "@callmirror-status-" + std::to_string(::getpid());
    const listener systemd(address);
    notifier notify(address);
    notify.status("a");
    notify.status("a");
    notify.status("b\nREADY=1"); // a line break would begin another field
    EXPECT_EQ(systemd.next(), "STATUS=a");
    EXPECT_EQ(systemd.next(), "STATUS=b");
    EXPECT_EQ(systemd.next(), "");
}

TEST(Notify, DoesNothingWithoutAUsableSocket) {
    for (const std::string& address :
         {std::string(), std::string("relative"), std::string("@"), "/" + std::string(200, 'x')}) {
        notifier notify(address);
        EXPECT_FALSE(notify.active());
        notify.ready();
    }
    notifier nobody("/nonexistent/notify"); // nobody listens: no reason to fail
    nobody.ready();
}

TEST(Watchdog, IsFedAtHalfItsTime) {
    EXPECT_EQ(watchdog_interval("30000000", "", 7), steady_time(15s));
    EXPECT_EQ(watchdog_interval("30000000", "7", 7), steady_time(15s));
    EXPECT_EQ(watchdog_interval("30000000", "8", 7), std::nullopt); // another process's
    EXPECT_EQ(watchdog_interval("", "", 7), std::nullopt);
    EXPECT_EQ(watchdog_interval("0", "", 7), std::nullopt);
    EXPECT_EQ(watchdog_interval("soon", "", 7), std::nullopt);
}

engine::account_view account(const std::string& name) {
    engine::account_view view;
    view.name = name;
    view.state = "mirroring";
    engine::list_view list;
    list.resource = "calls";
    list.share = 0.838;
    list.unread = 4;
    list.head_read_at = utc_time(100s);
    view.lists.push_back(list);
    return view;
}

TEST(StatusLine, SaysHowFreshAndHowMuchOfHistory) {
    auto view = account("acme");
    EXPECT_EQ(status_line({&view}, utc_time(112s)), "acme: fresh to 12 s; history 83 %");
    view.lists[0].history_complete = true;
    view.lists[0].unread = 0;
    view.lists[0].share = 1;
    EXPECT_EQ(status_line({&view}, utc_time(112s)), "acme: fresh to 12 s; history complete");
    view.lists[0].head_read_at.reset();
    EXPECT_EQ(status_line({&view}, utc_time(112s)),
              "acme: the newest records are still to be read; history complete");
    view.state = "key refused";
    EXPECT_EQ(status_line({&view}, utc_time(112s)), "acme: key refused");
}

TEST(StatusLine, TakesTheWorstOfSeveralAccounts) {
    auto one = account("a");
    auto other = account("b");
    other.lists[0].head_read_at = utc_time(90s);
    other.lists[0].share = 0.999;
    auto third = account("c");
    third.state = "key refused";
    third.lists.clear();
    EXPECT_EQ(status_line({&one, &other, &third}, utc_time(112s)),
              "3 accounts: 1 key refused, 2 mirroring; fresh to 22 s; history 83 %");
}

TEST(StatusLine, LeavesOutWhatIsSetAside) {
    auto view = account("acme");
    auto aside = view.lists[0];
    aside.aside = "403";
    aside.head_read_at.reset();
    view.lists.push_back(aside);
    EXPECT_EQ(status_line({&view}, utc_time(112s)), "acme: fresh to 12 s; history 83 %");
}

} // namespace
} // namespace callmirror::daemon
