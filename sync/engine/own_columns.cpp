#include "sync/engine/own_columns.hpp"

#include "sync/decode/column_reader.hpp"

#include <algorithm>

namespace callmirror::engine {
namespace {

constexpr int rows_a_step = 2'000;

std::string lines_of(const std::vector<std::string>& pointers) {
    std::string text;
    for (const auto& each : pointers) {
        text += (text.empty() ? "" : "\n") + each;
    }
    return text;
}

std::string listed(const write::unfilled_columns& columns) {
    std::string text;
    for (const auto& each : columns.names) {
        text += (text.empty() ? columns.resource + "." : ", ") + each;
    }
    return text;
}

// The resource with just these columns.
struct narrowed_table {
    std::vector<providers::column> columns;
    providers::resource table;

    narrowed_table(const providers::resource& from, const std::vector<std::string>& names)
        : table(from) {
        for (const auto& name : names) {
            columns.push_back(*std::ranges::find(from.columns, name, &providers::column::name));
        }
        table.columns = columns;
    }
    narrowed_table(const narrowed_table&) = delete;
};

awaitable<bool> fill(session_context& context, write::unfilled_columns& which) {
    const auto* resource = providers::find_resource(context.platform, which.resource);
    const narrowed_table wanted(*resource, which.names);
    decode::column_reader reader(wanted.table);
    const write::raw_reader read =
        [&reader](std::string_view raw) -> const std::vector<std::optional<std::string>>& {
        return reader.read(raw);
    };
    context.say(level::info, listed(which) + ": being filled for rows that are there" +
                                 (which.filled_to ? ", from where it was" : ""));
    write::fill_outcome all;
    while (!all.done) {
        write::fill_outcome step;
        auto job = [&](write::store& store) {
            step = store.fill_columns(context.lease, std::string(context.platform.name),
                                      wanted.table, which, read, rows_a_step);
        };
        const auto begun = context.time.now();
        co_await context.store.run(job);
        // A one shot gives up an API that is not heard of: while it is asked nothing, it is waited
        // for.
        context.last_answer = context.time.now();
        all.done = step.done;
        all.looked_at += step.looked_at;
        all.written += step.written;
        all.refused += step.refused;
        // Half of the time is the others', whose rows these are.
        const auto now = context.time.now();
        if (!all.done && !co_await context.tasks.sleep_until(now + (now - begun))) {
            co_return false;
        }
    }
    context.say(level::info,
                listed(which) + ": filled for rows that are there: " + std::to_string(all.written) +
                    " of " + std::to_string(all.looked_at) + " written");
    if (all.refused + reader.misfits() > 0) {
        context.say(level::warning, listed(which) + ": null for " +
                                        std::to_string(all.refused + reader.misfits()) +
                                        " values that don't fit; they are in raw");
    }
    co_return true;
}

} // namespace

awaitable<std::vector<write::unfilled_columns>>
settle_columns(session_context& context, const std::vector<providers::own_column>& own) {
    std::vector<write::own_column_row> wanted;
    for (const auto& each : own) {
        if (providers::find_resource(context.platform, each.resource)) {
            wanted.push_back({each.resource, each.name, lines_of(each.pointers)});
        }
    }
    write::settled_columns settled;
    auto job = [&](write::store& store) {
        settled = store.settle_columns(context.lease, std::string(context.platform.name), wanted);
    };
    co_await context.store.run(job);
    for (const auto& each : settled.dropped) {
        context.say(level::info, each + ": not in [[columns]] any more: the column stays as it is, "
                                        "and is filled no longer");
    }
    co_return std::move(settled.unfilled);
}

awaitable<bool> fill_columns(session_context& context,
                             std::vector<write::unfilled_columns>& unfilled) {
    for (auto& each : unfilled) {
        if (context.tasks.stopping() || !co_await fill(context, each)) {
            co_return false;
        }
    }
    co_return true;
}

} // namespace callmirror::engine
