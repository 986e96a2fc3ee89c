// Says whether the mirror equals the source.
#pragma once

#include "tests/simulation/memory_store.hpp"
#include "tests/simulation/scenario.hpp"

#include <string>
#include <vector>

namespace callmirror::simulation {

class oracle {
public:
    oracle(const scenario& of, simulator::service& source, const memory_store& mirror)
        : of_(of)
        , source_(source)
        , mirror_(mirror) {}

    // Every difference, a line each; at most `most`. `but_suspects`: a row that is gone at the
    // source may stand while it is under suspicion.
    std::vector<std::string> differences(bool but_suspects, std::size_t most = 20) const;

private:
    void compare(simulator::resource what, const providers::resource& table, bool but_suspects,
                 std::vector<std::string>& found) const;
    bool is_judged(simulator::resource what, simulator::ordinal which) const;
    // Where the list's newest slice begins.
    std::int64_t head_begins(std::string_view table) const;

    const scenario& of_;
    simulator::service& source_;
    const memory_store& mirror_;
};

} // namespace callmirror::simulation
