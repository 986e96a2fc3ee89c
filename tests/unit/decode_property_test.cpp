// Random records against a second opinion: nlohmann's tree, asked the plain way.
#include "tests/unit/decode_support.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <random>

namespace callmirror::decode {
namespace {

using nlohmann::json;

class random_json {
public:
    explicit random_json(std::uint64_t seed)
        : random_{seed} {}

    std::size_t below(std::size_t limit) { return random_() % limit; }

    json record() {
        json made = json::object();
        for (const char* name : {"t", "n", "d", "b", "w", "j", "list", "alt", "other", "ä\n"}) {
            if (below(3) != 0) {
                made[name] = value(3);
            }
        }
        made["id"] = below(8) == 0 ? value(1) : json(static_cast<std::int64_t>(random_()));
        return made;
    }

    // As a server might write it: with or without blanks and escapes.
    std::string written(const json& what) {
        const int indent = below(2) == 0 ? -1 : static_cast<int>(below(4));
        return what.dump(indent, below(2) == 0 ? ' ' : '\t', below(2) == 0);
    }

private:
    json value(int depth) {
        switch (below(depth > 0 ? 9 : 7)) {
        case 0:
            return nullptr;
        case 1:
            return below(2) == 0;
        case 2:
            return static_cast<std::int64_t>(random_());
        case 3:
            return static_cast<std::int64_t>(below(3));
        case 4:
            return static_cast<double>(below(1000)) / 8;
        case 5:
        case 6:
            return text();
        case 7: {
            json made = json::array();
            for (std::size_t at = below(4); at > 0; --at) {
                made.push_back(value(depth - 1));
            }
            return made;
        }
        default: {
            json made = json::object();
            for (const char* name : {"t", "n", "x", "1", "w"}) {
                if (below(2) == 0) {
                    made[name] = value(depth - 1);
                }
            }
            return made;
        }
        }
    }

    json text() {
        static const std::vector<std::string> pieces{
            "a",  "1",      "true", "\"", "\\",   "\n",         "\t",      "/",
            "\b", "\u20ac", "?",    "é",  "\x7f", "\U0001F600", "\\u0000", "2026-11-20T10:00:00Z"};
        std::string made;
        for (std::size_t at = below(4); at > 0; --at) {
            made += pieces[below(pieces.size())];
        }
        return made;
    }

    std::mt19937_64 random_;
};

const json* at_pointer(const json& record, std::string_view pointer) {
    const json::json_pointer where{std::string{pointer}};
    if (!record.contains(where) || record.at(where).is_null()) {
        return nullptr;
    }
    return &record.at(where);
}

std::string plain(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

bool is_digits(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// What the column is to hold, where that is plain to see; nullopt for null, "?" for don't know.
std::optional<std::string> expected(const providers::column& column, const json& record) {
    using enum providers::column_type;
    const json* found = nullptr;
    for (const std::string_view pointer : column.pointers) {
        found = found != nullptr ? found : at_pointer(record, pointer);
    }
    if (found == nullptr) {
        return std::nullopt;
    }
    switch (column.type) {
    case text:
        return found->is_structured() ? std::nullopt : std::optional{plain(*found)};
    case bigint:
        if (found->is_number_integer()) {
            return plain(*found);
        }
        return found->is_string() && !is_digits(plain(*found)) ? std::nullopt : std::optional{"?"};
    case boolean:
        if (plain(*found) == "true" || plain(*found) == "1") {
            return "t";
        }
        return plain(*found) == "false" || plain(*found) == "0" ? std::optional{"f"} : std::nullopt;
    case double_precision:
        return found->is_number() ? std::optional{plain(*found)} : std::optional{"?"};
    case timestamptz:
        return plain(*found) == "2026-11-20T10:00:00Z" ? std::optional{plain(*found)}
                                                       : std::optional{"?"};
    case jsonb:
        break;
    }
    return found->dump();
}

void expect_same(const fields& line, const json& record) {
    const auto columns = things().columns;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        const auto want = expected(columns[at], record);
        const auto& field = line.at(at + 3);
        if (want == "?") {
            continue;
        }
        if (columns[at].type == providers::column_type::jsonb && want && field) {
            EXPECT_EQ(json::parse(*field), json::parse(*want)) << record;
        } else {
            EXPECT_EQ(field, want) << columns[at].name << " of " << record;
        }
    }
    EXPECT_EQ(json::parse(line.back().value()), record);
}

TEST(Property, RandomRecordsGiveWhatATreeGives) {
    random_json random{20261120};
    decoder made{"acme", things()};
    std::size_t rows = 0;
    for (int round = 0; round < 400; ++round) {
        std::vector<json> records;
        std::string body = round % 2 == 0 ? "[" : "{\"total\":1,\"data\" : [";
        for (std::size_t at = random.below(6); at > 0; --at) {
            body += records.empty() ? "" : ",";
            records.push_back(random.record());
            body += random.written(records.back());
        }
        body += round % 2 == 0 ? "]" : "]}";
        const auto result = made.page(body);
        ASSERT_TRUE(result.page) << result.error.reason << ": " << body;
        ASSERT_EQ(result.page->served, records.size());
        std::size_t next = 0;
        for (const decoded_record& row : result.page->records) {
            while (!records[next]["id"].is_number_integer() &&
                   !is_digits(plain(records[next]["id"]))) {
                ++next;
            }
            EXPECT_EQ(row.key, plain(records[next]["id"]));
            expect_same(fields_of(row.line), records[next]);
            ++next;
            ++rows;
        }
    }
    EXPECT_GT(rows, 500U);
}

TEST(Property, NoDamageLetsAnythingButJsonThrough) {
    random_json random{7};
    decoder made{"acme", things()};
    // No "e": nlohmann refuses numbers over 1e308, which jsonb takes.
    constexpr std::string_view bytes = "{}[]:,\"\\ \n0-.tfn\x01\xC3u";
    int pages = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string body = std::string{"["} + random.written(random.record()) + "," +
                           random.written(random.record()) + "]";
        for (std::size_t damage = 1 + random.below(3); damage > 0; --damage) {
            const std::size_t at = random.below(body.size());
            switch (random.below(3)) {
            case 0:
                body[at] = bytes[random.below(bytes.size())];
                break;
            case 1:
                body.erase(at, 1 + random.below(3));
                break;
            default:
                body.insert(at, 1, bytes[random.below(bytes.size())]);
            }
        }
        const auto result = made.page(body);
        ASSERT_NE(result.page.has_value(), !result.error.reason.empty());
        if (!result.page) {
            continue;
        }
        ++pages;
        ASSERT_EQ(result.page->served, result.page->records.size() + result.page->rejected.size());
        for (const decoded_record& row : result.page->records) {
            const fields line = fields_of(row.line);
            ASSERT_EQ(line.size(), line_columns(things()).size());
            ASSERT_TRUE(json::accept(line.back().value())) << body;
        }
    }
    EXPECT_GT(pages, 1'000);
}

} // namespace
} // namespace callmirror::decode
