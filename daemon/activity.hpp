// What the accounts did in the last hour, minute by minute, for the status page's charts: made from
// the totals that the engines keep, which are looked at every few seconds. Pure; a clock's time is
// handed in.
//
// Takes the same room whatever happens: 1.7 kB an account and some 80 bytes a list, so 3 MB for a
// thousand accounts of fourteen lists.
#pragma once

#include "sync/engine/view.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace callmirror::daemon {

struct minute_figures {
    std::uint32_t requests = 0;
    std::uint32_t refused = 0; // of these: throttled, failed or not understood
    std::uint32_t rows = 0;    // that were written: new, changed or deleted
    std::uint32_t deleted = 0;
    std::uint32_t rejected = 0;
    float pace = 0;    // requests a second, when it was looked at last
    bool seen = false; // somebody looked: the program ran, and the account was mirrored here
};

class account_activity {
public:
    static constexpr std::size_t minutes_kept = 60;

    void note(steady_time now, const engine::account_view& account);

    // The last hour, oldest first; the last one is under way.
    std::array<minute_figures, minutes_kept> minutes() const;
    minute_figures hour() const; // all of it; `pace` is the last one's
    // Over the last ten minutes, or since it began.
    double rows_a_minute() const;
    // How long until what is planned of the list's history has been read, as fast as it went in
    // the last ten to twenty minutes; none where that can't be told.
    std::optional<steady_time> left_of(const engine::list_view& list) const;

private:
    struct totals {
        std::uint64_t requests = 0, refused = 0, rows = 0, deleted = 0, rejected = 0;
    };
    struct mark {
        steady_time at{0};
        double share = 0;
    };
    struct list_trend {
        std::string resource{}, scope{};
        mark older{}, newer{}, last{};
    };
    static totals totals_of(const engine::account_view& account);
    void advance(std::int64_t to_minute);
    void note_list(steady_time now, const engine::list_view& list, std::size_t place);

    std::array<minute_figures, minutes_kept> ring_{};
    std::int64_t minute_ = -1; // of the clock; under way
    bool began_ = false;
    totals last_{};
    steady_time noted_at_{0};
    std::vector<list_trend> trends_{};
};

class activity {
public:
    // Looks at the accounts, once a second at most; forgets those that are not among them.
    void note(steady_time now, const std::vector<const engine::account_view*>& accounts);
    const account_activity* of(const std::string& account) const; // null: never seen

private:
    std::map<std::string, account_activity> accounts_;
    std::optional<steady_time> noted_at_;
};

} // namespace callmirror::daemon
