#include "daemon/metrics.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <stdexcept>

namespace callmirror::daemon {
namespace {

using engine::account_phase;
using prometheus::ClientMetric;
using prometheus::MetricType;
using values = std::vector<std::string>;

std::vector<std::string> words_of(std::string_view list) {
    std::vector<std::string> words;
    while (!list.empty()) {
        const auto comma = list.find(", ");
        words.emplace_back(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 2);
    }
    return words;
}

MetricType type_of(metric_kind kind) {
    switch (kind) {
    case metric_kind::counter:
        return MetricType::Counter;
    case metric_kind::gauge:
        return MetricType::Gauge;
    case metric_kind::histogram:
        return MetricType::Histogram;
    }
    return MetricType::Untyped;
}

double seconds(utc_time::duration time) {
    return std::chrono::duration<double>(time).count();
}

// The families as they are described, filled by name.
class collection {
public:
    collection() {
        for (const auto& each : metric_descriptions()) {
            families_.push_back(
                {std::string(each.name), std::string(each.help), type_of(each.kind), {}});
        }
    }

    // `label_values`: one for each label of the description; an empty one is left out.
    void add(std::string_view name, const values& label_values, double value) {
        auto& metric = next(name, label_values);
        metric.gauge.value = value; // only the one of the family's type is served
        metric.counter.value = value;
    }
    void add(std::string_view name, const values& label_values, std::uint64_t value) {
        add(name, label_values, static_cast<double>(value));
    }
    void add(std::string_view name, const values& label_values, bool value) {
        add(name, label_values, value ? 1.0 : 0.0);
    }
    // Nothing where nothing was counted: it is many lines.
    template <const auto& bounds>
    void add(std::string_view name, const values& label_values,
             const engine::durations<bounds>& took) {
        const auto total = std::reduce(took.counts.begin(), took.counts.end());
        if (total == 0) {
            return;
        }
        auto& histogram = next(name, label_values).histogram;
        std::uint64_t count = 0;
        for (std::size_t i = 0; i < bounds.size(); ++i) {
            count += took.counts[i];
            histogram.bucket.push_back({count, bounds[i]});
        }
        histogram.bucket.push_back({total, std::numeric_limits<double>::infinity()});
        histogram.sample_count = total;
        histogram.sample_sum = took.sum;
    }

    std::string text() {
        std::erase_if(families_, [](const auto& each) { return each.metric.empty(); });
        return prometheus::TextSerializer().Serialize(families_);
    }

private:
    ClientMetric& next(std::string_view name, const values& label_values) {
        const auto descriptions = metric_descriptions();
        const auto found = std::ranges::find(descriptions, name, &metric_description::name);
        if (found == descriptions.end()) {
            throw std::logic_error("a metric without description: " + std::string(name));
        }
        auto& family = families_[static_cast<std::size_t>(found - descriptions.begin())];
        auto& metric = family.metric.emplace_back();
        const auto names = words_of(found->labels);
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (!label_values.at(i).empty()) {
                metric.label.push_back({names[i], label_values[i]});
            }
        }
        return metric;
    }

