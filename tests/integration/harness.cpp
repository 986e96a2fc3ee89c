#include "tests/integration/harness.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>
#include <thread>

namespace callmirror::integration {

utc_time now() {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

simulator::world_options small_world() {
    simulator::world_options options;
    options.start = now() - std::chrono::days(10);
    options.end = now();
    options.calls_per_day = 60;
    options.partner_calls_per_day = 0;
    options.streams_per_day = 9;
    options.events_per_stream = 6;
    options.users = 6;
    return options;
}

simulator::world_options empty_world() {
    auto options = small_world();
    options.calls_per_day = 0;
    options.streams_per_day = 0;
    return options;
}

// ---- the API

api_source::api_source(const simulator::world_options& world, simulator::server_options options,
                       std::uint64_t seed)
    : data_(seed, world)
    , service_(data_)
    , server_(std::make_unique<simulator::server>(service_, std::move(options))) {}

void api_source::manner(std::string_view name, std::string_view value) {
    const auto guard = server_->lock();
    const auto error = set_manner(service_.change_manners(), name, value);
    if (!error.empty()) {
        throw std::invalid_argument(error);
    }
}

void api_source::faults(std::string_view json) {
    const auto guard = server_->lock();
    for (auto& rule : simulator::parse_faults(json)) {
        service_.faults().add(std::move(rule));
    }
}

void api_source::no_more_faults() {
    const auto guard = server_->lock();
    service_.faults().clear();
}

std::uint64_t api_source::fired(std::string_view name) {
    const auto guard = server_->lock();
    std::uint64_t all = 0;
    for (const auto& rule : service_.faults().rules()) {
        all += name.empty() || rule.name == name ? rule.fired : 0;
    }
    return all;
}

std::vector<std::int64_t> api_source::add(resource of, utc_time time, int count,
                                          std::chrono::milliseconds step) {
    const auto guard = server_->lock();
    std::vector<std::int64_t> made;
    for (int i = 0; i < count; ++i) {
        made.push_back(data_.add(of, time + i * step));
    }
    return made;
}

std::vector<std::int64_t> api_source::ids(resource of) {
    const auto guard = server_->lock();
    std::vector<std::int64_t> all;
    for (simulator::ordinal which = 0; which < data_.created_count(of); ++which) {
        if (data_.is_there(of, which)) {
            all.push_back(data_.id_of(of, which));
        }
    }
    return all;
}

std::uint64_t api_source::requests() {
    const auto guard = server_->lock();
    return service_.log().total();
}

std::uint64_t api_source::requests(std::string_view label) {
    const auto guard = server_->lock();
    return service_.log().of_label(label);
}

std::vector<std::string> api_source::targets() {
    const auto guard = server_->lock();
    std::vector<std::string> all;
    for (const auto& each : service_.log().entries()) {
        all.push_back(each.target);
    }
    return all;
}

// ---- a case

MirrorTest::MirrorTest()
    : database(cluster().migrated_database()) {
    std::string name = (std::filesystem::temp_directory_path() / "callmirror-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error("can't make " + name);
    }
    directory = name;
    config_file = directory + "/callmirror.toml";
    config.database_url = cluster().url(database);
}

MirrorTest::~MirrorTest() {
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
}

void MirrorTest::configure(const api_source& from) {
    config.base_url = from.base_url();
    config.ca_file = from.ca_file();
    write_configuration();
}

void MirrorTest::write_configuration() {
    const auto key_file = directory + "/" + config.account + ".key";
    std::ofstream(key_file) << config.key << '\n';
    ::chmod(key_file.c_str(), 0600);
    const auto line = [](const char* name, const std::string& shown) {
        return shown.empty() ? std::string() : name + (" = " + shown) + '\n';
    };
    const auto list = [](const std::string& shown) {
        return shown.empty() ? std::string() : '[' + shown + ']';
    };
    const auto text = [](const std::string& shown) {
        return shown.empty() ? std::string() : '"' + shown + '"';
    };
    std::ofstream(config_file)
        << "[database]\nurl = \"" << config.database_url << "\"\n[sync]\npoll_interval = \""
        << config.poll_interval << "\"\ngive_up_after = \"" << config.give_up_after
        << "\"\n[http]\nlisten = \"" << config.listen << "\"\n[log]\nformat = \"text\"\nlevel = \""
        << config.log_level << "\"\n"
        << config.more << "\n[[accounts]]\nname = \"" << config.account << "\"\napi_key_file = \""
        << key_file << "\"\nrequests_per_second = " << std::to_string(config.requests_per_second)
        << "\nmax_in_flight = " << config.max_in_flight << "\npage_size = " << config.page_size
        << '\n'
        << line("base_url", text(config.base_url)) << line("ca_file", text(config.ca_file))
        << line("request_timeout", text(config.request_timeout))
        << line("resources", list(config.resources)) << line("companies", list(config.companies))
        << line("history_start", config.history_start) << config.more_of_account << '\n';
}

std::string MirrorTest::program() {
    return CALLMIRROR_PROGRAM;
}

std::unique_ptr<child> MirrorTest::start(const std::string& arguments,
                                         const child::variables& more) {
    std::istringstream rest(arguments);
    const std::istream_iterator<std::string> first(rest);
    return start_words({first, {}}, more);
}

std::unique_ptr<child> MirrorTest::start_words(std::vector<std::string> words,
                                               const child::variables& more) {
    words.insert(words.begin(), CALLMIRROR_PROGRAM);
    words.insert(words.end(), {"--config", config_file});
    child::variables set{{"HTTP_PROXY", ""},    {"HTTPS_PROXY", ""},   {"http_proxy", ""},
                         {"https_proxy", ""},   {"NO_PROXY", ""},      {"no_proxy", ""},
                         {"NOTIFY_SOCKET", ""}, {"SSL_CERT_FILE", ""}, {"WATCHDOG_USEC", ""},
                         {"WATCHDOG_PID", ""}};
    set.insert(set.end(), more.begin(), more.end());
    return std::make_unique<child>(words, directory + "/run" + std::to_string(++runs_), set);
}

ended MirrorTest::run(const std::string& arguments, std::chrono::milliseconds limit) {
    auto result = start(arguments)->wait(limit);
    EXPECT_TRUE(result.status) << "callmirror " << arguments << ": " << result.text();
    return result;
}

ended MirrorTest::expect_mirrored(api_source& from, const std::string& arguments) {
    configure(from);
    auto result = run(arguments);
    EXPECT_EQ(result.status, 0) << result.text();
    const auto wrong = differences(from);
    EXPECT_TRUE(wrong.empty()) << wrong << result.text();
    return result;
}

void MirrorTest::expect_equal(api_source& from) {
    const auto wrong = differences(from);
    EXPECT_TRUE(wrong.empty()) << wrong;
}

bool MirrorTest::eventually(const std::function<bool()>& is_so, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!is_so()) {
        if (std::chrono::steady_clock::now() > until) {
            return false;
        }
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

bool MirrorTest::equal_within(api_source& from, std::chrono::milliseconds limit) {
    return eventually([&] { return differences(from).empty(); }, limit);
}

std::string MirrorTest::page_url(const child& running) {
    constexpr std::string_view before = "the status page are at ";
    std::string url;
    eventually(
        [&] {
            const auto said = running.err();
            const auto at = said.find(before);
            const auto end = at == std::string::npos ? at : said.find('\n', at);
            if (end != std::string::npos) {
                url = said.substr(at + before.size(), end - at - before.size());
            }
            return !url.empty();
        },
        30s);
    return url;
}

} // namespace callmirror::integration
