#include "sync/engine/page_window.hpp"

#include <utility>

namespace callmirror::engine {
namespace {

// A record that a list shows while it is asked for alone: the answer is not the last word on it.
void note_shown(list& of, const decode::decoded_page& page) {
    if (of.questioned.empty()) {
        return;
    }
    for (const auto& record : page.records) {
        const auto [first, last] = of.questioned.equal_range(record.key);
        for (auto asked = first; asked != last; ++asked) {
            asked->second = true;
        }
    }
}

} // namespace

struct page_window::request {
    request(task_group& tasks, page_form asked_as, int page)
        : arrived(tasks)
        , form(asked_as)
        , index(page) {}

    signal arrived;
    page_form form;
    int index;
    std::optional<result_or_problem<listed_page>> got;
};

page_window::page_window(session_context& context, list& of, plan::work kind,
                         plan::time_range range)
    : context_(context)
    , of_(of)
    , kind_(kind)
    , range_(range)
    , form_(form_of(of)) {}

awaitable<void> page_window::ask(session_context& context, list& of, plan::work kind,
                                 plan::time_range range, std::shared_ptr<request> mine) {
    auto got = co_await ask_page(context, of, kind, mine->form, mine->index, range);
    if (const auto* page = std::get_if<listed_page>(&got)) {
        note_shown(of, page->content);
    }
    mine->got = std::move(got);
    mine->arrived.notify();
}

void page_window::ask_ahead(int index) {
    auto mine = std::make_shared<request>(context_.tasks, form_, index);
    ahead_.emplace(index, mine);
    context_.tasks.spawn("page", ask(context_, of_, kind_, range_, std::move(mine)));
}

awaitable<result_or_problem<listed_page>> page_window::get(int index, int following) {
    const auto before = ahead_.extract(index);
    const auto wanted =
        before.empty() ? std::make_shared<request>(context_.tasks, form_, index) : before.mapped();
    auto room = context_.requests.room() - (before.empty() ? 1 : 0);
    for (int next = index - 1; next >= index - following && room > 0; --next) {
        if (!ahead_.contains(next)) {
            ask_ahead(next);
            --room;
        }
    }
    if (before.empty()) {
        auto asking = ask(context_, of_, kind_, range_, wanted);
        co_await std::move(asking);
    }
    while (!wanted->got) {
        if (!co_await wanted->arrived.wait_until(steady_time::max())) {
            co_return problem{fetch::verdict::stopped, of_.name() + ": stopping"};
        }
    }
    co_return std::move(*wanted->got);
}

} // namespace callmirror::engine
