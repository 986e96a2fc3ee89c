#include "daemon/command_line.hpp"

#include "config/values.hpp"
#include "daemon/exit_status.hpp"
#include "daemon/help.hpp"
#include "daemon/version.hpp"
#include "sync/base/text.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <array>
#include <sstream>

namespace callmirror::daemon {
namespace {

// CLI11's error where text is no date.
utc_time date_in(const std::string& option, const std::string& text) {
    const auto time = parse_time(text);
    if (!time) {
        throw CLI::ValidationError(option, "is \"" + text +
                                               "\", want a date such as 2026-11-20 or "
                                               "2026-11-20T08:00:00+01:00");
    }
    return *time;
}

class parser {
public:
    parser();
    void parse(int argc, const char* const* argv) { app_.parse(argc, argv); }
    command_line result();
    instead explain(const CLI::ParseError& error) const;

private:
    CLI::App* add(const std::string& name, const help_text& help, command what);
    void add_backfill();
    void add_deletes();
    void narrow(CLI::App* to);

    CLI::App app_{std::string(program_help.summary), "callmirror"};
    command_line line_;
    std::string from_;
    std::string to_;
    CLI::Option* from_given_ = nullptr; // an empty date is a mistake, not none
    CLI::Option* to_given_ = nullptr;
    std::string progress_ = "auto";
};

parser::parser() {
    app_.footer(std::string(program_help.footer));
    app_.set_version_flag("--version", version_text(),
                          "the version, and those of what it was built with");
    app_.get_formatter()->column_width(26);
    app_.require_subcommand(1);
    add("run", run_help, command::run);
    add_backfill();
    add("check", check_help, command::check);
    add("status", status_help, command::status)
        ->add_flag("--json", line_.json, "the same for machines");
    auto* fields = add("fields", fields_help, command::fields);
    narrow(fields);
    fields->add_flag("--json", line_.json, "the same for machines");
    add_deletes();
    add("migrate", migrate_help, command::migrate)
        ->add_flag("--print", line_.print, "print the SQL instead; needs no database");
}

CLI::App* parser::add(const std::string& name, const help_text& help, command what) {
    auto* sub = app_.add_subcommand(name, std::string(help.summary));
    sub->footer(std::string(help.footer));
    sub->add_option("--config", line_.config, "the configuration")
        ->type_name("FILE")
        ->capture_default_str();
    sub->final_callback([this, what] { line_.what = what; });
    return sub;
}

void parser::narrow(CLI::App* to) {
    to->add_option("--account", line_.accounts, "this account only; may be given again")
        ->type_name("NAME")
        ->expected(1)
        ->take_all();
    to->add_option("--resource", line_.resources, "this resource only; may be given again")
        ->type_name("NAME")
        ->expected(1)
        ->take_all();
}

void parser::add_backfill() {
    auto* sub = add("backfill", backfill_help, command::backfill);
    narrow(sub);
    from_given_ = sub->add_option("--from", from_, "records from this date on");
    from_given_->type_name("DATE");
    to_given_ = sub->add_option("--to", to_, "records before this date");
    to_given_->type_name("DATE");
    auto* again = sub->add_flag("--again", line_.again, "read once more what was read before");
    sub->add_flag("--plan", line_.plan,
                  "write nothing; say how much there is and how long it takes")
        ->excludes(again);
    sub->add_option("--progress", progress_, "auto, plain or none")
        ->type_name("HOW")
        ->check(CLI::IsMember({"auto", "plain", "none"}));
}

void parser::add_deletes() {
    auto* group = app_.add_subcommand("deletes", std::string(deletes_help.summary));
    group->footer(std::string(deletes_help.footer));
    group->require_subcommand(1);
    group->add_option("--config", line_.config, "the configuration")
        ->type_name("FILE")
        ->capture_default_str();
    const auto one = [&](const char* name, const char* summary, command what) {
        auto* sub = group->add_subcommand(name, summary);
        sub->add_option("--config", line_.config, "the configuration")
            ->type_name("FILE")
            ->capture_default_str();
        narrow(sub);
        sub->final_callback([this, what] { line_.what = what; });
    };
    one("list", "shows the mass deletions that wait for a word", command::deletes_list);
    one("accept", "carries them out", command::deletes_accept);
}

command_line parser::result() {
    if (from_given_->count() > 0) {
        line_.from = date_in("--from", from_);
    }
    if (to_given_->count() > 0) {
        line_.to = date_in("--to", to_);
    }
    if (line_.from && line_.to && *line_.to <= *line_.from) {
        throw CLI::ValidationError("--to", "is not after --from");
    }
    line_.progress = progress_ == "plain"  ? progress_mode::plain
                     : progress_ == "none" ? progress_mode::none
                                           : progress_mode::automatic;
    return line_;
}

instead parser::explain(const CLI::ParseError& error) const {
    std::ostringstream out;
    std::ostringstream err;
    const int status = app_.exit(error, out, err);
    auto text = err.str(); // with words of the command line in it
    std::ranges::replace_if(
        text, [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; }, '?');
    return {status == 0 ? 0 : code(exit_status::usage), out.str(), text};
}

// CLI11 only says that a command is missing.
std::optional<instead> refuse_unknown_command(int argc, const char* const* argv) {
    static constexpr std::array<std::string_view, 7> known{"run",    "backfill", "check",  "status",
                                                           "fields", "deletes",  "migrate"};
    if (argc < 2 || argv[1][0] == '-' || std::ranges::find(known, argv[1]) != known.end()) {
        return std::nullopt;
    }
    const std::string_view given = argv[1];
    const auto nearest = config::nearest(given, known);
    return instead{code(exit_status::usage),
                   {},
                   "callmirror: there is no command \"" + printable(given, 40) +
                       "\"; did you mean \"" + std::string(nearest) +
                       "\"? `callmirror --help` lists them\n"};
}

} // namespace

std::variant<command_line, instead> parse_command_line(int argc, const char* const* argv) {
    if (auto refused = refuse_unknown_command(argc, argv)) {
        return *refused;
    }
    parser here;
    try {
        here.parse(argc, argv);
        return here.result();
    } catch (const CLI::ParseError& error) {
        return here.explain(error);
    }
}

} // namespace callmirror::daemon
