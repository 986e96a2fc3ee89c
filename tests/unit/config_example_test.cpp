// The example is documentation that must not lie: it is held against the program here.
#include "config/load.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace callmirror::config {
namespace {

constexpr std::string_view sample_mark = "# e.g. ";

std::vector<std::string> example() {
    std::ifstream file{CALLMIRROR_EXAMPLE};
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        lines.push_back(line);
    }
    return lines;
}

bool is_default(std::string_view line) { // "#key = value"
    return line.size() > 1 && line[0] == '#' && line[1] >= 'a' && line[1] <= 'z';
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + '\n';
    }
    return text;
}

load_result load_lines(const std::vector<std::string>& lines) {
    return parse(joined(lines), "/etc/callmirror/callmirror.toml");
}

testing::AssertionResult loads(const load_result& result) {
    const auto* const bad = std::get_if<mistakes>(&result);
    return bad == nullptr ? testing::AssertionSuccess()
                          : testing::AssertionFailure() << bad->to_text();
}

TEST(Example, LoadsAsItIs) {
    EXPECT_TRUE(loads(load(CALLMIRROR_EXAMPLE)));
}

TEST(Example, ShowsTheProgramsDefaults) {
    std::vector<std::string> lines = example();
    const load_result as_is = load_lines(lines);
    int uncommented = 0;
    for (std::string& line : lines) {
        if (is_default(line)) {
            line.erase(0, 1);
            ++uncommented;
        }
    }
    const load_result with_defaults = load_lines(lines);
    ASSERT_TRUE(loads(as_is));
    ASSERT_TRUE(loads(with_defaults));
    EXPECT_EQ(std::get<settings>(as_is), std::get<settings>(with_defaults));
    EXPECT_EQ(uncommented, 15);
}

TEST(Example, HasEveryKnownKeyInItsSection) {
    std::vector<std::string> shown;
    std::string section;
    for (std::string line : example()) {
        if (line.starts_with(sample_mark)) {
            line.erase(0, sample_mark.size());
        } else if (is_default(line)) {
            line.erase(0, 1);
        }
        if (line.starts_with('[')) {
            section = line.substr(line.find_first_not_of('['));
            section.erase(section.find(']'));
            continue;
        }
        if (const auto end = line.find(" = "); !line.starts_with('#') && end != std::string::npos) {
            shown.push_back(section + '.' + line.substr(0, end));
        }
    }
    EXPECT_THAT(shown, testing::UnorderedElementsAreArray(known_keys()));
}

// Each with the line that it stands instead of, where there is one, taken out.
TEST(Example, HasSamplesThatLoad) {
    const std::vector<std::string> lines = example();
    int samples = 0;
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (!lines[at].starts_with(sample_mark)) {
            continue;
        }
        std::vector<std::string> changed = lines;
        changed[at].erase(0, sample_mark.size());
        // A section that is a sample is one as a whole, and the last one.
        const bool is_section = changed[at].starts_with('[');
        for (std::size_t more = at + 1; is_section && more < lines.size(); ++more) {
            if (lines[more].starts_with(sample_mark)) {
                changed[more].erase(0, sample_mark.size());
            }
        }
        const std::string_view instead_of = changed[at].starts_with("url_")       ? "url = "
                                            : changed[at].starts_with("api_key_") ? "api_key_file"
                                                                                  : "-";
        std::erase_if(changed,
                      [=](const std::string& line) { return line.starts_with(instead_of); });
        const load_result result = load_lines(changed);
        EXPECT_TRUE(loads(result)) << lines[at];
        if (loads(result)) {
            EXPECT_NE(std::get<settings>(result), std::get<settings>(load_lines(lines)))
                << lines[at];
        }
        ++samples;
        if (is_section) {
            break;
        }
    }
    EXPECT_EQ(samples, 8);
}

TEST(Example, KnowsTheKeysOfTheContract) {
    EXPECT_THAT(known_keys(),
                testing::UnorderedElementsAre(
                    "database.url", "database.url_file", "database.url_env", "sync.poll_interval",
                    "sync.give_up_after", "http.listen", "http.allow_remote", "log.level",
                    "log.format", "accounts.name", "accounts.provider", "accounts.base_url",
                    "accounts.api_key_file", "accounts.api_key_env", "accounts.api_key_credential",
                    "accounts.auth", "accounts.companies", "accounts.resources",
                    "accounts.history_start", "accounts.snapshot_interval", "accounts.page_size",
                    "accounts.requests_per_second", "accounts.max_in_flight",
                    "accounts.request_timeout", "accounts.ca_file", "columns.resource",
                    "columns.name", "columns.pointer", "columns.type"));
}

} // namespace
} // namespace callmirror::config
