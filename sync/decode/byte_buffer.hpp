// A growing run of bytes that is reused from record to record. Unlike std::string it doesn't clear
// what it hands out, and its memory can be given away without a copy.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace callmirror::decode {

class byte_buffer {
public:
    std::size_t size() const { return size_; }
    std::string_view view() const { return {bytes_.get(), size_}; }
    std::string_view view(std::size_t begin) const { return view().substr(begin); }

    // Back to an earlier size.
    void cut(std::size_t size) { size_ = size; }

    // Where the next `count` bytes may be written; add() then says how many were. Pointers and
    // views into the buffer are void afterwards.
    char* room(std::size_t count) {
        if (capacity_ - size_ < count) {
            grow(count);
        }
        return bytes_.get() + size_;
    }
    void add(std::size_t count) { size_ += count; }

    void append(std::string_view text) {
        if (text.empty()) {
            return;
        }
        std::memcpy(room(text.size()), text.data(), text.size());
        add(text.size());
    }
    void append(char c) {
        *room(1) = c;
        add(1);
    }

    // The memory itself; the buffer is empty afterwards.
    std::unique_ptr<char[]> release() {
        size_ = 0;
        capacity_ = 0;
        return std::move(bytes_);
    }

    // Empty, and without memory beyond `keep`: one huge record must not be paid for ever after.
    void clear(std::size_t keep = std::size_t{1} << 20U) {
        if (capacity_ > keep) {
            release();
        }
        size_ = 0;
    }

private:
    void grow(std::size_t count) {
        const std::size_t capacity = std::max({size_ + count, capacity_ * 2, std::size_t{256}});
        auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
        if (size_ != 0) {
            std::memcpy(bigger.get(), bytes_.get(), size_);
        }
        bytes_ = std::move(bigger);
        capacity_ = capacity;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace callmirror::decode
