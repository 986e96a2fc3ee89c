// Text in columns, and numbers that people can read. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace callmirror::daemon {

// "1,234,567".
std::string grouped(std::uint64_t number);
// "4.9", "0.25", "120": three digits that count.
std::string short_number(double number);
// "41.2 %"; never 100 % before it is all.
std::string percent(double share);

// "1 row", "2 rows".
std::string counted(std::uint64_t count, std::string_view singular);

enum class align { left, right };

class text_table {
public:
    struct column {
        std::string title;
        align to = align::left;
    };
    explicit text_table(std::vector<column> columns)
        : columns_(std::move(columns)) {}

    // As many cells as there are columns, or fewer.
    void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    bool empty() const { return rows_.empty(); }

    // Titles and rows, each line with `indent` in front and no blanks at its end. Columns whose
    // every cell is empty are left out.
    std::string to_text(std::string_view indent) const;

private:
    std::vector<column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

// How many places on a screen a text takes: UTF-8's characters, each counted as one, and colours
// ("ESC [ 31 m") as none.
std::size_t display_width(std::string_view text);
std::size_t widest_line(std::string_view text);

} // namespace callmirror::daemon
