#include "sync/decode/page_reader.hpp"

#include "sync/base/text.hpp"
#include "sync/decode/wording.hpp"

namespace callmirror::decode {
page_reader::page_reader(const record_names& names, json_walker& walker, row_builder& rows)
    : names_{&names}
    , walker_{&walker}
    , rows_{&rows} {}

std::string page_reader::read() {
    const char first = walker_->text().first(0);
    if (first == '[') {
        best_ = record_names::bare;
        return problem(read_list(0));
    }
    if (first != '{') {
        const std::string broken = problem(walker_->value(0));
        return broken.empty() ? std::string{kind_name(first)} + ", want a list" : broken;
    }
    const std::string broken = problem(read_envelope(0, -1));
    if (!broken.empty()) {
        return broken;
    }
    const std::string error = envelope_.error();
    return error.empty() ? no_list_found() : error;
}

std::string page_reader::problem(std::uint32_t after) const {
    return rows_->full().empty() ? walker_->problem(after) : std::string{rows_->full()};
}

std::string page_reader::no_list_found() const {
    if (best_ == nowhere) {
        return joined({"no list in it: ", envelope_.members()});
    }
    if (best_ == record_names::unusual && unusual_lists_ > 1) {
        return joined({"several lists, none under a known name: ", envelope_.members()});
    }
    return {};
}

std::uint32_t page_reader::read_envelope(std::uint32_t at, int wrapper) {
    return walker_->members(at, [this, wrapper](const std::string& name, std::uint32_t value) {
        const std::uint32_t after = read_member(name, value, wrapper);
        if (after != 0) {
            envelope_.see(name, walker_->passed(value, after),
                          wrapper < 0 ? level::top : level::wrapper);
        }
        return after;
    });
}

std::uint32_t page_reader::read_member(std::string_view name, std::uint32_t at, int wrapper) {
    const char first = walker_->text().first(at);
    if (first == '[') {
        return read_list_member(name, at, wrapper);
    }
    if (first != '{') {
        return walker_->value(at);
    }
    const int inner = wrapper < 0 ? record_names::wrapper(name) : -1;
    if (inner >= 0) {
        wrapper_name_ = name;
        return read_envelope(at, inner);
    }
    return record_names::holds_hints(name) ? read_hints(at) : walker_->value(at);
}

std::uint32_t page_reader::read_list_member(std::string_view name, std::uint32_t at, int wrapper) {
    const auto rank = names_->rank(name, wrapper);
    if (!rank || *rank > best_) {
        unusual_lists_ += rank == record_names::unusual ? 1 : 0;
        return walker_->value(at);
    }
    unusual_lists_ += rank == record_names::unusual ? 1 : 0;
    best_ = *rank;
    records_at_ = wrapper < 0 ? std::string{} : joined({"/", printable(wrapper_name_, 40)});
    records_at_ += joined({"/", printable(name, 40)});
    return read_list(at);
}

std::uint32_t page_reader::read_hints(std::uint32_t at) {
    return walker_->members(at, [this](const std::string& name, std::uint32_t value) {
        const std::uint32_t after = walker_->value(value);
        if (after != 0) {
            envelope_.see(name, walker_->passed(value, after), level::hints);
        }
        return after;
    });
}

std::uint32_t page_reader::read_list(std::uint32_t at) {
    const json_text& text = walker_->text();
    rows_->start(text.offset(text.count()));
    ++at;
    if (text.first(at) == ']') {
        return at + 1;
    }
    for (;;) {
        at = read_element(at);
        if (at == 0 || !rows_->full().empty()) {
            return 0;
        }
        if (text.first(at) == ']') {
            return at + 1;
        }
        if (text.first(at) != ',') {
            return walker_->fail(at, "not JSON");
        }
        ++at;
    }
}

std::uint32_t page_reader::read_element(std::uint32_t at) {
    const json_text& text = walker_->text();
    const char first = text.first(at);
    std::uint32_t after = first == '{' ? walker_->record(at) : walker_->value(at);
    if (after != 0 && first == '{') {
        rows_->add(*walker_, at, after);
        return after;
    }
    if (after != 0) {
        rows_->reject(std::string{kind_name(first)} + ", want an object", text.span(at, after));
        return after;
    }
    if (first != '{' && first != '[') {
        return 0;
    }
    // Not JSON inside. Where its brackets still match, the other records are not lost with it.
    const std::string reason{walker_->fault()};
    after = walker_->skip(at);
    if (after != 0) {
        rows_->reject(reason, text.span(at, after));
    }
    return after;
}

envelope_hints page_reader::hints() const {
    envelope_hints hints;
    envelope_.tell(hints);
    hints.records_at = records_at_;
    hints.unusual_name = best_ == record_names::unusual;
    return hints;
}

} // namespace callmirror::decode
