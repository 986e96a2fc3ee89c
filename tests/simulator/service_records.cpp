// Single records, the key's own user, and what a fault script changes between two pages.
#include "tests/simulator/service.hpp"

#include <nlohmann/json.hpp>

namespace callmirror::simulator {
namespace {

using json = nlohmann::ordered_json;

// {"a":{"b":RECORD}} for "a.b".
std::string enveloped(std::string record, std::string_view envelope) {
    while (!envelope.empty()) {
        const auto dot = envelope.rfind('.');
        const auto name = dot == std::string_view::npos ? envelope : envelope.substr(dot + 1);
        record = "{\"" + std::string(name) + "\":" + record + "}";
        envelope = dot == std::string_view::npos ? std::string_view{} : envelope.substr(0, dot);
    }
    return record;
}

response with_json(std::string body) {
    response made;
    made.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    made.body = std::make_shared<const std::string>(std::move(body));
    return made;
}

} // namespace

response service::record(const request& asked, const endpoint& to) {
    const auto& is = manners_.of(to.of);
    const auto which = world_.find_key(to.of, to.key);
    if (!which) {
        return error_response(404, "Not Found");
    }
    const auto& each = world_.at(to.of, *which);
    if (!to.company.empty() &&
        !world_.is_listed(to.of, *which, world_.company_index(to.company).value_or(0))) {
        return error_response(404, "Not Found");
    }
    if (to.of == resource::stream_events &&
        world_.token(resource::streams, each.parent - 1) != to.stream_token) {
        return error_response(404, "Not Found");
    }
    if (!world_.is_there(to.of, *which)) {
        return error_response(static_cast<int>(is.gone_status), "This record has been deleted");
    }
    auto text = text_of(world_, to.of, *which, served_style(to.of, asked.time));
    return with_json(enveloped(std::move(text), is.record_envelope));
}

response service::me() const {
    const auto says = manners_.of(resource::users).me;
    const auto& companies = world_.options().company_ids;
    auto user = json::parse(text_of(world_, resource::users, 0, {}));
    if (says == me_shape::both || says == me_shape::company_id) {
        user["company_id"] = companies.front();
    }
    if (says == me_shape::both || says == me_shape::companies) {
        user["companies"] = json::array();
        for (const auto id : companies) {
            user["companies"].push_back({{"id", id}, {"name", "Company " + std::to_string(id)}});
        }
    }
    return with_json(enveloped(user.dump(), manners_.of(resource::users).record_envelope));
}

void service::carry_out(const drift& each, const request& asked,
                        const std::optional<parsed_target>& target,
                        const std::optional<endpoint>& to) {
    if (each.what == drift::action::return_removed) {
        if (last_removed_) {
            world_.return_removed(last_removed_->first, last_removed_->second);
        }
        return;
    }
    selection_request in;
    if (to && target && to->kind == endpoint_kind::list && (!each.of || *each.of == to->of)) {
        const auto judged = judge(*to, target->parameters, manners_.of(to->of));
        if (const auto* query = std::get_if<list_query>(&judged)) {
            in = query->what;
            in.company = world_.company_index(to->company);
        }
    } else if (each.of) {
        in.of = *each.of;
    } else {
        return;
    }
    in.of = each.of.value_or(to ? to->of : in.of);
    const auto list = selections_.select(in);
    const auto size = static_cast<std::int64_t>(list.size());
    const auto place = each.rank < 0 ? size + each.rank : each.rank;
    std::vector<ordinal> found;
    if (place >= 0) {
        list.collect(static_cast<std::size_t>(place), 1, found);
    }
    if (found.empty()) {
        return;
    }
    const auto which = found.front();
    const auto id = world_.id_of(in.of, which);
    const auto at = world_.at(in.of, which); // a copy: the world changes
    switch (each.what) {
    case drift::action::remove:
        world_.remove(in.of, id);
        last_removed_ = {in.of, id};
        break;
    case drift::action::insert:
        world_.add(in.of, from_ms(at.created), at.company);
        break;
    case drift::action::change:
        world_.change(in.of, id, asked.time);
        break;
    case drift::action::move:
        world_.move(in.of, id, from_ms(at.created) + each.shift);
        break;
    case drift::action::return_removed:
        break;
    }
}

} // namespace callmirror::simulator
