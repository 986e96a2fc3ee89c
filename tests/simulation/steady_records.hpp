// The first promise while everything happens: what stands still at the source is in the mirror from
// the moment on when its slice counts as read. The oracle at the end can't tell, as everything is
// read once more by then.
#pragma once

#include "tests/simulation/memory_store.hpp"
#include "tests/simulation/scenario.hpp"

#include <map>
#include <set>
#include <string>

namespace callmirror::simulation {

class steady_records {
public:
    // Observes the world from now on; must outlive it, or its last change.
    steady_records(const scenario& of, simulator::service& source, simulator::world& world);

    // A record that has never moved and that a slice which counts as read does not show; "" where
    // there is none.
    std::string lost(const memory_store& mirror) const;
    // A record that is marked deleted and has never been gone; "" where there is none. Not judged
    // where the API tells lies about records, and where it can't always be asked about one: that
    // two reads have missed an event, whose stream is not mirrored, proves less.
    std::string wrongly_deleted(const memory_store& mirror) const;

private:
    struct shifts {
        std::set<simulator::ordinal> records;
        std::set<simulator::ordinal> gone;      // of them: not only moved
        std::multiset<std::int64_t> came, left; // the records' own times, in ms
    };

    bool is_judged(simulator::resource what) const;
    // Whether records both came and went in the slice. One of each within one pass may make up for
    // each other, which nothing but a second read can tell.
    bool has_both(const shifts& all, const write::slice_row& slice) const;
    std::string lost_of(simulator::resource what, const memory_store& mirror) const;

    const scenario& of_;
    simulator::service& source_;
    std::map<simulator::resource, simulator::ordinal> standing_; // how many there were
    std::map<simulator::resource, shifts> shifts_;
};

} // namespace callmirror::simulation
