#include "daemon/status_page.hpp"

#include "daemon/html.hpp"
#include "daemon/page/page.hpp"
#include "daemon/page_account.hpp"
#include "daemon/page_charts.hpp"
#include "daemon/text_table.hpp"

#include <algorithm>

namespace callmirror::daemon {
namespace {

constexpr std::size_t many_accounts = 8; // beyond, those that are well take a line
constexpr std::size_t most_in_full = 20; // of those that are not
constexpr std::size_t most_concerns = 12;

std::string concern_item(const concern& each, bool name_the_account) {
    std::string where = name_the_account ? each.account : "";
    where += (where.empty() || each.list.empty() ? "" : ", ") + each.list;
    return "<li class=\"" + std::string(look_of(each.how)) + "\"><p>" +
           (where.empty() ? "" : "<b>" + shown(where) + "</b>: ") + sentence(each.what) + "</p>" +
           (each.to_do.empty() ? "" : "<p class=\"to-do\">" + sentence(each.to_do) + "</p>") +
           "</li>\n";
}

std::string verdict(const judgement& found, std::size_t accounts) {
    const std::string look(look_of(found.how));
    std::string html = "<header class=\"verdict " + look + "\">\n<h1>" + shown(found.headline) +
                       "</h1>\n" + (found.detail.empty() ? "" : paragraph("", shown(found.detail)));
    std::string items;
    std::size_t shown_items = 0;
    std::size_t all = 0;
    for (const auto& each : found.concerns) {
        if (each.how == trust::idle) { // told where the account is
            continue;
        }
        if (++all <= most_concerns) {
            items += concern_item(each, accounts > 1);
            ++shown_items;
        }
    }
    if (all > shown_items) {
        items += "<li class=\"soft\"><p>" +
                 sentence("and " + grouped(all - shown_items) +
                          " more; `callmirror status` has them all") +
                 "</p></li>\n";
    }
    return html + (items.empty() ? "" : "<ul class=\"concerns\">\n" + items + "</ul>\n") +
           "</header>\n";
}

bool is_bad(const engine::account_view& account, const web_view& view) {
    return std::ranges::any_of(concerns_of(account, view),
                               [](const auto& each) { return each.how == trust::bad; });
}

std::string accounts(const web_view& view, std::string_view only) {
    const auto wanted = std::ranges::find(view.accounts, only, &engine::account_view::name);
    if (wanted != view.accounts.end()) {
        return paragraph("soft", "<a href=\"?\">all accounts</a>") +
               account_section(**wanted, view);
    }
    const bool brief = view.accounts.size() > many_accounts;
    std::string html;
    std::string lines;
    std::size_t in_full = 0;
    for (const auto* account : view.accounts) {
        if (!brief || (in_full < most_in_full && is_bad(*account, view))) {
            html += account_section(*account, view);
            ++in_full;
        } else {
            lines += account_line(*account, view);
        }
    }
    return html + (lines.empty() ? "" : "<ul class=\"accounts\">\n" + lines + "</ul>\n");
}

// Each "{{name}}" of the frame by what is to stand there.
std::string filled(std::string_view frame,
                   std::initializer_list<std::pair<std::string_view, std::string_view>> with) {
    std::string html;
    while (true) {
        const auto begins = frame.find("{{");
        html += frame.substr(0, begins);
        if (begins == std::string_view::npos) {
            return html;
        }
        const auto ends = frame.find("}}", begins);
        const auto name = frame.substr(begins + 2, ends - begins - 2);
        html += std::ranges::find(with, name, &std::pair<std::string_view, std::string_view>::first)
                    ->second;
        frame.remove_prefix(ends + 2);
    }
}

} // namespace

std::string status_page(const web_view& view, std::string_view only) {
    std::string body = verdict(judge(view), view.accounts.size());
    if (!view.accounts.empty()) {
        body += history_legend();
        body += accounts(view, only);
    }
    const auto version = escaped(view.version);
    const auto now = format_utc(view.now).substr(0, 19) + 'Z';
    return filled(page::frame.text, {{"style", page::style.text},
                                     {"script", page::refresh.text},
                                     {"body", body},
                                     {"version", version},
                                     {"now", now}});
}

} // namespace callmirror::daemon
