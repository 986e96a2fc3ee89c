// A daemon's view with something of everything in it.
#pragma once

#include "daemon/web_view.hpp"

#include <string>
#include <vector>

namespace callmirror::daemon {

struct example_view {
    engine::account_view account;
    web_view view;

    example_view() {
        using namespace std::chrono_literals;
        const auto now = *parse_time("2026-11-20T10:00:00Z");
        account.name = "acme";
        account.enter(engine::account_phase::mirroring, "mirroring");
        account.pace = 2.5;
        account.pace_limit = 5;
        account.own_traffic.answers[{fetch::verdict::ok, 200}] = 1;
        account.own_traffic.bytes = 512;
        account.waiting_bytes = 70'000;
        engine::list_view calls;
        calls.resource = "calls";
        calls.traffic.answers[{fetch::verdict::ok, 200}] = 119;
        calls.traffic.answers[{fetch::verdict::throttled, 429}] = 3;
        calls.traffic.answers[{fetch::verdict::connection_lost, 0}] = 2;
        calls.traffic.bytes = 4096;
        calls.traffic.request_time.note(30ms);
        calls.traffic.request_time.note(60s);
        calls.traffic.decode_time.note(2ms);
        calls.commit_time.note(200ms);
        calls.inserted = 1'234'567;
        calls.deleted = 2;
        calls.misfits = 1;
        calls.held_deletes = 3;
        calls.field_changes[0] = 2;
        calls.oldest = now - 24h * 90;
        calls.share = 0.5;
        calls.unread = 7;
        calls.head_read_at = now - 12s;
        calls.read_at = now - 12s;
        calls.history.from = now - 24h * 90;
        calls.history.to = now;
        calls.history.cells.assign(96, {plan::slice_state::current, now - 1h});
        calls.history.cells[0] = {plan::slice_state::unread, std::nullopt};
        calls.history.slices = {0, 7, 1, 20};
        engine::list_view streams;
        streams.resource = "streams";
        streams.scope = "42";
        account.lists = {calls, streams};
        view.now = now;
        view.version = "1.2.3";
        view.schema_ready = true;
        view.database_queue = 4;
        view.accounts = {&account};
        view.process = {.cpu_seconds = 1.5, .started_at = 1'700'000'000, .most_files = 1024};
    }
    example_view(const example_view&) = delete;
    example_view& operator=(const example_view&) = delete;
};

} // namespace callmirror::daemon
