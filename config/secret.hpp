// A key, a password or a connection string: a value that can't print itself.
// There is no operator<<, no formatter and no conversion, so logging one does not compile. Wiped
// when it is destroyed, assigned over or moved from. A value type, as thread-safe as std::string.
#pragma once

#include <cstring>
#include <ostream>
#include <string_view>
#include <utility>
#include <vector>

namespace callmirror::config {

class secret {
public:
    secret() = default;
    // Copies `text`; wiping the original is up to the caller.
    explicit secret(std::string_view text)
        : bytes_{text.begin(), text.end()} {}

    secret(const secret&) = default;
    secret(secret&& other) noexcept
        : bytes_{std::exchange(other.bytes_, {})} {}
    secret& operator=(secret other) noexcept { // the old bytes leave with `other`, which wipes them
        bytes_.swap(other.bytes_);
        return *this;
    }
    ~secret() {
        if (!bytes_.empty()) {
            explicit_bzero(bytes_.data(), bytes_.size());
        }
    }

    bool empty() const { return bytes_.empty(); }

    // The value, for the one place that needs it. Lives as long as this object is not changed.
    std::string_view reveal() const { return {bytes_.data(), bytes_.size()}; }

    friend bool operator==(const secret&, const secret&) = default;
    friend std::ostream& operator<<(std::ostream&, const secret&) = delete;

private:
    std::vector<char> bytes_; // not std::string: a short one leaves its bytes behind when moved
};

} // namespace callmirror::config
