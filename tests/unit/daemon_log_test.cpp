#include "daemon/findings.hpp"
#include "daemon/http_source.hpp"
#include "daemon/log.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <sys/stat.h>

namespace callmirror::daemon {
namespace {

using config::log_format;
using spdlog::level::level_enum;

const utc_time ten = *parse_time("2026-11-20T10:00:00.5Z");

TEST(Log, WritesTextForPeople) {
    EXPECT_EQ(log_line(log_format::text, level_enum::warn, ten, "acme", "calls: 503"),
              "2026-11-20T10:00:00.500Z warning acme: calls: 503\n");
    EXPECT_EQ(log_line(log_format::text, level_enum::info, ten, "", "starts"),
              "2026-11-20T10:00:00.500Z info    starts\n");
}

TEST(Log, GivesTheJournalPrioritiesAndNoTime) {
    const std::vector<std::pair<level_enum, std::string>> table{
        {level_enum::critical, "<2>"}, {level_enum::err, "<3>"},   {level_enum::warn, "<4>"},
        {level_enum::info, "<6>"},     {level_enum::debug, "<7>"}, {level_enum::trace, "<7>"}};
    for (const auto& [level, prefix] : table) {
        EXPECT_EQ(log_line(log_format::journal, level, ten, "acme", "x"), prefix + "acme: x\n");
    }
}

TEST(Log, WritesJsonThatParsesWhateverTheMessage) {
    const std::string nasty = "a \"quote\", a \\, \x01, \xff and\na line";
    const auto line = log_line(log_format::json, level_enum::err, ten, "acme", nasty);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
    const auto parsed = nlohmann::json::parse(line);
    EXPECT_EQ(parsed["time"], "2026-11-20T10:00:00.500Z");
    EXPECT_EQ(parsed["level"], "error");
    EXPECT_EQ(parsed["account"], "acme");
    EXPECT_FALSE(nlohmann::json::parse(log_line(log_format::json, level_enum::info, ten, "", "x"))
                     .contains("account"));
}

TEST(Log, KeepsAnEventOnOneLine) {
    for (const auto format : {log_format::text, log_format::journal, log_format::json}) {
        const auto line =
            log_line(format, level_enum::info, ten, "", "one\n<0>two\r\x1b[2Jthree\n");
        EXPECT_EQ(line.find('\n'), line.size() - 1);
        EXPECT_EQ(line.find('\x1b'), std::string::npos);
        EXPECT_EQ(line.find('\r'), std::string::npos);
    }
}

TEST(Log, JoinsHintsToTheirLine) {
    EXPECT_EQ(log_line(log_format::journal, level_enum::err, ten, "", "no\n  hint: yes\n"),
              "<3>no; hint: yes\n");
}

TEST(Log, NamesTheAccountOnce) {
    EXPECT_EQ(log_line(log_format::journal, level_enum::info, ten, "acme", "acme: calls: back"),
              "<6>acme: calls: back\n");
}

TEST(Log, TakesTheJournalsFormOnlyWhereTheJournalReads) {
    std::FILE* file = std::tmpfile();
    ASSERT_NE(file, nullptr);
    const int descriptor = ::fileno(file);
    struct stat found {};
    ASSERT_EQ(::fstat(descriptor, &found), 0);
    const auto here = std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino);
    const auto other = std::to_string(found.st_dev) + ':' + std::to_string(found.st_ino + 1);
    EXPECT_EQ(resolve_format(log_format::automatic, here.c_str(), descriptor), log_format::journal);
    EXPECT_EQ(resolve_format(log_format::automatic, other.c_str(), descriptor), log_format::text);
    EXPECT_EQ(resolve_format(log_format::automatic, "nonsense", descriptor), log_format::text);
    EXPECT_EQ(resolve_format(log_format::automatic, nullptr, descriptor), log_format::text);
    EXPECT_EQ(resolve_format(log_format::json, here.c_str(), descriptor), log_format::json);
    std::fclose(file);
}

TEST(Findings, StandInColumnsWithHintsBelow) {
    EXPECT_EQ(finding_line(finding::ok, "schema", "version 3"),
              "ok    schema                  version 3\n");
    EXPECT_EQ(
        finding_line(finding::fail, "database rights", "some are missing", "grant a;\ngrant b;\n"),
        "FAIL  database rights         some are missing\n"
        "                              -> grant a;\n"
        "                                 grant b;\n");
}

TEST(Findings, EndWithTheWorstStatus) {
    findings all;
    EXPECT_EQ(all.conclusion(), "all is well");
    testing::internal::CaptureStdout();
    all.ok("a", "b");
    all.warn("a", "b");
    EXPECT_EQ(all.worst_status(), exit_status::done);
    EXPECT_EQ(all.conclusion(), "it can be used; 1 warning");
    all.fail(exit_status::refused, "a", "b");
    all.fail(exit_status::unavailable, "a", "b");
    testing::internal::GetCapturedStdout();
    EXPECT_EQ(all.worst_status(), exit_status::refused);
    EXPECT_EQ(all.conclusion(), "2 failures, 1 warning");
}

TEST(Authorization, IsBasicWithAnEmptyPasswordOrBearer) {
    const config::secret key("a:key/1");
    EXPECT_EQ(authorization_of(config::auth_scheme::basic, key).reveal(), "Basic YTprZXkvMTo=");
    EXPECT_EQ(authorization_of(config::auth_scheme::bearer, key).reveal(), "Bearer a:key/1");
}

} // namespace
} // namespace callmirror::daemon
