// Reads the body of a single-record endpoint: the record itself, or an envelope with it inside.
#pragma once

#include "sync/decode/envelope.hpp"
#include "sync/decode/json_walker.hpp"
#include "sync/decode/row_builder.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

// For one body. What it is made of must outlive it.
class record_reader {
public:
    record_reader(const record_names& names, json_walker& walker, row_builder& rows);

    envelope_hints hints() const { return {}; }

    // Why the body is no record, or "" where the rows have exactly one.
    std::string read();

private:
    // An object that may be the record, by the name it stands under.
    struct candidate {
        int rank;
        std::uint32_t at;
    };

    void find(std::uint32_t at, int wrapper);
    void find_in_list(std::uint32_t at, int rank);
    void add_candidate(int rank, std::uint32_t at);
    bool take_one(); // of the candidates
    bool take(std::uint32_t at);

    const record_names* names_;
    json_walker* walker_;
    row_builder* rows_;
    envelope_reader envelope_;
    std::vector<candidate> candidates_;
    std::string refused_; // why the best candidate is none
};

} // namespace callmirror::decode
