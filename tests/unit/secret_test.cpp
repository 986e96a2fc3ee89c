#include "config/load.hpp"
#include "config/read_secret.hpp"
#include "config/secret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/fmt/fmt.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <variant>

namespace callmirror::config {
namespace {

namespace fs = std::filesystem;

template <class T>
concept streamable = requires(std::ostream& out, const T& value) {
    out << value;
};
static_assert(streamable<int> && !streamable<secret>);
static_assert(fmt::is_formattable<int>::value && !fmt::is_formattable<secret>::value);
static_assert(!std::is_convertible_v<secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string_view, secret>);

TEST(Secret, IsEmptyOnceMovedFrom) {
    secret first{"short"};
    const secret second = std::move(first);
    EXPECT_TRUE(first.empty()); // NOLINT(bugprone-use-after-move)
    EXPECT_EQ(first.reveal(), "");
    EXPECT_EQ(second.reveal(), "short");
    secret third{"other"};
    third = second;
    EXPECT_EQ(third.reveal(), "short");
    EXPECT_EQ(third, second);
}

TEST(Secret, MovesWithoutMakingACopy) {
    secret first{"short"};
    const char* const bytes = first.reveal().data();
    const secret second = std::move(first);
    EXPECT_EQ(second.reveal().data(), bytes);
}

class SecretFiles : public testing::Test {
protected:
    void SetUp() override {
        std::string name = testing::TempDir() + "callmirror_secret_XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override {
        fs::remove_all(folder_);
        ::unsetenv("CREDENTIALS_DIRECTORY");
        ::unsetenv("CALLMIRROR_TEST_KEY");
        ::unsetenv("lowerCase123");
    }

    std::string write(const std::string& name, std::string_view content, mode_t mode = 0600) const {
        const std::string path = folder_ + '/' + name;
        std::ofstream{path} << content;
        EXPECT_EQ(::chmod(path.c_str(), mode), 0);
        return path;
    }

    static secret_result key_from(secret_origin origin, const std::string& where) {
        account_settings account;
        account.name = "acme";
        account.api_key = {origin, where, {}};
        return read_api_key(account);
    }
    static secret_result url_from(secret_origin origin, const std::string& where) {
        return read_database_url({{origin, where, {}}});
    }

    static std::string revealed(const secret_result& result) {
        const auto* const value = std::get_if<secret>(&result);
        return value == nullptr ? std::get<secret_error>(result).text
                                : std::string{value->reveal()};
    }

