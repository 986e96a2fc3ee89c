#include "daemon/html.hpp"

#include "sync/base/text.hpp"

namespace callmirror::daemon {

std::string escaped(std::string_view text) {
    std::string html;
    html.reserve(text.size());
    for (const char each : text) {
        switch (each) {
        case '&':
            html += "&amp;";
            break;
        case '<':
            html += "&lt;";
            break;
        case '>':
            html += "&gt;";
            break;
        case '"':
            html += "&quot;";
            break;
        case '\'':
            html += "&#39;";
            break;
        default:
            html += each;
        }
    }
    return html;
}

std::string shown(std::string_view text) {
    constexpr std::size_t longest_text = 400;
    return escaped(printable(text, longest_text, placed::in_a_sentence));
}

std::string sentence(std::string_view text) {
    std::string html;
    bool in_code = false;
    const auto safe = shown(text);
    for (std::string_view rest = safe; !rest.empty();) {
        const auto mark = rest.find('`');
        html += rest.substr(0, mark);
        if (mark == std::string_view::npos) {
            break;
        }
        html += in_code ? "</code>" : "<code>";
        in_code = !in_code;
        rest.remove_prefix(mark + 1);
    }
    return in_code ? html + "</code>" : html;
}

std::string paragraph(std::string_view look, const std::string& html) {
    const auto name = look.empty() ? "" : " class=\"" + std::string(look) + '"';
    return "<p" + name + '>' + html + "</p>\n";
}

} // namespace callmirror::daemon
