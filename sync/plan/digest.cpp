#include "sync/plan/digest.hpp"

#include <algorithm>
#include <limits>

namespace callmirror::plan {
namespace {

constexpr char format_1 = 1;
constexpr std::size_t longest_key = std::numeric_limits<std::uint16_t>::max();

// FNV-1a, folded: keys are short, and nobody who could choose them gains by collisions beyond the
// linear scan that a full page of them would cost.
std::uint32_t hash_key(std::string_view key) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char byte : key) {
        hash ^= static_cast<unsigned char>(byte);
        hash *= 0x100000001b3U;
    }
    return static_cast<std::uint32_t>(hash ^ (hash >> 32U));
}

template <typename Integer>
void write_integer(std::string& out, Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i) {
        out.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8U * i) & 0xffU));
    }
}

template <typename Integer>
Integer read_integer(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8U * i);
    }
    return static_cast<Integer>(value);
}

} // namespace

digest_writer::digest_writer(std::size_t records)
    : bytes_(1, format_1) {
    constexpr std::size_t usual_key = 12;
    bytes_.reserve(1 + records * (sizeof(std::uint16_t) + usual_key + sizeof(std::uint64_t)));
}

void digest_writer::add(std::string_view key, std::uint64_t hash) {
    key = key.substr(0, longest_key);
    write_integer(bytes_, static_cast<std::uint16_t>(key.size()));
    bytes_.append(key);
    write_integer(bytes_, hash);
}

std::optional<std::uint64_t> digest::find(std::string_view key) const {
    if (entries_.empty()) {
        return std::nullopt;
    }
    key = key.substr(0, longest_key);
    const auto index = slots_[slot_of(key, hash_key(key))];
    return index == 0 ? std::nullopt : std::optional(entries_[index - 1].hash);
}

bool digest::put(std::string_view key, std::uint64_t hash) {
    key = key.substr(0, longest_key);
    if ((entries_.size() + 1) * 2 > slots_.size()) {
        grow();
    }
    const auto key_hash = hash_key(key);
    auto& index = slots_[slot_of(key, key_hash)];
    if (index != 0) {
        entries_[index - 1].hash = hash;
        return false;
    }
    entries_.push_back({hash, keys_.size(), key_hash, static_cast<std::uint16_t>(key.size())});
    keys_.append(key);
    index = static_cast<std::uint32_t>(entries_.size());
    return true;
}

void digest::for_each(const std::function<void(std::string_view, std::uint64_t)>& visit) const {
    for (const auto& item : entries_) {
        visit(key_of(item), item.hash);
    }
}

std::string digest::serialize(std::size_t first) const {
    digest_writer writer(entries_.size() - std::min(first, entries_.size()));
    for (std::size_t i = first; i < entries_.size(); ++i) {
        writer.add(key_of(entries_[i]), entries_[i].hash);
    }
    return writer.take();
}

bool digest::append(std::string_view bytes) {
    if (bytes.empty() || bytes.front() != format_1) {
        return false;
    }
    const auto walk = [](std::string_view rest, auto&& visit) {
        while (!rest.empty()) {
            if (rest.size() < 2) {
                return false;
            }
            const auto size = std::size_t{read_integer<std::uint16_t>(rest)};
            if (rest.size() < 2 + size + 8) {
                return false;
            }
            visit(rest.substr(2, size), read_integer<std::uint64_t>(rest.substr(2 + size, 8)));
            rest.remove_prefix(2 + size + 8);
        }
        return true;
    };
    bytes.remove_prefix(1);
    if (!walk(bytes, [](std::string_view, std::uint64_t) {})) {
        return false;
    }
    return walk(bytes, [this](std::string_view key, std::uint64_t hash) { put(key, hash); });
}

bool digest::operator==(const digest& other) const {
    if (size() != other.size()) {
        return false;
    }
    for (const auto& item : entries_) {
        if (other.find(key_of(item)) != item.hash) {
            return false;
        }
    }
    return true;
}

std::size_t digest::slot_of(std::string_view key, std::uint32_t key_hash) const {
    const auto mask = slots_.size() - 1;
    auto slot = key_hash & mask;
    while (slots_[slot] != 0) {
        const auto& item = entries_[slots_[slot] - 1];
        if (item.key_hash == key_hash && key_of(item) == key) {
            break;
        }
        slot = (slot + 1) & mask;
    }
    return slot;
}

void digest::grow() {
    slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, 0);
    const auto mask = slots_.size() - 1;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        auto slot = entries_[i].key_hash & mask;
        while (slots_[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        slots_[slot] = static_cast<std::uint32_t>(i + 1);
    }
}

} // namespace callmirror::plan
