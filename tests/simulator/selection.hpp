// Which records a list shows, in which order: the database behind the API. A range of creation
// times by time costs O(log n) to find and a page's worth to read; any other order, time or filter
// is made once and kept until the world changes.
#pragma once

#include "tests/simulator/manners.hpp"
#include "tests/simulator/world.hpp"

#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::simulator {

struct selection_request {
    resource of = resource::calls;
    std::optional<std::size_t> company;                           // nullopt: all of them
    std::int64_t from = std::numeric_limits<std::int64_t>::min(); // ms, inclusive
    std::int64_t to = std::numeric_limits<std::int64_t>::max();   // ms, exclusive
    compared_time compares = compared_time::created;
    list_order order = list_order::newest;
    // JSON pointer (or "expired", "stream_token") and the text it must equal.
    std::vector<std::pair<std::string, std::string>> filters;
};

// Valid until the world changes.
class selection {
public:
    std::size_t size() const { return made_ ? made_->size() : count_; }
    // Appends those at places [first, first + count) that are there.
    void collect(std::size_t first, std::size_t count, std::vector<ordinal>& into) const;

private:
    friend class selections;
    const time_index* index_ = nullptr;
    std::size_t first_ = 0;
    std::size_t count_ = 0;
    bool newest_first_ = false;
    std::shared_ptr<const std::vector<ordinal>> made_;
};

// Finds selections and keeps the last few that had to be made. Not thread-safe.
class selections {
public:
    // `from` must outlive it.
    explicit selections(const world& from)
        : world_(from) {}
    selection select(const selection_request& request);

private:
    struct kept {
        std::string request;
        std::uint64_t version;
        std::shared_ptr<const std::vector<ordinal>> made;
    };

    std::shared_ptr<const std::vector<ordinal>> make(const selection_request& request) const;

    const world& world_;
    std::list<kept> kept_; // the latest first
};

// The time of a record that start and end are compared with, in ms.
std::int64_t time_of(const world& from, resource of, ordinal which, compared_time compares);

} // namespace callmirror::simulator
