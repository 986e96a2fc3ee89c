// The answer of a single-record endpoint.
#include "sync/decode/decoder.hpp"
#include "tests/fuzz/decoded.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace callmirror;
    fuzz::input in{data, size};
    const providers::resource& resource = fuzz::choose_resource(in);
    decode::decoder decoder{"acme", resource};
    const auto result = decoder.record(in.rest(), "ann@example.com");
    fuzz::require_sound(result, resource);
    fuzz::require_same(result, decoder.record(in.rest(), "ann@example.com"));
    if (result.page) {
        fuzz::require(result.page->records.size() == 1 && result.page->rejected.empty(),
                      "it is one record", in.rest());
        if (resource.key != providers::key_rule::asked_for) {
            fuzz::require_lasting(*result.page, resource);
        }
    }
    return 0;
}
