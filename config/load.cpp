#include "config/load.hpp"

#include "config/document.hpp"
#include "config/file.hpp"
#include "config/rules.hpp"
#include "sync/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>

namespace callmirror::config {
namespace {

constexpr std::size_t largest_file = 1U << 20U;

mistakes unreadable(const std::string& path, const std::string& why) {
    const std::string hint =
        why == "permission denied" // as the package leaves it
            ? "only root and the service's own user may read it as installed; callmirror(1) shows "
              "how to run a command as that user"
            : "callmirror.example.toml shows every key; --config names another file";
    return {path, {{0, 0, {}, "can't be read: " + why, hint}}};
}

} // namespace

std::string mistakes::to_text() const {
    std::string text;
    for (const mistake& each : all) {
        text += printable(file);
        text += each.line > 0 ? ':' + std::to_string(each.line) : "";
        text += ": " + each.text + '\n';
        text += each.hint.empty() ? "" : "  hint: " + each.hint + '\n';
    }
    return text;
}

load_result parse(std::string_view toml, const std::string& file) {
    auto document = read_document(toml);
    if (const auto* const error = std::get_if<syntax_error>(&document)) {
        mistake found{error->at.line, error->at.column, {}, "not TOML: " + error->text, {}};
        // "Error while parsing key-value pair: could not determine value type", and the like.
        found.hint = error->text.ends_with("value type")
                         ? "texts and durations stand in double quotes: key = \"value\""
                         : "callmirror.example.toml shows how sections and keys are written";
        return mistakes{file, {std::move(found)}};
    }
    context in{std::filesystem::path{file}.parent_path().string(), {}};
    settings read = read_settings(std::get<table>(document), in);
    if (in.mistakes.empty()) {
        return read;
    }
    std::ranges::stable_sort(in.mistakes, {}, [](const mistake& each) {
        return std::tuple{each.line, each.column};
    });
    return mistakes{file, std::move(in.mistakes)};
}

load_result load(const std::string& path) {
    auto bytes = read_file(path, largest_file);
    if (const auto* const error = std::get_if<file_error>(&bytes)) {
        return unreadable(path, error->why);
    }
    return parse(std::get<file_bytes>(bytes).content.reveal(), path);
}

} // namespace callmirror::config
