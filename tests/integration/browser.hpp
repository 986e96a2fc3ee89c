// A headless Chromium, asked over its debugging pipe: it loads a page as a person with that screen
// would, tells what it complained about, and takes pictures. Nothing of it outlives the object.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <string>
#include <sys/types.h>
#include <vector>

namespace callmirror::integration {

struct screen {
    int width = 1280;
    int height = 800;
    bool dark = false;
    bool scripts = true;
};

class browser {
public:
    // `directory`: for its profile and its log. Throws std::runtime_error where there is none.
    explicit browser(const std::string& directory);
    ~browser();
    browser(const browser&) = delete;
    browser& operator=(const browser&) = delete;

    // A tab with that screen that has loaded `url`; its name for the calls below.
    std::string open(const std::string& url, const screen& of);
    // What an expression in the page comes to; with scripts switched off as well.
    nlohmann::json evaluate(const std::string& tab, const std::string& expression);
    // The whole page, as PNG.
    void take_picture(const std::string& tab, const std::string& path);
    // Errors on its console, exceptions, and what its policy forbade; one text each.
    const std::vector<std::string>& complaints(const std::string& tab) { return complaints_[tab]; }
    int loads(const std::string& tab) { return loads_[tab]; }
    // Lets it work until `limit` has passed, and takes in what it tells.
    void idle(std::chrono::milliseconds limit);

private:
    using json = nlohmann::json;
    json call(const std::string& method, const json& parameters, const std::string& tab = "");
    json next(std::chrono::steady_clock::time_point until); // null when the time is up
    void take_in(const json& event);

    pid_t process_ = -1;
    int to_ = -1;
    int from_ = -1;
    int calls_ = 0;
    std::string received_;
    std::map<std::string, std::vector<std::string>> complaints_;
    std::map<std::string, int> loads_;
};

} // namespace callmirror::integration
