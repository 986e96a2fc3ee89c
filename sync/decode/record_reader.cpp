#include "sync/decode/record_reader.hpp"

#include "sync/decode/wording.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::decode {
namespace {

constexpr std::size_t most_candidates = 32;

} // namespace

record_reader::record_reader(const record_names& names, json_walker& walker, row_builder& rows)
    : names_{&names}
    , walker_{&walker}
    , rows_{&rows} {}

std::string record_reader::read() {
    const char first = walker_->text().first(0);
    const std::string broken = walker_->problem(walker_->value(0));
    if (!broken.empty()) {
        return broken;
    }
    if (first == '{') {
        if (take(0)) {
            return {};
        }
        find(0, -1);
        const std::string error = envelope_.error();
        if (!error.empty()) {
            return error;
        }
    } else if (first == '[') {
        find_in_list(0, record_names::bare);
    } else {
        return std::string{kind_name(first)} + ", want a record";
    }
    std::ranges::stable_sort(candidates_, {}, &candidate::rank);
    if (take_one()) {
        return {};
    }
    // What was asked for by its key need not say it: then it is what is in the envelope, or all.
    if (rows_->is_asked_for()) {
        if (first == '{') {
            add_candidate(0, 0);
        }
        rows_->set_strict(false);
        const bool taken = take_one();
        rows_->set_strict(true);
        if (taken) {
            return {};
        }
    }
    return joined({"no record in it: ", refused_.empty() ? "not one object" : refused_});
}

bool record_reader::take_one() {
    return std::ranges::any_of(candidates_, [this](const candidate& one) { return take(one.at); });
}

// Whether the object at `at` is a record; the rows have it then, and nothing else.
bool record_reader::take(std::uint32_t at) {
    const std::uint32_t after = walker_->record(at);
    const json_text& text = walker_->text();
    rows_->start(text.offset(after) - text.offset(at));
    rows_->add(*walker_, at, after);
    if (rows_->mirrored() == 1) {
        return true;
    }
    if (refused_.empty()) {
        refused_ = rows_->last_refusal();
    }
    return false;
}

void record_reader::add_candidate(int rank, std::uint32_t at) {
    if (candidates_.size() < most_candidates) {
        candidates_.push_back({rank, at});
    }
}

// The body is known to be JSON here: no step fails.
void record_reader::find(std::uint32_t at, int wrapper) {
    walker_->members(at, [this, wrapper](const std::string& name, std::uint32_t value) {
        const char first = walker_->text().first(value);
        const auto rank = names_->single_rank(name, wrapper);
        const std::uint32_t after = walker_->value(value);
        if (wrapper < 0) {
            envelope_.see(name, walker_->passed(value, after), level::top);
        }
        if (rank && first == '{') {
            add_candidate(*rank, value);
        } else if (rank && first == '[') {
            find_in_list(value, *rank);
        }
        if (first == '{' && wrapper < 0 && record_names::wrapper(name) >= 0) {
            find(value, record_names::wrapper(name));
        }
        return after;
    });
}

// A list stands for a record where it has just one object in it.
void record_reader::find_in_list(std::uint32_t at, int rank) {
    const std::uint32_t after = walker_->value(at);
    if (walker_->text().first(at + 1) == '{' && walker_->value(at + 1) + 1 == after) {
        add_candidate(rank, at + 1);
    }
}

} // namespace callmirror::decode
