#include "sync/write/batch.hpp"

#include "sync/postgres/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <memory>

namespace callmirror::write {
namespace {

constexpr std::size_t piece_size = std::size_t{128} << 10;

bool parse_number(std::string_view text, std::int64_t& number) {
    const char* const end = text.data() + text.size();
    const auto [after, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && after == end;
}

struct numbered {
    std::int64_t key;
    row_index row;
    bool operator<(const numbered& other) const {
        return key != other.key ? key < other.key : row < other.row;
    }
};

std::string_view line_of(const row_batch& batch, row_index row) {
    return std::string_view(batch.lines).substr(batch.rows[row].begin, batch.rows[row].size);
}

} // namespace

ordered_batch order_rows(const row_batch& batch, bool number_keys) {
    ordered_batch ordered;
    const auto count = static_cast<row_index>(batch.rows.size());
    ordered.rows.reserve(count);
    if (number_keys) {
        std::vector<numbered> keys;
        keys.reserve(count);
        for (row_index row = 0; row < count; ++row) {
            std::int64_t number = 0;
            if (parse_number(batch.rows[row].key, number))
                keys.push_back({number, row});
            else
                ordered.misfit.push_back(row);
        }
        std::sort(keys.begin(), keys.end());
        for (std::size_t i = 0; i < keys.size(); ++i)
            if (i + 1 == keys.size() || keys[i].key != keys[i + 1].key)
                ordered.rows.push_back(keys[i].row);
        return ordered;
    }
    const auto& rows = batch.rows;
    for (row_index row = 0; row < count; ++row)
        ordered.rows.push_back(row);
    std::ranges::stable_sort(ordered.rows, {},
                             [&](row_index row) -> const std::string& { return rows[row].key; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < ordered.rows.size(); ++i)
        if (i + 1 == ordered.rows.size() ||
            rows[ordered.rows[i]].key != rows[ordered.rows[i + 1]].key)
            ordered.rows[kept++] = ordered.rows[i];
    ordered.rows.resize(kept);
    return ordered;
}

std::string key_array(const row_batch& batch, std::span<const row_index> rows, bool number_keys) {
    if (number_keys) {
        std::string text = "{";
        text.reserve(rows.size() * 12);
        for (const row_index row : rows)
            (text += batch.rows[row].key) += ',';
        text.back() = rows.empty() ? '{' : '}';
        return rows.empty() ? text + "}" : text;
    }
    postgres::array_text keys;
    for (const row_index row : rows)
        keys.add(batch.rows[row].key);
    return keys.take();
}

std::function<std::string_view()> line_pieces(const row_batch& batch,
                                              std::span<const row_index> rows) {
    const auto buffer = std::make_shared<std::string>();
    return [&batch, rows, buffer, next = std::size_t{0}]() mutable -> std::string_view {
        buffer->clear();
        while (next < rows.size() && buffer->size() < piece_size)
            *buffer += line_of(batch, rows[next++]);
        return *buffer;
    };
}

std::string raw_of_line(std::string_view line) {
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    line.remove_prefix(line.rfind('\t') + 1); // npos + 1 is 0
    std::string raw;
    raw.reserve(line.size());
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\\' || i + 1 == line.size()) {
            raw += line[i];
            continue;
        }
        static constexpr std::string_view names = "bfnrtv";
        static constexpr std::string_view meant = "\b\f\n\r\t\v";
        const char escaped = line[++i];
        const auto at = names.find(escaped);
        raw += at == std::string_view::npos ? escaped : meant[at];
    }
    return raw;
}

std::string escape_for_copy(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '\t':
            out += "\\t";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\\':
            out += "\\\\";
            break;
        default:
            out += c;
        }
    }
    return out;
}

} // namespace callmirror::write
