// The daemon's figures in Prometheus' text format. Pure.
#pragma once

#include "daemon/web_view.hpp"

#include <span>
#include <string>
#include <string_view>

namespace callmirror::daemon {

enum class metric_kind { counter, gauge, histogram };

struct metric_description {
    std::string_view name;
    metric_kind kind;
    std::string_view labels; // "account, outcome"; in the order in which they are served
    std::string_view help;
};

// Every metric there is, in the order in which they are served; README.md has the same table.
std::span<const metric_description> metric_descriptions();

inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

// Counters begin anew with the process. A list's gauges are there while its account is mirrored
// here; `company` is left out where a list is the whole account's.
std::string metrics_text(const web_view& view);

} // namespace callmirror::daemon
