#include "config/fields.hpp"

#include "config/values.hpp"
#include "sync/base/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

namespace callmirror::config {
namespace {

using std::chrono::milliseconds;

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20U || byte == 0x7FU;
    });
}

std::string bounds(std::int64_t least, std::int64_t most) {
    return "from " + std::to_string(least) + " to " + std::to_string(most);
}

std::string number_text(double number) {
    return shown(node{{}, number});
}

} // namespace

void field::complain(const std::string& text, std::string hint) const {
    in.mistakes.push_back({at.line, at.column, key, key + ' ' + text, std::move(hint)});
}

void field::want(const std::string& rule, std::string hint) const {
    complain("is " + shown(value) + ", want " + rule, std::move(hint));
}

const std::string* text_of(const field& from, const std::string& rule) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    if (text == nullptr || text->empty() || has_control(*text)) {
        from.want(rule);
        return nullptr;
    }
    return text;
}

void read_flag(const field& from, bool& to) {
    if (const auto* const truth = std::get_if<bool>(&from.value.value)) {
        to = *truth;
    } else {
        from.want("true or false");
    }
}

void read_count(const field& from, std::size_t& to, std::int64_t least, std::int64_t most) {
    const auto* const number = std::get_if<std::int64_t>(&from.value.value);
    if (number == nullptr || *number < least || *number > most) {
        from.want("a whole number " + bounds(least, most));
    } else {
        to = static_cast<std::size_t>(*number);
    }
}

void read_number(const field& from, double& to, double least, double most) {
    double number = -1;
    if (const auto* const whole = std::get_if<std::int64_t>(&from.value.value)) {
        number = static_cast<double>(*whole);
    } else if (const auto* const fraction = std::get_if<double>(&from.value.value)) {
        number = *fraction;
    }
    if (number >= least && number <= most) { // not so for a NaN
        to = number;
    } else {
        from.want("a number from " + number_text(least) + " to " + number_text(most));
    }
}

void read_duration(const field& from, milliseconds& to, milliseconds least, milliseconds most) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    const auto duration = text == nullptr ? std::nullopt : parse_duration(*text);
    if (!duration) {
        from.want(R"(a duration in quotes, such as "30s", "15m", "6h" or "90d")");
    } else if (*duration < least || *duration > most) {
        from.want("a duration from \"" + duration_text(least) + "\" to \"" + duration_text(most) +
                  '"');
    } else {
        to = *duration;
    }
}

void read_date(const field& from, std::optional<utc_time>& to) {
    std::optional<utc_time> time;
    if (const auto* const day = std::get_if<date>(&from.value.value)) {
        time = parse_time(day->text);
    } else if (const auto* const text = std::get_if<std::string>(&from.value.value)) {
        time = parse_time(*text);
    }
    if (time) {
        to = time;
    } else {
        from.want("a date such as 2020-01-01 or 2020-01-01T00:00:00Z");
    }
}

void read_path(const field& from, std::string& to) {
    if (const std::string* const text = text_of(from, "the path of a file")) {
        to = (std::filesystem::path{from.in.folder} / *text).string();
    }
}

std::optional<std::size_t> read_choice(const field& from, std::span<const std::string_view> names) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    if (text == nullptr) {
        from.want(listing(names) + ", in quotes");
        return std::nullopt;
    }
    const auto found = std::ranges::find(names, *text);
    if (found == names.end()) {
        const std::string near{nearest(*text, names)};
        from.want(listing(names), names.size() > 1 ? "the nearest is \"" + near + '"' : "");
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - names.begin());
}

std::vector<field> elements(const field& from, const std::string& rule) {
    const auto* const list = std::get_if<array>(&from.value.value);
    if (list == nullptr) {
        from.want(rule);
        return {};
    }
    std::vector<field> fields;
    for (const node& each : *list) {
        const std::string index = '[' + std::to_string(fields.size()) + ']';
        fields.push_back({each, each.at, from.key + index, from.in});
    }
    return fields;
}

void read_secret_file(const field& from, secret_source& to) {
    to.origin = secret_origin::file;
    read_path(from, to.where);
}

// Neither of these two shows its value: pasting the key itself here is an easy mistake to make.
void read_variable(const field& from, secret_source& to) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    const auto allowed = [](char c) { return is_account_name({&c, 1}) && c != '.' && c != '-'; };
    const bool starts_with_digit = text && !text->empty() && text->front() <= '9';
    if (!text || text->empty() || starts_with_digit || !std::ranges::all_of(*text, allowed)) {
        from.complain("is no name of an environment variable, want letters, digits and _",
                      "the secret itself does not belong here");
        return;
    }
    to = {secret_origin::environment, *text, {}};
}

void read_credential(const field& from, secret_source& to) {
    const auto* const text = std::get_if<std::string>(&from.value.value);
    if (!text || !is_account_name(*text) || *text == "." || *text == "..") {
        from.complain("is no name of a systemd credential, want 1 to 64 of a-z A-Z 0-9 _ . -",
                      "the secret itself does not belong here");
        return;
    }
    to = {secret_origin::credential, *text, {}};
}

std::string listing(std::span<const std::string_view> names) {
    std::string text;
    for (std::size_t at = 0; at < names.size(); ++at) {
        text += at == 0 ? "" : at + 1 == names.size() ? " or " : ", ";
        text += names[at];
    }
    return text;
}

} // namespace callmirror::config
