// Reads the body of a listing's page: finds the records in their envelope and hands them to a
// row_builder. One walk over the body, whatever the order of its members: each list that might hold
// the records is decoded as it comes, and given up where a better one follows.
#pragma once

#include "sync/decode/envelope.hpp"
#include "sync/decode/json_walker.hpp"
#include "sync/decode/row_builder.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace callmirror::decode {

// For one body. What it is made of must outlive it.
class page_reader {
public:
    page_reader(const record_names& names, json_walker& walker, row_builder& rows);

    // Why the body is no page, or "" where the rows have all that is on it.
    std::string read();

    envelope_hints hints() const;

private:
    static constexpr int nowhere = std::numeric_limits<int>::max();

    // These give the token after what they read, or 0 on failure.
    std::uint32_t read_envelope(std::uint32_t at, int wrapper);
    std::uint32_t read_member(std::string_view name, std::uint32_t at, int wrapper);
    std::uint32_t read_list_member(std::string_view name, std::uint32_t at, int wrapper);
    std::uint32_t read_list(std::uint32_t at);
    std::uint32_t read_element(std::uint32_t at);
    std::uint32_t read_hints(std::uint32_t at);

    std::string problem(std::uint32_t after) const;
    std::string no_list_found() const;

    const record_names* names_;
    json_walker* walker_;
    row_builder* rows_;
    envelope_reader envelope_;
    int best_ = nowhere; // rank of the list that is in rows_
    int unusual_lists_ = 0;
    std::string wrapper_name_;
    std::string records_at_;
};

} // namespace callmirror::decode