    std::vector<prometheus::MetricFamily> families_;
};

// What an alert or a rate is likely to ask for is there from the start, so that its first rise
// shows.
engine::answer_counts with_usual(engine::answer_counts answers) {
    using fetch::verdict;
    for (const auto& usual : {std::pair(verdict::ok, 200), std::pair(verdict::throttled, 429)}) {
        answers.try_emplace(usual, 0);
    }
    return answers;
}

// `where`: account, resource and company.
void add_traffic(collection& to, const values& where, const engine::api_traffic& traffic) {
    for (const auto& [kind, count] : with_usual(traffic.answers)) {
        auto labels = where;
        labels.emplace_back(fetch::name_of(kind.first));
        labels.push_back(kind.second > 0 ? std::to_string(kind.second) : "");
        to.add("callmirror_requests_total", labels, count);
    }
    to.add("callmirror_received_bytes_total", where, traffic.bytes);
    to.add("callmirror_request_duration_seconds", where, traffic.request_time);
    to.add("callmirror_decode_duration_seconds", where, traffic.decode_time);
}

void add_counters(collection& to, const std::string& account, const engine::list_view& list) {
    const values where{account, list.resource, list.scope};
    add_traffic(to, where, list.traffic);
    to.add("callmirror_commit_duration_seconds", where, list.commit_time);
    to.add("callmirror_records_total", where, list.records);
    const auto rows = [&](const char* outcome, std::uint64_t count) {
        const values labels{account, list.resource, list.scope, outcome};
        to.add("callmirror_rows_total", labels, count);
    };
    rows("new", list.inserted);
    rows("changed", list.changed);
    rows("unchanged", list.unchanged);
    rows("deleted", list.deleted);
    rows("rejected", list.rejected);
    to.add("callmirror_read_failures_total", where, list.failures);
    // Rare, and nothing that an alert asks the rise of.
    const auto seldom = [&](std::string_view name, const values& labels, std::uint64_t count) {
        if (count > 0) {
            to.add(name, labels, count);
        }
    };
    for (std::size_t i = 0; i < engine::kinds_of_field_change; ++i) {
        const auto what = name_of(static_cast<engine::field_change>(i));
        const values labels{account, list.resource, list.scope, std::string(what)};
        seldom("callmirror_field_changes_total", labels, list.field_changes[i]);
    }
    seldom("callmirror_misfit_values_total", where, list.misfits);
    seldom("callmirror_held_deletes_total", where, list.held_deletes);
}

void add_gauges(collection& to, const std::string& account, const engine::list_view& list,
                utc_time now) {
    const values where{account, list.resource, list.scope};
    const auto age = list.head_read_at
                         ? seconds(std::max(now - *list.head_read_at, utc_time::duration(0)))
                         : std::numeric_limits<double>::infinity();
    to.add("callmirror_freshness_seconds", where, age);
    if (list.read_at) {
        to.add("callmirror_last_read_timestamp_seconds", where,
               seconds(list.read_at->time_since_epoch()));
    }
    to.add("callmirror_backfill_share_ratio", where, list.share);
    if (list.oldest) { // it has a time axis, and so a history of slices
        to.add("callmirror_history_complete", where, list.history_complete);
        constexpr std::array<const char*, plan::slice_states> states{"failing", "unread", "due",
                                                                     "current"};
        for (std::size_t i = 0; i < states.size(); ++i) {
            const values labels{account, list.resource, list.scope, states[i]};
            to.add("callmirror_slices", labels, std::uint64_t{list.history.slices[i]});
        }
    }
    to.add("callmirror_waiting_deletes", where, std::uint64_t{list.waiting_deletes});
    to.add("callmirror_failing", where, !list.last_error.empty());
    to.add("callmirror_set_aside", where, !list.aside.empty());
}

void add_account(collection& to, const engine::account_view& account, utc_time now) {
    for (std::size_t i = 0; i < engine::account_phases; ++i) {
        const auto phase = static_cast<account_phase>(i);
        to.add("callmirror_account_state", {account.name, std::string(name_of(phase))},
               phase == account.phase);
    }
    add_traffic(to, {account.name, "self", ""}, account.own_traffic);
    to.add("callmirror_decode_queue_bytes", {account.name}, account.waiting_bytes);
    // What this process knows of an account that another one mirrors grows old.
    const bool ours = account.phase != account_phase::held_elsewhere;
    if (ours && account.pace_limit > 0) {
        to.add("callmirror_pace_requests_per_second", {account.name}, account.pace);
        to.add("callmirror_pace_limit_requests_per_second", {account.name}, account.pace_limit);
    }
    for (const auto& list : account.lists) {
        add_counters(to, account.name, list);
        if (ours) {
            add_gauges(to, account.name, list, now);
        }
    }
}

void add_process(collection& to, const process_figures& from) {
    to.add("process_cpu_seconds_total", {}, from.cpu_seconds);
    to.add("process_resident_memory_bytes", {}, from.resident_bytes);
    to.add("process_virtual_memory_bytes", {}, from.virtual_bytes);
    to.add("process_threads", {}, from.threads);
    to.add("process_open_fds", {}, from.open_files);
    to.add("process_max_fds", {},
           from.most_files > 0 ? static_cast<double>(from.most_files)
                               : std::numeric_limits<double>::infinity());
    to.add("process_start_time_seconds", {}, from.started_at);
}

} // namespace

std::string metrics_text(const web_view& view) {
    collection all;
    all.add("callmirror_build_info", {std::string(view.version)}, true);
    all.add("callmirror_database_up", {}, database_is_up(view));
    all.add("callmirror_database_queue_jobs", {}, std::uint64_t{view.database_queue});
    for (const auto* account : view.accounts) {
        add_account(all, *account, view.now);
    }
    add_process(all, view.process);
    return all.text();
}

} // namespace callmirror::daemon
