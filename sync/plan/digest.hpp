// What a slice held when it was last read: each record's key and the hash of its content. A later
// read is compared with it in memory, so that only what is new or changed reaches the database.
//
// An open-addressing table over one arena of keys: about 40 bytes a record, no allocation for each.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callmirror::plan {

// Writes the bytes that are kept in the database, whatever the records are held in: a format byte,
// then for each record the key's length (u16), the key and the hash (u64), little-endian. No key
// may come twice; of one over 65,535 bytes only so many count.
class digest_writer {
public:
    explicit digest_writer(std::size_t records);
    void add(std::string_view key, std::uint64_t hash);
    std::string take() { return std::move(bytes_); } // at the end

private:
    std::string bytes_;
};

class digest {
public:
    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }

    // The content hash, or nullopt where the key is not in it.
    std::optional<std::uint64_t> find(std::string_view key) const;

    // Adds the key or replaces its hash. True where it was not there. Of a key over
    // 65,535 bytes only so many count.
    bool put(std::string_view key, std::uint64_t hash);

    // In order of insertion. The view lives until the next put() or append().
    void for_each(const std::function<void(std::string_view key, std::uint64_t hash)>& visit) const;

    // What a digest_writer makes of it. `first` skips as many entries.
    std::string serialize(std::size_t first = 0) const;

    // Adds what serialize() made. False, and nothing is added, where the bytes are not of its form.
    bool append(std::string_view bytes);

    // Same keys with the same hashes, in any order.
    bool operator==(const digest& other) const;

private:
    struct entry {
        std::uint64_t hash;
        std::uint64_t key_offset;
        std::uint32_t key_hash;
        std::uint16_t key_size;
    };
    std::string_view key_of(const entry& item) const {
        return std::string_view(keys_).substr(item.key_offset, item.key_size);
    }
    std::size_t slot_of(std::string_view key, std::uint32_t key_hash) const;
    void grow();

    std::vector<entry> entries_;
    std::vector<std::uint32_t> slots_; // index into entries_ plus one; 0 is free
    std::string keys_;
};

} // namespace callmirror::plan
