// Gets the pages of one pass over a slice's listing.
//
// Where requests are allowed that nobody else has a use for (the last slices of a backfill, a long
// list of users), the pages that come next are asked for beside the one that is wanted: one slice
// alone is not read at the speed of one round trip a page. They are handed out in the pass's order
// all the same; paginator.hpp says why nothing hides by it.
#pragma once

#include "sync/engine/requests.hpp"

#include <map>
#include <memory>

namespace callmirror::engine {

class page_window {
public:
    // `context` and `of` must outlive every request: what is under way when the pass breaks off
    // goes on as a task of the session.
    page_window(session_context& context, list& of, plan::work kind, plan::time_range range);

    // Page `index`. The pass is sure to ask for the `following` pages below it next.
    // Throws as ask_page() does.
    awaitable<result_or_problem<listed_page>> get(int index, int following);

private:
    struct request;
    static awaitable<void> ask(session_context& context, list& of, plan::work kind,
                               plan::time_range range, std::shared_ptr<request> mine);
    void ask_ahead(int index);

    session_context& context_;
    list& of_;
    plan::work kind_;
    plan::time_range range_;
    page_form form_;
    std::map<int, std::shared_ptr<request>> ahead_; // by page
};

} // namespace callmirror::engine
