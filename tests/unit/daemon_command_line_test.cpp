#include "daemon/command_line.hpp"
#include "daemon/narrow.hpp"

#include <gmock/gmock.h>

namespace callmirror::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::variant<command_line, instead> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "callmirror");
    return parse_command_line(static_cast<int>(words.size()), words.data());
}

command_line parsed(const std::vector<const char*>& words) {
    const auto result = parse(words);
    const auto* text = std::get_if<instead>(&result);
    EXPECT_EQ(text, nullptr) << text->err;
    return text ? command_line{} : std::get<command_line>(result);
}

instead refused(const std::vector<const char*>& words) {
    const auto result = parse(words);
    EXPECT_TRUE(std::holds_alternative<instead>(result));
    return std::holds_alternative<instead>(result) ? std::get<instead>(result) : instead{};
}

TEST(CommandLine, KnowsEveryCommand) {
    EXPECT_EQ(parsed({"run"}).what, command::run);
    EXPECT_EQ(parsed({"backfill"}).what, command::backfill);
    EXPECT_EQ(parsed({"check"}).what, command::check);
    EXPECT_EQ(parsed({"status"}).what, command::status);
    EXPECT_EQ(parsed({"deletes", "list"}).what, command::deletes_list);
    EXPECT_EQ(parsed({"deletes", "accept"}).what, command::deletes_accept);
    EXPECT_EQ(parsed({"migrate"}).what, command::migrate);
}

TEST(CommandLine, TakesAConfigurationWithEveryCommand) {
    EXPECT_EQ(parsed({"run"}).config, "/etc/callmirror/callmirror.toml");
    for (const char* name : {"run", "backfill", "check", "status", "migrate"}) {
        EXPECT_EQ(parsed({name, "--config", "here.toml"}).config, "here.toml") << name;
    }
    EXPECT_EQ(parsed({"deletes", "list", "--config", "here.toml"}).config, "here.toml");
}

TEST(CommandLine, NarrowsABackfill) {
    const auto line = parsed({"backfill", "--account", "a", "--account", "b", "--resource", "calls",
                              "--from", "2026-01-01", "--to", "2026-02-01T08:00:00+01:00",
                              "--again", "--progress", "plain"});
    EXPECT_THAT(line.accounts, ElementsAre("a", "b"));
    EXPECT_THAT(line.resources, ElementsAre("calls"));
    EXPECT_EQ(line.from, parse_time("2026-01-01"));
    EXPECT_EQ(line.to, parse_time("2026-02-01T07:00:00Z"));
    EXPECT_TRUE(line.again);
    EXPECT_FALSE(line.plan);
    EXPECT_EQ(line.progress, progress_mode::plain);
}

TEST(CommandLine, EndsWith64ForWhatItDoesNotUnderstand) {
    const std::vector<std::vector<const char*>> wrong{
        {},
        {"backfil"},
        {"--nonsense"},
        {"run", "--nonsense"},
        {"run", "backfill"},
        {"deletes"},
        {"deletes", "all"},
        {"run", "--config"},
        {"backfill", "--from", "yesterday"},
        {"backfill", "--from", ""},
        {"backfill", "--to", ""},
        {"backfill", "--from", "2026-01-02", "--to", "2026-01-02"},
        {"backfill", "--progress", "loud"},
        {"backfill", "--plan", "--again"},
        {"check", "--account", "acme"},
    };
    for (const auto& words : wrong) {
        const auto text = refused(words);
        EXPECT_EQ(text.status, 64) << text.err;
        EXPECT_NE(text.err, "");
        EXPECT_EQ(text.out, "");
    }
}

TEST(CommandLine, NamesTheNearestCommand) {
    EXPECT_THAT(refused({"statsu"}).err, HasSubstr("did you mean \"status\"?"));
}

TEST(CommandLine, ShowsControlCharactersOfAMistakeHarmlessly) {
    EXPECT_EQ(refused({"\x1b[2J"}).err.find('\x1b'), std::string::npos);
    EXPECT_EQ(refused({"backfill", "--from", "\x1b[2J"}).err.find('\x1b'), std::string::npos);
    EXPECT_EQ(refused({"run", "--\x1b[2J"}).err.find('\x1b'), std::string::npos);
}

TEST(CommandLine, PrintsHelpAndVersionAndEndsWith0) {
    for (const auto& words :
         std::vector<std::vector<const char*>>{{"--help"},
                                               {"--version"},
                                               {"run", "--help"},
                                               {"backfill", "--help"},
                                               {"deletes", "--help"},
                                               {"deletes", "accept", "--help"}}) {
        const auto text = refused(words);
        EXPECT_EQ(text.status, 0);
        EXPECT_NE(text.out, "");
        EXPECT_EQ(text.err, "");
    }
    EXPECT_THAT(refused({"--help"}).out, HasSubstr("78  the configuration"));
    const auto version = refused({"--version"}).out;
    EXPECT_THAT(version, HasSubstr("libpqxx"));
    EXPECT_FALSE(version.ends_with("\n\n")) << version;
}

config::account_settings account(const std::string& name, std::vector<std::string> resources = {}) {
    config::account_settings settings;
    settings.name = name;
    settings.resources = std::move(resources);
    return settings;
}

TEST(Narrow, LeavesAllWhereNothingIsNamed) {
    const auto left = narrow({account("a"), account("b", {"calls"})}, {}, {});
    EXPECT_EQ(std::get<0>(left), (std::vector{account("a"), account("b", {"calls"})}));
}

TEST(Narrow, KeepsNamedAccountsAndResources) {
    const auto left =
        narrow({account("a"), account("b", {"calls"}), account("c", {"streams"})}, {}, {"streams"});
    EXPECT_EQ(std::get<0>(left),
              (std::vector{account("a", {"streams"}), account("c", {"streams"})}));
    EXPECT_EQ(std::get<0>(narrow({account("a"), account("b")}, {"b"}, {})),
              (std::vector{account("b")}));
}

TEST(Narrow, RefusesNamesThatAreNotThere) {
    EXPECT_EQ(std::get<1>(narrow({account("acme")}, {"acne"}, {})),
              "there is no account \"acne\"; did you mean \"acme\"?");
    EXPECT_EQ(std::get<1>(narrow({account("acme")}, {}, {"call"})),
              "there is no resource \"call\"; did you mean \"calls\"?");
    // One that the named account does not mirror.
    EXPECT_EQ(narrow({account("a", {"calls"}), account("b")}, {"a"}, {"streams"}).index(), 1U);
}

} // namespace
} // namespace callmirror::daemon
