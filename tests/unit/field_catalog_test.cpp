#include "sync/decode/decoder.hpp"
#include "tests/unit/decode_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace callmirror::decode {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;

// "path type" of what these records have.
std::set<std::string> fields_of(const field_catalog& from, std::uint32_t shape) {
    std::set<std::string> all;
    for (const auto id : from.fields_of(shape)) {
        const auto& field = from.at(id);
        all.insert(field.path + ' ' + std::string(type_name(field.type)));
    }
    return all;
}

struct looked_at {
    field_catalog fields;
    decoder reader{"acme", things(), &fields};

    // The shapes of a page's records.
    std::vector<std::uint32_t> shapes(const std::string& records) {
        const auto result = reader.page('[' + records + ']');
        std::vector<std::uint32_t> all;
        for (const auto& record : result.page->records) {
            all.push_back(record.shape);
        }
        return all;
    }
    std::set<std::string> fields_of_one(const std::string& record) {
        return fields_of(fields, shapes(record).at(0));
    }
    std::set<std::string> paths() const {
        std::set<std::string> all;
        for (std::size_t i = 0; i < fields.field_count(); ++i) {
            const auto& each = fields.at(static_cast<field_catalog::field_id>(i));
            all.insert(each.path);
        }
        return all;
    }
};

TEST(FieldCatalog, NamesEveryPathWithTheTypeOfItsValue) {
    looked_at here;
    EXPECT_THAT(
        here.fields_of_one(
            R"({"id":1,"name":"Ann","on":true,"none":null,"context":{"lang":"fr"},"a/b~c":2})"),
        UnorderedElementsAre(" object", "/id number", "/name text", "/on boolean", "/none null",
                             "/context object", "/context/lang text", "/* number"));
}

TEST(FieldCatalog, HasOnePathForAllElementsOfAList) {
    looked_at here;
    EXPECT_THAT(here.fields_of_one(
                    R"({"id":1,"events":[{"at":1},{"at":"x"},{"by":{"id":2}},[7]],"none":[]})"),
                UnorderedElementsAre(
                    " object", "/id number", "/events list", "/events/[] object", "/events/[] list",
                    "/events/[]/[] number", "/events/[]/at number", "/events/[]/at text",
                    "/events/[]/by object", "/events/[]/by/id number", "/none list"));
}

TEST(FieldCatalog, GivesRecordsOfOneShapeOneNumber) {
    looked_at here;
    const auto shapes =
        here.shapes(R"({"id":1,"t":"a","l":[1,2,3]},{"id":22,"t":"bcd","l":[4]},)"
                    R"({"id":3,"t":null,"l":[4]},{"id":4,"t":"a","l":[]},)"
                    R"({"id":5,"l":[1],"t":"other order"},{ "id" : 6, "t":"x","l":[9]})");
    EXPECT_EQ(shapes[0], shapes[1]);
    EXPECT_NE(shapes[0], shapes[2]);
    EXPECT_NE(shapes[0], shapes[3]);
    EXPECT_EQ(shapes[0], shapes[4]);
    EXPECT_EQ(shapes[0], shapes[5]);
    EXPECT_THAT(shapes, Not(testing::Contains(field_catalog::unknown_shape)));
}

TEST(FieldCatalog, NoticesWhatLooksAlikeButForOneMember) {
    looked_at here;
    for (const char* record :
         {R"({"id":1,"a":{"b":1}})", R"({"id":1,"a":{"c":1}})", R"({"id":1,"a":{"b":"1"}})",
          R"({"id":1,"a":{},"b":1})", R"({"id":1,"a":[{"b":1}]})", R"({"id":1,"a":[[{"b":1}]]})",
          R"({"id":1,"a":[{"b":1},{"c":1}]})", R"({"id":1,"a":[1,"1"]})", R"({"id":1,"a":["1"]})",
          R"({"id":1,"a":[true]})", R"({"id":1,"a":[null]})"}) {
        here.shapes(record);
    }
    std::set<std::set<std::string>> all;
    for (std::uint32_t shape = 1; shape < here.fields.shape_count(); ++shape) {
        all.insert(fields_of(here.fields, shape));
    }
    EXPECT_EQ(all.size(), 11U);
}

