// One request with all its retries: through the gate, to the API, through the decoder.
#pragma once

#include "sync/engine/context.hpp"
#include "sync/fetch/query.hpp"

#include <functional>

namespace callmirror::engine {

template <typename T>
using result_or_problem = std::variant<T, problem>;

// How pages are asked for. The same for all pages of one pass, whatever is learnt meanwhile: pages
// of two sizes don't fit together.
struct page_form {
    int first_page = 0; // 0 or 1
    int limit = 0;      // 0: none is sent
};
page_form form_of(const list& of);

// The request for a page. `range` limits it in time where the list has a time axis; `now` stands
// for an end that has to be named and that is open. Pure.
fetch::list_query query_for(const providers::resource& resource, const std::string& path,
                            page_form form, int index, plan::time_range range, utc_time now);

struct listed_page {
    decode::decoded_page content;
    steady_time asked_at{0}; // when the request that was answered was sent
};

// A page of a list. `index` is 0-based; `range` limits it in time, open at either end.
// Throws key_refused on 401, write::lease_lost where the lease ran out.
awaitable<result_or_problem<listed_page>> ask_page(session_context& context, list& of,
                                                   plan::work kind, page_form form, int index,
                                                   plan::time_range range);

// Any other document: the raw body. `name` is for messages, `wrong` says why a body is not what was
// asked for; "" where it is.
using body_check = std::function<std::string(const std::string& body)>;
awaitable<result_or_problem<std::string>> ask(session_context& context, plan::work kind,
                                              const std::string& target, const std::string& name,
                                              const body_check& wrong);

// One record of a list. problem.what is not_found where it is gone. `key`: what it is asked for by,
// where records need not say that themselves.
awaitable<result_or_problem<listed_page>> ask_record(session_context& context, list& of,
                                                     plan::work kind, const std::string& target,
                                                     const std::string& name,
                                                     const std::string& key);

// Finds out how the list counts its pages and which limit it takes, where that is not known yet.
// One reader does; the others wait, and what it meets is theirs, too. nullopt: known now, or the
// list is empty.
awaitable<std::optional<problem>> learn_manners(session_context& context, list& of,
                                                plan::work kind);

} // namespace callmirror::engine
