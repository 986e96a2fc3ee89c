#include "daemon/backfill_command.hpp"
#include "daemon/check_command.hpp"
#include "daemon/command_line.hpp"
#include "daemon/deletes_command.hpp"
#include "daemon/fields_command.hpp"
#include "daemon/heap.hpp"
#include "daemon/migrate_command.hpp"
#include "daemon/plan_command.hpp"
#include "daemon/private_memory.hpp"
#include "daemon/run_command.hpp"
#include "daemon/status_command.hpp"

#include <cstdio>
#include <exception>

namespace {

using namespace callmirror::daemon;

exit_status carry_out(const command_line& line) {
    switch (line.what) {
    case command::run:
        return run_daemon(line.config);
    case command::backfill:
        return line.plan ? plan_backfill(line) : backfill(line);
    case command::check:
        return check(line.config);
    case command::status:
        return show_status(line.config, line.json);
    case command::fields:
        return show_fields(line);
    case command::deletes_list:
        return list_deletes(line);
    case command::deletes_accept:
        return accept_deletes(line);
    case command::migrate:
        return line.print ? print_migrations(line.config) : migrate(line.config);
    }
    return exit_status::usage;
}

} // namespace

int main(int argc, char** argv) {
    keep_memory_private();
    give_back_large_pieces();
    try {
        const auto parsed = parse_command_line(argc, argv);
        if (const auto* text = std::get_if<instead>(&parsed)) {
            std::fputs(text->out.c_str(), stdout);
            std::fputs(text->err.c_str(), stderr);
            return text->status;
        }
        return code(carry_out(std::get<command_line>(parsed)));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "callmirror: internal error: %s\n", error.what());
        return code(exit_status::in_part);
    }
}
