#include "sync/engine/requests.hpp"

#include "sync/base/text.hpp"

#include <algorithm>
#include <utility>

namespace callmirror::engine {
namespace {

using namespace std::chrono_literals;

constexpr int most_failures = 6;   // of one request, before its slice is given back
constexpr int most_throttled = 60; // 429 is not a failure: the pace adapts

// Counts what went wrong, for one message at the end.
class failure_log {
public:
    void note(std::string text) {
        if (first_.empty()) {
            first_ = text;
            return;
        }
        ++more_[std::move(text)];
    }
    std::string text(std::chrono::microseconds elapsed) const {
        auto out = first_;
        int count = 0;
        std::string kinds;
        for (const auto& [what, times] : more_) {
            count += times;
            kinds += (kinds.empty() ? "" : ", ") + std::to_string(times) + "x " + what;
        }
        if (count > 0) {
            out += "; then " + std::to_string(count) + " more in " +
                   format_duration(std::chrono::floor<std::chrono::milliseconds>(elapsed)) + ": " +
                   kinds;
        }
        return out;
    }

private:
    std::string first_;
    std::map<std::string, int> more_;
};

void note_server_time(session_context& context, const fetch::answer& got) {
    if (!got.headers.date) {
        return;
    }
    // Date has whole seconds, and the answer took its time: what is within that is no skew.
    const auto difference = *got.headers.date + 500ms - context.now();
    context.skew = std::chrono::abs(difference) > 2s ? difference : 0ms;
}

// The API answers, though not with what was asked for.
bool is_in_reach(fetch::verdict what) {
    return what == fetch::verdict::throttled || what == fetch::verdict::forbidden ||
           what == fetch::verdict::not_found || what == fetch::verdict::too_large;
}

// So does a 400; but while manners are found out, which most APIs begin with one, only the first
// time: it would keep up hope in a list that shows nothing else.
void note_bad_request(session_context& context, const problem& why) {
    if (why.what == fetch::verdict::bad_request) {
        context.last_answer = context.time.now();
    }
}

// Takes an answer, and says why it is not what was asked for; "" where it is. Beside the io thread
// where it is a list's: then it may touch the list's decoder and its own result, and no more.
using acceptor = std::function<std::string(fetch::answer& got)>;

api_traffic& traffic_of(session_context& context, const list* of) {
    return of ? view_of(context, *of).traffic : context.view.own_traffic;
}

// Sends until a body is accepted; nullopt then. `of`: the list that it is asked for; nullptr: none.
// `sent_at`: the last time.
awaitable<std::optional<problem>> send(session_context& context, list* of, plan::work kind,
                                       const std::string& target, const std::string& name,
                                       const acceptor& accept, steady_time& sent_at) {
    failure_log failures;
    int failed = 0;
    int throttled = 0;
    const auto begun = context.time.now();
    while (true) {
        if (!co_await context.requests.enter(kind)) {
            co_return problem{fetch::verdict::stopped, name + ": stopping"};
        }
        sent_at = context.time.now();
        if (sent_at >= context.lease_ends) {
            throw write::lease_lost("the lease ran out before it could be renewed");
        }
        auto got = co_await context.api.get(target);
        const auto bytes = got.body.size(); // the body may be moved out of the answer
        context.requests.answered(sent_at, got);
        context.view.waiting_bytes = context.requests.waiting_bytes();
        note_server_time(context, got);
        const auto answered_at = context.time.now();
        traffic_of(context, of).request_time.note(answered_at - sent_at);
        traffic_of(context, of).bytes += bytes;
        auto what = fetch::judge(got);
        auto text = context.api.censored(fetch::describe(got));
        if (what == fetch::verdict::ok) {
            auto take = [&] { text = accept(got); };
            if (of) { // a page, which takes its time
                co_await context.decoding.run(take);
            } else {
                take();
            }
            text = context.api.censored(text);
            traffic_of(context, of).decode_time.note(context.time.now() - answered_at);
            what = text.empty() ? what : fetch::verdict::bad_page;
        }
        context.requests.leave(bytes);
        context.view.waiting_bytes = context.requests.waiting_bytes();
        ++traffic_of(context, of).answers[{what, got.status}];
        if (of) {
            of->last_asked_in_vain = what != fetch::verdict::ok && !is_in_reach(what);
        }
        if (what == fetch::verdict::ok) {
            context.last_answer = context.time.now();
            if (std::exchange(context.outage_told, false)) {
                context.say(level::info, context.view.name + ": the API answers again");
            }
            co_return std::nullopt;
        }
        if (what == fetch::verdict::unauthorized) {
            context.key_refusal = name + ": " + text;
            throw key_refused(context.key_refusal);
        }
        context.last_failure = name + ": " + text;
        failures.note(text);
        ++(what == fetch::verdict::throttled ? throttled : failed);
        if (is_in_reach(what)) {
            context.last_answer = context.time.now();
        }
        if (!fetch::is_retryable(what) || failed >= most_failures || throttled >= most_throttled) {
            co_return problem{what, name + ": " + failures.text(context.time.now() - begun)};
        }
        if (what != fetch::verdict::throttled) {
            const auto pause = fetch::backoff(failed, context.time.chance());
            if (!co_await context.tasks.sleep_until(context.time.now() + pause)) {
                co_return problem{fetch::verdict::stopped, name + ": stopping"};
            }
        }
    }
}

void note_page(session_context& context, const list& of, const decode::decoded_page& page) {
    auto& view = view_of(context, of);
    if (view.misfits == 0 && page.misfits > 0) {
        context.say(level::warning, of.name() + ": " + page.first_misfit +
                                        "; such values are null in their column and kept in raw");
    }
    view.misfits += page.misfits;
}

// The days beside those that were asked for may be counted in part.
void drop_other_days(decode::decoded_page& page, plan::time_range range) {
    std::erase_if(page.records, [&](const decode::decoded_record& record) {
        const auto day = parse_time(record.key);
        return day && (*day < range.from || *day >= range.to);
    });
}

// How many pages there are, where only the last one's number is told.
std::optional<std::uint64_t> count_pages(std::optional<std::uint64_t> last, int first) {
    const auto before = static_cast<std::uint64_t>(first);
    return last && *last >= before ? std::optional(*last - before + 1) : std::nullopt;
}

awaitable<result_or_problem<listed_page>> ask_list(session_context& context, list& of,
                                                   plan::work kind, const fetch::list_query& query,
                                                   int first_page, const std::string& name) {
    listed_page page;
    const acceptor accept = [&](fetch::answer& got) {
        auto result = of.decoder.page(got.body);
        if (!result.page) {
            return result.error.reason;
        }
        page.content = std::move(*result.page);
        auto& hints = page.content.hints;
        hints.total = hints.total ? hints.total : got.headers.total_count;
        hints.total_pages =
            hints.total_pages ? hints.total_pages : count_pages(got.headers.last_page, first_page);
        return std::string();
    };
    const auto target = fetch::target_of(query);
    ++view_of(context, of).requests;
    auto failed = co_await send(context, &of, kind, target, name, accept, page.asked_at);
    if (failed) {
        co_return std::move(*failed);
    }
    note_page(context, of, page.content);
    co_return page;
}

} // namespace

fetch::list_query query_for(const providers::resource& resource, const std::string& path,
                            page_form form, int index, plan::time_range range, utc_time now) {
    fetch::list_query query{.path = path, .page = {}, .limit = {}, .start = {}, .end = {}};
    if (resource.takes_page) {
        query.page = index + form.first_page;
    }
    if (form.limit > 0) {
        query.limit = form.limit;
    }
    if (!resource.has_time_axis()) {
        return query;
    }
    // Something to spare at both ends: whether they are inclusive is not known, nor whose midnight
    // a day begins with. A day that is cut through may be counted in part.
    const bool days = resource.kind == providers::shape::days;
    const std::chrono::milliseconds spare = days ? 24h : 1s;
    if (range.from != start_of_time) {
        query.start = range.from - spare;
    }
    if (range.to != end_of_time) {
        query.end = range.to + spare;
    } else if (days) {
        query.end = floor_day(now) + 2 * spare;
    }
    return query;
}

page_form form_of(const list& of) {
    return {.first_page = of.learned.first_page.value_or(0), .limit = of.learned.limit.value_or(0)};
}

awaitable<result_or_problem<listed_page>> ask_page(session_context& context, list& of,
                                                   plan::work kind, page_form form, int index,
                                                   plan::time_range range) {
    const auto query = query_for(*of.resource, of.path, form, index, range, context.source_now());
    const auto name = of.name() + " page " + std::to_string(index) + " from " +
                      format_day(std::max<utc_time>(range.from, utc_time{}));
    auto got = co_await ask_list(context, of, kind, query, form.first_page, name);
    if (auto* why = std::get_if<problem>(&got)) {
        why->limit = form.limit;
        note_bad_request(context, *why);
    } else {
        auto& page = std::get<listed_page>(got);
        if (of.resource->kind == providers::shape::days) {
            drop_other_days(page.content, range);
        }
        const auto served = page.content.served;
        of.learned.largest_page =
            std::max(of.learned.largest_page, static_cast<std::int32_t>(served));
        of.learned.full_page_seen =
            of.learned.full_page_seen || (form.limit > 0 && form.limit == of.learned.limit &&
                                          served >= static_cast<std::size_t>(form.limit));
    }
    co_return got;
}

awaitable<result_or_problem<std::string>> ask(session_context& context, plan::work kind,
                                              const std::string& target, const std::string& name,
                                              const body_check& wrong) {
    std::string whole;
    const acceptor accept = [&](fetch::answer& got) {
        auto why = wrong(got.body);
        whole = std::move(got.body);
        return why;
    };
    steady_time sent_at{0};
    auto failed = co_await send(context, nullptr, kind, target, name, accept, sent_at);
    if (failed) {
        note_bad_request(context, *failed);
        co_return std::move(*failed);
    }
    co_return whole;
}

awaitable<result_or_problem<listed_page>> ask_record(session_context& context, list& of,
                                                     plan::work kind, const std::string& target,
                                                     const std::string& name,
                                                     const std::string& key) {
    listed_page record;
    const acceptor accept = [&](fetch::answer& got) {
        auto result = of.decoder.record(got.body, key);
        if (!result.page) {
            return result.error.reason;
        }
        record.content = std::move(*result.page);
        return std::string();
    };
    ++view_of(context, of).requests;
    auto failed = co_await send(context, &of, kind, target, name, accept, record.asked_at);
    if (failed) {
        failed->asked_at = record.asked_at;
        note_bad_request(context, *failed);
        co_return std::move(*failed);
    }
    co_return record;
}

namespace {

using found_manners = fetch::manner_probe::found;
constexpr int most_looks = 4;

awaitable<result_or_problem<found_manners>> probe_manners(session_context& context, list& of,
                                                          plan::work kind, int limit) {
    fetch::manner_probe probe(of.resource->takes_page, of.resource->takes_limit, limit);
    while (true) {
        const auto step = probe.next();
        if (const auto* found = std::get_if<found_manners>(&step)) {
            co_return *found;
        }
        if (std::holds_alternative<fetch::manner_probe::refused>(step)) {
            problem refused{fetch::verdict::bad_request,
                            of.name() + ": 400, whichever page and limit was tried"};
            note_bad_request(context, refused);
            co_return refused;
        }
        const auto& next = std::get<fetch::manner_probe::ask>(step);
        const fetch::list_query query{
            .path = of.path, .page = next.page, .limit = next.limit, .start = {}, .end = {}};
        const auto name = of.name() + " page " + std::to_string(next.page.value_or(0));
        auto got = co_await ask_list(context, of, kind, query, 0, name);
        if (const auto* page = std::get_if<listed_page>(&got)) {
            std::vector<std::string> keys;
            for (const auto& record : page->content.records) {
                keys.emplace_back(record.key);
            }
            for (const auto& record : page->content.rejected) { // served all the same
                keys.push_back(record.raw);
            }
            probe.page(std::move(keys));
        } else if (const auto what = std::get<problem>(got).what;
                   what == fetch::verdict::bad_request ||
                   (what == fetch::verdict::not_found && next.page.value_or(0) > 0)) {
            probe.bad_request();
            if (!of.manners_looked_for) { // at a slow pace, many lists take longer than an outage
                context.last_answer = context.time.now();
            }
        } else {
            auto why = std::get<problem>(std::move(got));
            why.limit = next.limit.value_or(0);
            co_return why;
        }
    }
}

awaitable<std::optional<problem>> find_manners(session_context& context, list& of,
                                               plan::work kind) {
    std::optional<found_manners> before;
    for (int look = 0; look < most_looks; ++look) {
        const int limit = before ? before->limit : of.learned.limit.value_or(100);
        auto got = co_await probe_manners(context, of, kind, limit);
        if (auto* failed = std::get_if<problem>(&got)) {
            co_return std::move(*failed);
        }
        const auto& found = std::get<found_manners>(got);
        if (!found.shows && of.learned.first_page == 0) { // an outage may look like that, too
            co_return problem{fetch::verdict::bad_page,
                              of.name() + ": page 0 is refused, and page 1 is empty"};
        }
        if (found.sure || (before && before->first_page == found.first_page)) {
            if (of.learned.first_page == 0 && found.first_page == 1) {
                context.say(level::warning, of.name() + ": pages count from 1 now, not from 0");
            }
            of.learned.first_page = found.first_page;
            use_limit(of.learned, found.limit);
            of.manners_known = found.first_page.has_value();
            co_return std::nullopt;
        }
        before = found;
    }
    // The last of them believed, a list that shows itself only at times would be read as empty.
    co_return problem{fetch::verdict::bad_page,
                      of.name() + ": whether pages count from 0 or 1 looked different each time"};
}

} // namespace

awaitable<std::optional<problem>> learn_manners(session_context& context, list& of,
                                                plan::work kind) {
    if (!of.resource->takes_page && !of.resource->takes_limit) {
        of.learned.first_page = 0;
        of.learned.limit = 0;
        of.manners_known = true;
    }
    if (of.manners_known) {
        co_return std::nullopt;
    }
    if (!of.finding_manners) {
        of.finding_manners = true;
        auto met = co_await find_manners(context, of, kind); // what it throws ends the session
        of.manners_problem = std::move(met);
        of.manners_looked_for = true;
        of.finding_manners = false;
        context.work_changed.notify();
        co_return of.manners_problem;
    }
    // Asked by each reader itself, one after the other, a list that fails would be tried for hours.
    while (of.finding_manners) {
        if (!co_await context.work_changed.wait_until(steady_time::max())) {
            co_return problem{fetch::verdict::stopped, of.name() + ": stopping"};
        }
    }
    co_return of.manners_problem;
}

} // namespace callmirror::engine