    std::string folder_;
};

TEST_F(SecretFiles, HoldAKeyWithOrWithoutLineEnds) {
    for (const std::string_view content : {"key-1", "key-1\n", "key-1\r\n", "key-1\n\n"}) {
        EXPECT_EQ(revealed(key_from(secret_origin::file, write("key", content))), "key-1");
    }
}

TEST_F(SecretFiles, WithAnythingElseAreRefusedWithoutShowingIt) {
    using namespace std::string_view_literals;
    const std::string path = folder_ + "/key";
    for (const std::string_view content :
         {"SECRET SECRET"sv, "SECRET\nSECRET"sv, " SECRET"sv, "SECRET "sv, "SECRET\t"sv,
          "SECRET\0"sv, "\xEF\xBB\xBFSECRET"sv}) {
        EXPECT_EQ(revealed(key_from(secret_origin::file, write("key", content))),
                  "account acme: " + path +
                      " does not hold an API key, want one line of visible ASCII characters");
    }
    for (const std::string_view content : {"", "\n", "\r\n"}) {
        EXPECT_EQ(revealed(key_from(secret_origin::file, write("key", content))),
                  "account acme: " + path + " is empty, want an API key");
    }
    EXPECT_EQ(revealed(key_from(secret_origin::file, write("key", std::string(20'000, 'S')))),
              "account acme: " + path + " can't be read: it is larger than 16384 bytes");
}

TEST_F(SecretFiles, ThatAreMissingOrNoFilesAreNamed) {
    EXPECT_EQ(revealed(key_from(secret_origin::file, folder_ + "/none")),
              "account acme: " + folder_ + "/none can't be read: no such file or directory");
    EXPECT_EQ(revealed(key_from(secret_origin::file, folder_)),
              "account acme: " + folder_ + " can't be read: it is a directory");
    const std::string fifo = folder_ + "/fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_EQ(revealed(key_from(secret_origin::file, fifo)),
              "account acme: " + fifo + " can't be read: it is no regular file");
}

TEST_F(SecretFiles, OfNoUseSayWhatToDo) {
    const auto hint = [](const secret_result& result) {
        return std::get<secret_error>(result).hint;
    };
    for (const auto& path : {folder_ + "/none", write("empty", ""), write("odd", "a b")}) {
        EXPECT_EQ(hint(key_from(secret_origin::file, path)),
                  "put an API key into that file, readable by the user callmirror runs as and by "
                  "nobody else");
    }
    EXPECT_EQ(hint(key_from(secret_origin::environment, "CALLMIRROR_TEST_KEY")),
              "set it to an API key where callmirror is started, or name a file instead");
    ::setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
    EXPECT_EQ(hint(key_from(secret_origin::credential, "none")),
              "put an API key into the file that LoadCredential= in the unit names (as shipped, "
              "key_acme is /etc/callmirror/keys/acme), then start the unit again");
    EXPECT_EQ(hint(read_database_url({{secret_origin::file, folder_ + "/none", {}}})),
              "put a libpq URI into that file, readable by the user callmirror runs as and by "
              "nobody else");
}

TEST_F(SecretFiles, ThatOthersCanReadAreRefusedWithTheChmodToRun) {
    const std::string path = write("key", "SECRET", 0644);
    const secret_result result = key_from(secret_origin::file, path);
    ASSERT_TRUE(std::holds_alternative<secret_error>(result));
    EXPECT_EQ(std::get<secret_error>(result),
              (secret_error{"account acme: " + path +
                                " is open to others (mode 0644), want a "
                                "secret to be its owner's alone",
                            "chmod 600 " + path}));
    ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
    EXPECT_EQ(revealed(key_from(secret_origin::file, path)), "SECRET");
}

TEST_F(SecretFiles, HoldADatabaseUrl) {
    EXPECT_EQ(revealed(url_from(secret_origin::file, write("url", "postgres://u:p@h/d\n"))),
              "postgres://u:p@h/d");
    EXPECT_EQ(revealed(url_from(secret_origin::file, write("url", "host=h password=SECRET"))),
              "database: " + folder_ +
                  "/url does not hold a libpq URI, want \"postgresql://host/database\"");
    EXPECT_EQ(revealed(read_database_url(
                  {{secret_origin::literal, "", secret{"postgresql:///reporting"}}})),
              "postgresql:///reporting");
}

TEST_F(SecretFiles, OfSystemdAreNotJudgedByTheirMode) {
    write("acme", "key-1\n", 0644);
    EXPECT_EQ(revealed(key_from(secret_origin::credential, "acme")),
              "account acme: there are no systemd credentials: CREDENTIALS_DIRECTORY is not set");
    ::setenv("CREDENTIALS_DIRECTORY", folder_.c_str(), 1);
    EXPECT_EQ(revealed(key_from(secret_origin::credential, "acme")), "key-1");
    EXPECT_EQ(revealed(key_from(secret_origin::credential, "other")),
              "account acme: " + folder_ + "/other can't be read: no such file or directory");
}

TEST_F(SecretFiles, AreNotNeededForAVariable) {
    EXPECT_EQ(revealed(key_from(secret_origin::environment, "CALLMIRROR_TEST_KEY")),
              "account acme: the environment variable CALLMIRROR_TEST_KEY is not set");
    ::setenv("CALLMIRROR_TEST_KEY", "", 1);
    EXPECT_EQ(revealed(key_from(secret_origin::environment, "CALLMIRROR_TEST_KEY")),
              "account acme: the environment variable CALLMIRROR_TEST_KEY is empty, want an API "
              "key");
    ::setenv("CALLMIRROR_TEST_KEY", "key-1", 1);
    EXPECT_EQ(revealed(key_from(secret_origin::environment, "CALLMIRROR_TEST_KEY")), "key-1");
    // May be the key itself, in the wrong place.
    EXPECT_EQ(revealed(key_from(secret_origin::environment, "lowerCase123")),
              "account acme: the environment variable that is named is not set");
}

TEST(Access, IsForTheOwnerAloneButForAGroupThatRootChose) {
    constexpr uid_t us = 1000;
    const std::string_view alone = "), want a secret to be its owner's alone";
    struct {
        mode_t mode;
        uid_t owner;
        std::string text; // behind "x: k "; "" for none
        std::string hint;
    } const cases[] = {
        {0600, us, "", ""},
        {0400, us, "", ""},
        {0700, us, "", ""},
        {0600, 0, "", ""},
        {0440, 0, "", ""},
        {0640, 0, "", ""},
        {0640, us, "is open to its group (mode 0640", "chmod 600 k"},
        {0610, us, "is open to its group (mode 0610", "chmod 600 k"},
        {0660, 0, "is open to its group (mode 0660", "chmod 640 k"},
        {0644, 0, "is open to others (mode 0644", "chmod 640 k"},
        {0604, us, "is open to others (mode 0604", "chmod 600 k"},
        {0602, us, "is open to others (mode 0602", "chmod 600 k"},
        {0601, us, "is open to others (mode 0601", "chmod 600 k"},
    };
    for (const auto& each : cases) {
        const auto refusal = judge_access("x", "k", each.mode, each.owner, us);
        EXPECT_EQ(refusal.has_value(), !each.text.empty()) << std::oct << each.mode;
        if (refusal) {
            EXPECT_EQ(refusal->text, "x: k " + each.text + std::string{alone});
            EXPECT_EQ(refusal->hint, each.hint);
        }
    }
    EXPECT_EQ(judge_access("x", "a key", 0600, 1001, us),
              (secret_error{"x: a key belongs to user 1001, want it to belong to us (user 1000) or "
                            "root",
                            "chown 1000 'a key'"}));
    EXPECT_EQ(judge_access("x", "k", 0644, 0, 0)->hint, "chmod 600 k");
}

} // namespace
} // namespace callmirror::config