TEST(FieldCatalog, KeepsNoNameThatLooksLikeData) {
    looked_at here;
    here.shapes(R"({"id":1,"by_user":{"4711":1,"ann@example.org":2,"Zo\u00eb M\u00fcller":3,)"
                R"("6ba7b810-9dad-11d1-80b4-00c04fd430c8":4,"\u001b[31mred":5,"":6,)"
                R"("averyveryveryverylongnamethatnobodywouldtype":7,"[]":8,"*":9,"s3Asset":10}})");
    EXPECT_THAT(here.paths(), ElementsAre("", "/by_user", "/by_user/*", "/by_user/s3Asset", "/id"));
}

TEST(FieldCatalog, TakesTheLaterNamesOfALargeObjectTogether) {
    looked_at here;
    std::string members;
    for (char a = 'a'; a <= 'z'; ++a) {
        for (char b = 'a'; b <= 'j'; ++b) {
            members += std::string(",\"") + a + b + "\":{\"n\":1}";
        }
    }
    here.shapes(R"({"id":1,"tags":{"first":1)" + members + "}}");
    EXPECT_EQ(here.paths().count("/tags/aa/n"), 1U);
    EXPECT_EQ(here.paths().count("/tags/zj"), 0U);
    EXPECT_EQ(here.paths().count("/tags/*/n"), 1U);
    EXPECT_LE(here.paths().size(), 3U + 2 * 101U);
}

TEST(FieldCatalog, IsBounded) {
    looked_at here;
    std::string deep = "1";
    for (int i = 0; i < 100; ++i) {
        deep = "{\"deeper\":" + deep + "}";
    }
    here.shapes(R"({"id":1,"deep":)" + deep + "}");
    EXPECT_LE(here.paths().size(), 14U);
    for (char a = 'a'; a <= 'z'; ++a) {
        std::string members;
        for (char b = 'a'; b <= 'z'; ++b) {
            members += std::string(",\"") + a + b + "\":1";
        }
        here.shapes(R"({"id":1,"group_)" + std::string(1, a) + R"(":{"x":1)" + members + "}}");
    }
    EXPECT_LE(here.fields.field_count(), 1'000U);
    EXPECT_LE(here.paths().size(), 501U);
    EXPECT_TRUE(here.fields.is_full());
}

TEST(FieldCatalog, GoesOnFromWhatIsKnown) {
    looked_at here;
    const auto known = here.fields.add_known("/events/[]/at", json_kind::number, "9999");
    ASSERT_TRUE(known);
    EXPECT_EQ(here.fields.add_known("", json_kind::object, "object"), 0);
    here.shapes(R"({"id":1,"events":[{"at":1}]})");
    EXPECT_EQ(here.fields.at(*known).example, "9999");
    EXPECT_EQ(here.fields.field_count(), 5U);
}

TEST(ValueShape, TellsTheFormAndNotTheContent) {
    for (const auto& [token, shape] : std::map<std::string, std::string>{
             {R"("Zoe")", "text(3)"},
             {R"("")", "text(0)"},
             {R"("33612345678")", "digits(11)"},
             {R"("+33 6 12 34")", "text(11)"},
             {R"("ann@example.org")", "email"},
             {R"("6ba7b810-9dad-11d1-80b4-00c04fd430c8")", "uuid"},
             {R"("https://example.org/x?token=7")", "url"},
             {R"("2026-11-20T10:11:12.345Z")", "9999-99-99T99:99:99.999Z"},
             {R"("2026-11-20 10:11:12")", "9999-99-99 99:99:99"},
             {R"("2026-11-20")", "9999-99-99"},
             {"-12.50", "-99.99"},
             {"1e9", "9e9"},
             {std::string(40, '7'), "number(40)"},
             {"true", "true or false"},
             {"null", "null"},
             {"{}", "object"},
             {"[1]", "list"},
         }) {
        EXPECT_EQ(value_shape(token), shape) << token;
    }
}

} // namespace
} // namespace callmirror::decode
