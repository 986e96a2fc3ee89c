#include "sync/decode/column_reader.hpp"

#include "sync/decode/row_builder.hpp"

namespace callmirror::decode {
namespace {

// A field of COPY's text format; nullopt for a null.
std::optional<std::string> plain_field(std::string_view field) {
    if (field == "\\N") {
        return std::nullopt;
    }
    constexpr std::string_view names = "bfnrtv";
    constexpr std::string_view meant = "\b\f\n\r\t\v";
    std::string plain;
    plain.reserve(field.size());
    for (std::size_t at = 0; at < field.size(); ++at) {
        if (field[at] != '\\' || at + 1 == field.size()) {
            plain += field[at];
            continue;
        }
        const auto name = names.find(field[++at]);
        plain += name == std::string_view::npos ? field[at] : meant[name];
    }
    return plain;
}

} // namespace

struct column_reader::implementation {
    explicit implementation(const providers::resource& resource)
        : plan{resource}
        , walker{plan.trie()}
        , values(resource.columns.size()) {}

    void take_fields();

    column_plan plan;
    json_index index;
    json_walker walker;
    byte_buffer fields;
    byte_buffer scratch;
    std::vector<std::optional<std::string>> values;
    std::uint64_t misfits = 0;
};

void column_reader::implementation::take_fields() {
    std::string_view rest = fields.view();
    for (auto& value : values) {
        const auto tab = rest.find('\t');
        value = plain_field(rest.substr(0, tab));
        rest.remove_prefix(tab + 1);
    }
}

column_reader::column_reader(const providers::resource& resource)
    : implementation_{std::make_unique<implementation>(resource)} {}
column_reader::~column_reader() = default;
column_reader::column_reader(column_reader&&) noexcept = default;
column_reader& column_reader::operator=(column_reader&&) noexcept = default;

const std::vector<std::optional<std::string>>& column_reader::read(std::string_view raw) {
    auto& here = *implementation_;
    here.values.assign(here.values.size(), std::nullopt);
    if (here.index.build(raw) != json_index::outcome::done) { // none that a decoder wrote
        return here.values;
    }
    here.walker.start(here.index.text());
    if (here.walker.text().first(0) == '{' && here.walker.record(0) != 0) {
        here.fields.clear();
        append_columns(here.fields, here.plan, here.walker, here.scratch,
                       [&here](const auto&, const auto&) { ++here.misfits; });
        here.take_fields();
    }
    return here.values;
}

std::uint64_t column_reader::misfits() const {
    return implementation_->misfits;
}

} // namespace callmirror::decode
