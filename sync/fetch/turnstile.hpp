// Lets a bounded number through at a time, in the order in which they came.
//
//     turnstile::turn mine{gate};
//     co_await mine.wait();
//     if (mine.granted()) ... // until `mine` goes, which lets the next one through
//
// Belongs to one io thread; the turnstile must outlive its turns.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <deque>

namespace callmirror::fetch {

class turnstile {
public:
    class turn {
    public:
        // Takes its place in the queue.
        explicit turn(turnstile& gate);
        ~turn();
        turn(const turn&) = delete;
        turn& operator=(const turn&) = delete;

        // Returns once it is granted, or the turnstile was closed, or the coroutine cancelled.
        boost::asio::awaitable<void> wait();
        bool granted() const { return granted_; }

    private:
        friend class turnstile;
        turnstile& gate_;
        boost::asio::steady_timer timer_; // never expires: cancelled to wake
        bool granted_ = false;
    };

    // `width`: how many at a time; 0 counts as 1.
    turnstile(boost::asio::any_io_executor executor, std::size_t width);
    turnstile(const turnstile&) = delete;
    turnstile& operator=(const turnstile&) = delete;

    // Wakes all that wait, without granting them their turn. Later turns aren't granted either.
    void close();

private:
    boost::asio::any_io_executor executor_;
    std::size_t free_;
    std::deque<turn*> queue_;
    bool closed_ = false;
};

} // namespace callmirror::fetch
