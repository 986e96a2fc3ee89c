// The simulated SnapCall API as a program: for the demo, for scripts, for tests in other languages.
#include "tests/simulator/server.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <signal.h>
#include <sstream>

namespace {

using namespace callmirror;
using namespace callmirror::simulator;

struct settings {
    std::uint64_t seed = 1;
    double days = 90;
    std::string end;
    world_options world;
    double speed = 1;
    server_options server;
    std::string port_file;
    std::vector<std::string> keys;
    std::vector<std::string> manners;
    std::string faults;
    std::int64_t latency_ms = 0;
    double requests_per_second = 0;
};

void declare(CLI::App& app, settings& into) {
    app.add_option("--port", into.server.port, "port on 127.0.0.1; 0 is any that is free");
    app.add_flag("--tls,!--no-tls", into.server.tls,
                 "HTTPS with an authority of its own (as shipped)");
    app.add_option("--ca-out", into.server.ca_file, "write the authority's certificate here");
    app.add_option("--port-file", into.port_file, "write the port here once it listens");
    app.add_option("--key", into.keys, "an API key it accepts (simulated-key); can be repeated");
    app.add_option("--seed", into.seed, "decides the whole world");
    app.add_option("--days", into.days, "days of history up to now")->check(CLI::NonNegativeNumber);
    app.add_option("--end", into.end, "end of the history instead of now, RFC 3339");
    app.add_option("--calls-per-day", into.world.calls_per_day, "on the average of a week");
    app.add_option("--partner-calls-per-day", into.world.partner_calls_per_day);
    app.add_option("--streams-per-day", into.world.streams_per_day);
    app.add_option("--events-per-stream", into.world.events_per_stream);
    app.add_option("--company", into.world.company_ids, "a company's id (123); can be repeated");
    app.add_option("--retention-days", into.world.retention_days,
                   "older streams are deleted; 0: none");
    app.add_option("--removed-share", into.world.removed_share,
                   "of the records are deleted some day");
    app.add_option("--first-id", into.world.first_id,
                   "added to every id: 9007199254740992 for large ones");
    app.add_flag("--live", into.server.live, "the world goes on changing with the clock");
    app.add_option("--speed", into.speed, "with --live: so many times as much happens")
        ->check(CLI::PositiveNumber);
    app.add_option("--manner", into.manners, "NAME=VALUE or RESOURCE.NAME=VALUE, see below");
    app.add_option("--faults", into.faults, "a file with a script of faults, see below")
        ->check(CLI::ExistingFile);
    app.add_option("--latency", into.latency_ms, "milliseconds before each answer");
    app.add_option("--rps", into.requests_per_second, "rate limit, requests a second; 0: none");
}

std::string footer() {
    return "Prints its URL on the first line, and serves until SIGTERM or SIGINT.\n\n"
           "Manners (--manner, POST /_simulator/manners):\n" +
           help_on_manners() +
           R"(
Faults (--faults, POST /_simulator/faults) are a JSON list of rules:
  {"name":"busy", "resource":"calls", "kind":"list", "target":"page=2",      which requests
   "from":1, "every":3, "times":2, "probability":1.0,                        which of those
   "do":"status", "status":503, "headers":{"Retry-After":"1"}, "body":"..."} what happens
  do: status, error_object, html, csv, empty, malformed, cut, reset, reset_within, hang, hang_within
  (with "bytes"), slow ("bytes_per_second"), wrong_length ("length_error"), bad_gzip, redirect
  ("location"), none; any of them with "delay_ms", and with
  "drift":[{"do":"remove|insert|change|return_removed|move","rank":0,"shift_ms":0}], a change right
  after the answer: rank counts in the list that was asked for, from 0 or, back from its end, from -1.

Control, from loopback, without a key:
)" + help_on_control();
}

std::string contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

void set(service& api, std::string_view name, std::string_view value) {
    if (const auto error = set_manner(api.change_manners(), name, value); !error.empty()) {
        throw std::invalid_argument(error);
    }
}

void prepare(service& api, const settings& from) {
    set(api, "latency_ms", std::to_string(from.latency_ms));
    set(api, "requests_per_second", std::to_string(from.requests_per_second));
    for (const std::string_view each : from.manners) {
        const auto equals = each.find('=');
        if (equals == std::string_view::npos) {
            throw std::invalid_argument("--manner wants NAME=VALUE, not \"" + std::string(each) +
                                        "\"");
        }
        set(api, each.substr(0, equals), each.substr(equals + 1));
    }
    if (!from.faults.empty()) {
        for (auto& rule : parse_faults(contents(from.faults))) {
            api.faults().add(std::move(rule));
        }
    }
}

// Complete or not there at all for those who wait for it.
void write_port(const std::string& path, std::uint16_t port) {
    const auto draft = path + ".new";
    std::ofstream(draft) << port << '\n';
    if (std::rename(draft.c_str(), path.c_str()) != 0) {
        throw std::runtime_error("can't write " + path);
    }
}

int run(settings wanted) {
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGTERM);
    sigaddset(&ending, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ending, nullptr); // before there is a second thread
    const auto now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto end = wanted.end.empty() ? std::optional(now) : parse_time(wanted.end);
    if (!end) {
        throw std::invalid_argument("--end is \"" + wanted.end + "\", want RFC 3339");
    }
    wanted.world.end = *end;
    wanted.world.start =
        *end - std::chrono::milliseconds(static_cast<std::int64_t>(wanted.days * 86'400'000));
    world data(wanted.seed, wanted.world);
    data.hurry(wanted.speed);
    service api(data,
                wanted.keys.empty() ? std::vector<std::string>{"simulated-key"} : wanted.keys);
    prepare(api, wanted);
    server running(api, wanted.server);
    if (!wanted.port_file.empty()) {
        write_port(wanted.port_file, running.port());
    }
    std::cout << running.base_url() << std::endl;
    if (wanted.server.tls) {
        std::cout << "authority: " << running.ca_file() << std::endl;
    }
    int signal = 0;
    sigwait(&ending, &signal);
    running.stop();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "A simulated SnapCall API: a call centre's data, and every manner its API may have.");
    settings wanted;
    declare(app, wanted);
    app.footer(footer());
    CLI11_PARSE(app, argc, argv);
    try {
        return run(wanted);
    } catch (const std::exception& error) {
        std::cerr << "simulated_snapcall: " << error.what() << '\n';
        return 1;
    }
}
