#include "tests/simulator/control.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace callmirror::simulator {
namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view root = "/_simulator/";

response with(std::string_view type, std::string body) {
    response made;
    made.headers = {{"Content-Type", std::string(type)}};
    made.body = std::make_shared<const std::string>(std::move(body));
    return made;
}

resource resource_of(std::string_view name) {
    const auto which = resource_named(name);
    if (!which) {
        throw std::invalid_argument("there is no resource \"" + std::string(name) + "\"");
    }
    return *which;
}

utc_time time_of(const json& from, const char* member) {
    const auto time = parse_time(from.at(member).get<std::string>());
    if (!time) {
        throw std::invalid_argument(std::string("\"") + member + "\" is no RFC 3339 time");
    }
    return *time;
}

json stats(service& api, const traffic& seen) {
    auto& log = api.log();
    json made{{"requests", log.total()},
              {"most_in_a_second", log.most_in_a_second()},
              {"after_401", log.after_unauthorized()},
              {"not_get", log.not_get()},
              {"undocumented_parameters", log.undocumented()},
              {"connections", seen.connections},
              {"most_in_flight", seen.most_in_flight}};
    made["now"] = format_utc(api.data().now());
    for (const auto& [status, count] : log.by_status()) {
        made["status"][std::to_string(status)] = count;
    }
    for (const auto& [label, count] : log.by_label()) {
        made["endpoints"][label] = count;
    }
    for (const auto& each : all_resources()) {
        made["records"][std::string(each.name)] = api.data().count(each.id);
    }
    made["faults"] = json::array();
    for (const auto& rule : api.faults().rules()) {
        made["faults"].push_back({{"name", rule.name},
                                  {"do", name_of(rule.what)},
                                  {"matched", rule.matched},
                                  {"fired", rule.fired}});
    }
    return made;
}

std::uint64_t number_of(const parsed_target& target, std::string_view name,
                        std::uint64_t otherwise) {
    for (const auto& [parameter, value] : target.parameters) {
        if (parameter == name) {
            return std::stoull(value);
        }
    }
    return otherwise;
}

// One line for each record: {"key":"4100001","record":{...}}, "key":null where it has none.
std::string dump(service& api, resource of, const parsed_target& target) {
    const auto first = number_of(target, "first", 0);
    const auto count = number_of(target, "count", api.data().created_count(of));
    const auto style = api.oracle_style(of);
    const auto end = std::min<std::uint64_t>(api.data().created_count(of), first + count);
    std::string lines;
    for (auto number = first; number < end; ++number) {
        const auto which = static_cast<ordinal>(number);
        if (!api.data().is_there(of, which)) {
            continue;
        }
        const bool keyed = is_keyed(api.data(), of, which, style);
        lines += keyed ? "{\"key\":\"" + api.data().key_text(of, which) + "\",\"record\":"
                       : "{\"key\":null,\"record\":";
        auto text = text_of(api.data(), of, which, style);
        std::ranges::replace(text, '\n', ' ');
        lines += text + "}\n";
    }
    return lines;
}

std::string log_lines(service& api) {
    std::string lines;
    for (const auto& each : api.log().entries()) {
        lines += format_utc(each.time) + ' ' + std::to_string(each.status) + ' ' + each.method +
                 ' ' + each.target + '\n';
    }
    return lines;
}

// Ids of what was added or changed; throws for what can't be done.
json mutate_one(world& data, const json& order) {
    const auto what = order.at("do").get<std::string>();
    if (what == "live") {
        data.live(order.contains("to")
                      ? time_of(order, "to")
                      : data.now() + std::chrono::seconds(order.at("seconds").get<std::int64_t>()));
        return json::array();
    }
    if (what == "retention") {
        return data.retention(time_of(order, "before"));
    }
    const auto of = resource_of(order.at("resource").get<std::string>());
    if (what == "add") {
        auto ids = json::array();
        const auto stream = order.contains("stream")
                                ? std::optional(order["stream"].get<std::int64_t>())
                                : std::nullopt;
        for (auto left = order.value("count", std::int64_t{1}); left > 0; --left) {
            ids.push_back(data.add(of, time_of(order, "time"),
                                   order.value("company", std::size_t{0}), stream));
        }
        return ids;
    }
    const auto id = order.at("id").get<std::int64_t>();
    const bool done =
        what == "change"    ? data.change(of, id, time_of(order, "time"))
        : what == "remove"  ? data.remove(of, id)
        : what == "return"  ? data.return_removed(of, id)
        : what == "move"    ? data.move(of, id, time_of(order, "time"))
        : what == "list"    ? data.set_listed(of, id, order.at("company").get<std::size_t>(),
                                              order.at("listed").get<bool>())
        : what == "replace" ? data.replace_text(of, id, order.at("text").get<std::string>())
                            : throw std::invalid_argument("can't do \"" + what + "\"");
    if (!done) {
        throw std::invalid_argument("there is no " + order.dump());
    }
    return json::array({id});
}

