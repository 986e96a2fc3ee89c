// A listing's page: which envelope it is, and what becomes of its records.
#include "sync/decode/decoder.hpp"
#include "tests/fuzz/decoded.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace callmirror::fuzz {
namespace {

using nlohmann::json;

// The body as a tree. Null where it is no JSON, and where there is no telling: a name stands twice
// in an envelope, of which a tree keeps another one than a reader does, or has a slash in it.
json tree_of(std::string_view body) {
    bool unclear = false;
    std::map<int, std::set<std::string>> names;
    const auto note = [&](int depth, json::parse_event_t event, json& parsed) {
        if (event == json::parse_event_t::object_start) {
            names[depth + 1].clear();
        }
        if (event == json::parse_event_t::key && depth <= 2) {
            const auto& name = parsed.get_ref<const std::string&>();
            unclear |= !names[depth].insert(name).second || name.find('/') != name.npos;
        }
        return true;
    };
    json tree = json::parse(body, note, false);
    return unclear || tree.is_discarded() ? json{} : tree;
}

// The list is where the page says it was, and as long.
void require_found(const decode::decoded_page& page, std::string_view body) {
    const std::string& where = page.hints.records_at;
    const bool plain = std::ranges::all_of(where, [](char each) {
        return each == '/' || each == '_' || (each >= 'A' && each <= 'Z') ||
               (each >= 'a' && each <= 'z');
    });
    const json tree = plain ? tree_of(body) : json{};
    if (tree.is_null()) {
        return;
    }
    const json::json_pointer pointer{where};
    require(tree.contains(pointer) && tree.at(pointer).is_array() &&
                tree.at(pointer).size() == page.served,
            "the records are where the page says", where);
}

} // namespace
} // namespace callmirror::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    fuzz::input in{data, size};
    const providers::resource& resource = fuzz::choose_resource(in);
    decode::field_catalog fields;
    decode::decoder decoder{"acme", resource, &fields};
    const auto result = decoder.page(in.rest());
    fuzz::require_sound(result, resource);
    fuzz::require_bounded(fields);
    fuzz::require_same(result, decoder.page(in.rest()));
    if (result.page) {
        fuzz::require_lasting(*result.page, resource);
        fuzz::require_found(*result.page, in.rest());
    }
    return 0;
}
