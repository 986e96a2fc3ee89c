// The typed columns of records that are in the mirror already, out of their `raw`: what a decoder
// gives for the same record, by the same code. For columns that are younger than their rows.
//
// Nothing is taken out here: credentials were, before `raw` was written. Numbers are those that
// PostgreSQL kept: 100 where the API wrote 1e2.
// Holds reused buffers: one thread at a time.
#pragma once

#include "sync/providers/provider.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::decode {

class column_reader {
public:
    // `resource` must outlive it; only its columns matter.
    explicit column_reader(const providers::resource& resource);
    ~column_reader();
    column_reader(column_reader&&) noexcept;
    column_reader& operator=(column_reader&&) noexcept;

    // Of one record, a JSON object: a value for each column, as PostgreSQL reads its type.
    const std::vector<std::optional<std::string>>& read(std::string_view raw);
    std::uint64_t misfits() const; // values so far that did not fit their column

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace callmirror::decode
