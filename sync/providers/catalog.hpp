// The platforms as one configuration has them: what is built in, with the operator's own columns
// behind it. To whatever is given one of these resources, such a column is one like any other.
#pragma once

#include "sync/providers/provider.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::providers {

// A column of [[columns]]. Its name is an identifier that its resource's table does not have yet,
// its pointers are in the form of RFC 6901.
struct own_column {
    std::string resource;
    std::string name;
    column_type type = column_type::text;
    std::vector<std::string> pointers;

    bool operator==(const own_column&) const = default;
};

// Immutable and thread-safe; outlives whatever is given its platforms.
class catalog {
public:
    explicit catalog(std::vector<own_column> own = {});
    catalog(const catalog&) = delete;
    catalog& operator=(const catalog&) = delete;

    // nullptr where there is none of that name.
    const platform* find(std::string_view name) const;
    const std::vector<own_column>& own_columns() const { return own_; }

private:
    std::span<const column> with_own(const resource& of);

    std::vector<own_column> own_;
    std::deque<std::vector<std::string_view>> pointers_;
    std::deque<std::vector<column>> columns_;
    std::deque<std::vector<resource>> resources_;
    std::vector<platform> platforms_;
};

} // namespace callmirror::providers
