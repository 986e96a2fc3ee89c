// The comparison of mirror and source, by PostgreSQL itself: jsonb against jsonb.
#include "tests/integration/harness.hpp"

#include <pqxx/pqxx>

namespace callmirror::integration {
namespace {

// What a text becomes in a jsonb: U+0000 and lone surrogates are U+FFFD there. Written anew here,
// so that a mistake in the program's own way of doing it shows.
std::string as_postgres_holds_it(std::string_view text) {
    const auto unit_at = [&](std::size_t at) {
        return at + 6 <= text.size() && text[at] == '\\' && text[at + 1] == 'u'
                   ? std::stoi(std::string(text.substr(at + 2, 4)), nullptr, 16)
                   : -1;
    };
    std::string made;
    for (std::size_t at = 0; at < text.size();) {
        const int unit = unit_at(at);
        if (unit < 0) {
            const std::size_t length = text[at] == '\\' ? 2 : 1;
            made += text.substr(at, length);
            at += length;
            continue;
        }
        const bool high = unit >= 0xd800 && unit < 0xdc00;
        const int next = unit_at(at + 6);
        if (high && next >= 0xdc00 && next < 0xe000) {
            made += text.substr(at, 12);
            at += 12;
            continue;
        }
        made += unit == 0 || (unit >= 0xd800 && unit < 0xe000) ? "\\ufffd" : text.substr(at, 6);
        at += 6;
    }
    return made;
}

// What the mirror keeps instead of credentials. Said anew here, in SQL: what the simulator marks is
// removed, and an invite's token is its hash wherever it stands.
constexpr const char* without_marked = R"(
    update source set record =
        regexp_replace(record::text, '"not-to-be-kept[^"]*"', '"[removed]"', 'g')::jsonb;
    update source set record =
        regexp_replace(record::text, 'not-to-be-kept-[0-9]+', '[removed]', 'g')::jsonb)";
constexpr const char* without_tokens = R"(
    update source set key = encode(sha256(convert_to(key, 'UTF8')), 'hex'),
        record = replace(record::text, key,
                         encode(sha256(convert_to(key, 'UTF8')), 'hex'))::jsonb)";

// Media URLs are served with signatures that change by themselves.
constexpr const char* query = R"(
    select coalesce(m.key, s.key),
           case when m.key is null then 'not mirrored'
                when s.key is null then 'not deleted, though it is gone'
                when m.deleted then 'deleted, though it is there'
                else 'another content' end,
           left(s.record::text, 160), left(m.record::text, 160)
    from source s
    full join (select id::text as key, deleted_at is not null as deleted,
                      case when raw::text like '%?X-Amz-%'
                           then regexp_replace(raw::text, '[?]X-Amz-[^"]*', '', 'g')::jsonb
                           else raw end as record
               from snapcall.)";
constexpr const char* rest_of_query = R"() m on m.key = s.key
    where (m.key is null) or (s.key is null and not m.deleted) or
          (s.key is not null and (m.deleted or m.record <> s.record))
    order by coalesce(s.key, m.key) limit 6)";

std::string differences_of(pqxx::work& within, api_source& from, resource of) {
    const std::string name(simulator::info(of).name);
    within.exec(
        "create temporary table source (key text primary key, record jsonb) on commit drop");
    std::size_t count = 0;
    {
        pqxx::stream_to copy(within, "source");
        from.with_service([&](simulator::service& api) {
            const auto each = [&](std::string_view key, std::string_view text, simulator::ordinal) {
                if (!key.empty()) {
                    copy << std::make_tuple(std::string(key), as_postgres_holds_it(text));
                    ++count;
                }
            };
            for_each_current(api.data(), of, api.oracle_style(of), each);
        });
        copy.complete();
    }
    if (of == resource::users || of == resource::agents || of == resource::integrations) {
        within.exec(without_marked);
    } else if (of == resource::invites) {
        within.exec(without_tokens);
    }
    const auto rows = within.exec(query + name + rest_of_query);
    std::string text;
    for (const auto& row : rows) {
        text += name + ' ' + row[0].c_str() + ": " + row[1].c_str() + '\n';
        if (!row[2].is_null()) {
            text += std::string("    source: ") + row[2].c_str() + '\n';
        }
        if (!row[3].is_null()) {
            text += std::string("    mirror: ") + row[3].c_str() + '\n';
        }
    }
    if (!text.empty()) {
        text += "    (the source has " + std::to_string(count) + ' ' + name + ")\n";
    }
    return text;
}

} // namespace

std::string MirrorTest::differences(api_source& from, const std::vector<resource>& of) {
    std::string text;
    pqxx::connection connection(looked_at.empty() ? cluster().url(database) : looked_at);
    for (const auto each : of) {
        pqxx::work within(connection);
        text += differences_of(within, from, each);
    }
    return text;
}

} // namespace callmirror::integration