response post(service& api, std::string_view path, const json& body) {
    json result = json::array();
    if (path == "mutate") {
        for (const auto& each : body.is_array() ? body : json::array({body})) {
            result.push_back(mutate_one(api.data(), each));
        }
    } else if (path == "manners") {
        for (const auto& [name, value] : body.items()) {
            const auto text = value.is_string() ? value.get<std::string>() : value.dump();
            if (const auto error = set_manner(api.change_manners(), name, text); !error.empty()) {
                throw std::invalid_argument(error);
            }
        }
    } else if (path == "faults") {
        for (auto& each : parse_faults(body.dump())) {
            api.faults().add(std::move(each));
        }
    } else if (path == "faults/clear") {
        api.faults().clear();
    } else if (path == "log/clear") {
        api.log().clear();
    } else if (path == "keys") {
        api.keys() = body.get<std::vector<std::string>>();
    } else {
        return error_response(404, "see GET /_simulator/");
    }
    return with("application/json", result.dump() + "\n");
}

} // namespace

bool is_control(std::string_view target) {
    return target.starts_with(root);
}

std::string help_on_control() {
    return R"(GET  /_simulator/stats              requests, pace, violations, records, faults that fired
GET  /_simulator/records/RESOURCE   every record that is there: {"key":"1","record":{...}} a line
                                    (?first=N&count=M for a part of a large one)
GET  /_simulator/log                the latest 10,000 requests
POST /_simulator/mutate             one order or a list of them; answers with a result for each:
     {"do":"add","resource":"calls","time":"2026-11-20T10:00:00Z","count":1500}    ids
     {"do":"change","resource":"calls","id":4100001,"time":"..."}                  also move
     {"do":"remove","resource":"streams","id":810001}                              also return
     {"do":"list","resource":"users","id":31,"company":1,"listed":true}            or no longer
     {"do":"replace","resource":"calls","id":4100001,"text":"{\"id\":null}"}
     {"do":"retention","before":"2026-01-01"}
     {"do":"live","seconds":3600}                                                  or "to"
POST /_simulator/manners            {"first_page":1,"calls.envelope":"items"}
POST /_simulator/faults             {"resource":"calls","from":2,"times":3,"do":"status","status":503}
POST /_simulator/faults/clear
POST /_simulator/log/clear
POST /_simulator/keys               ["another-key"]
)";
}

response control(service& api, const traffic& seen, const request& asked, std::string_view body) {
    try {
        const auto target = parse_target(asked.target);
        if (!target) {
            return error_response(400, "malformed target");
        }
        const auto path = std::string_view(target->path).substr(root.size());
        if (asked.method == "POST") {
            return post(api, path, body.empty() ? json() : json::parse(body));
        }
        if (asked.method != "GET") {
            return error_response(405, "GET and POST only");
        }
        if (path.empty()) {
            return with("text/plain", help_on_control());
        }
        if (path == "stats") {
            return with("application/json", stats(api, seen).dump(2) + "\n");
        }
        if (path == "log") {
            return with("text/plain", log_lines(api));
        }
        if (path.starts_with("records/")) {
            return with("application/x-ndjson", dump(api, resource_of(path.substr(8)), *target));
        }
        return error_response(404, "see GET /_simulator/");
    } catch (const std::exception& error) { // JSON, numbers, names: all are the caller's mistakes
        return error_response(400, error.what());
    }
}

} // namespace callmirror::simulator
