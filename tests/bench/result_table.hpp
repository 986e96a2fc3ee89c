// The one table that the benchmark prints: what was measured, against what, and whether it is good
// enough.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace callmirror::bench {

struct result {
    std::string what;
    std::string measured;
    std::string against;
    std::optional<double> ratio{}; // none: the figure itself is judged
    std::string bar{};             // "" where nothing is judged
    bool good = true;
};

class result_table {
public:
    // Adds a line, and shows it at once on standard error: the whole takes minutes.
    void add(const result& line);
    std::string text() const;
    std::string markdown() const;
    bool all_good() const;

private:
    std::vector<result> lines_;
};

// Of at least one value.
double median(std::vector<double> values);
double quantile(std::vector<double> values, double part);

// "41,300"; with digits after the point: "3.94".
std::string grouped(double value);
std::string with_digits(double value, int digits);

} // namespace callmirror::bench
