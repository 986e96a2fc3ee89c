#include "tests/simulator/message.hpp"

#include "sync/base/text.hpp"

#include <nlohmann/json.hpp>

namespace callmirror::simulator {
namespace {

std::optional<unsigned> hex_digit(char c) {
    const std::string_view digits = "0123456789abcdef";
    const auto place = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    return place == std::string_view::npos ? std::nullopt
                                           : std::optional(static_cast<unsigned>(place));
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_blank) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i] == '+' && plus_is_blank ? ' ' : text[i];
            continue;
        }
        const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
        if (!low) {
            return std::nullopt;
        }
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
    }
    return out;
}

std::string_view reason_of(int status) {
    switch (status) {
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 410:
        return "Gone";
    case 429:
        return "Too Many Requests";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return "Error";
    }
}

} // namespace

std::string_view find_header(const header_list& headers, std::string_view name) {
    for (const auto& [each, value] : headers) {
        if (equals_ignoring_case(each, name)) {
            return value;
        }
    }
    return {};
}

std::optional<parsed_target> parse_target(std::string_view target) {
    const auto mark = target.find('?');
    auto path = decoded(target.substr(0, mark), false);
    if (!path) {
        return std::nullopt;
    }
    parsed_target parsed{std::move(*path), {}};
    auto rest = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        const auto equals = pair.find('=');
        auto name = decoded(pair.substr(0, equals), true);
        auto value = equals == std::string_view::npos ? std::optional<std::string>("")
                                                      : decoded(pair.substr(equals + 1), true);
        if (!name || !value) {
            return std::nullopt;
        }
        parsed.parameters.emplace_back(std::move(*name), std::move(*value));
    }
    return parsed;
}

std::string base64(std::string_view text) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        unsigned bits = 0;
        for (std::size_t j = 0; j < 3; ++j) {
            bits =
                bits << 8U | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
        }
        for (std::size_t j = 0; j < 4; ++j) {
            out += i + j <= text.size() ? alphabet[bits >> (18 - 6 * j) & 63U] : '=';
        }
    }
    return out;
}

response error_response(int status, std::string_view message) {
    const nlohmann::ordered_json body{
        {"statusCode", status}, {"error", reason_of(status)}, {"message", message}};
    response made;
    made.status = status;
    made.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    made.body = std::make_shared<const std::string>(body.dump());
    return made;
}

} // namespace callmirror::simulator
