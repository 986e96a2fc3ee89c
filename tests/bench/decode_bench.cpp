// How fast pages become COPY lines: rows a second of processor time on one core, for pages of 100
// stream events of about 800 bytes. The best of several rounds is shown: other load only makes it
// slower.
#include "sync/decode/decoder.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace callmirror;

std::string hex(std::mt19937_64& random, int length) {
    std::string text;
    for (int at = 0; at < length; ++at) {
        text += "0123456789abcdef"[random() % 16];
    }
    return text;
}

// `style`: "plain", "pretty" or "signed".
std::string event(std::mt19937_64& random, std::int64_t id, std::string_view style) {
    const std::string peer = hex(random, 12);
    const std::string media = "https://media.example.org/" + hex(random, 24) + ".mp4";
    const std::string query =
        style == "signed" ? "?X-Amz-Expires=3600&X-Amz-Signature=" + hex(random, 64) : "";
    std::string text = "{\"id\":" + std::to_string(id) +
                       ",\"stream_id\":" + std::to_string(id / 7) +
                       R"(,"type":"media_stopped","peer_id":")" + peer + R"(","role":"agent",)";
    text +=
        R"("data":{"from":"agent","type":"composite","s3Asset":")" + media + query +
        R"(","summary":{"text":"The customer asked how to fit the filter. The agent said: \"turn it left\".\nAsked for a call back? Yes, on Monday; the part is out of stock until then, and a photo of the old one would help.","status":"done"},"thumbnail":{"s3Asset":"thumb/)" +
        hex(random, 20) + R"(.jpg","s3Bucket":"snapcall-media-eu"},"assemblyTranscriptId":")" +
        hex(random, 32) + R"("},)";
    text += R"("emitted_at":"2026-11-20T10:11:12.345Z","created_at":"2026-11-20T10:11:12.901Z",)";
    text +=
        R"("user":{"id":4711,"name":"Zoë Müller","email":"zoe.mueller@example.org","settings":{"lang":"de","sound":true},"avatar_url":null,"role":{"id":3,"name":"agent"}}})";
    return text;
}

std::string indented(const std::string& json) {
    std::string text;
    bool in_string = false;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const char c = json[at];
        text += c;
        if (in_string && c == '\\') {
            text += json[++at];
        } else if (c == '"') {
            in_string = !in_string;
        } else if (!in_string && (c == ',' || c == '{' || c == '[')) {
            text += "\n    ";
        } else if (!in_string && c == ':') {
            text += ' ';
        }
    }
    return text;
}

std::vector<std::string> pages(std::string_view style) {
    std::mt19937_64 random{1};
    std::vector<std::string> made;
    std::int64_t id = 9'000'000'000;
    for (int page = 0; page < 50; ++page) {
        std::string body = R"({"total":123456,"data":[)";
        for (int row = 0; row < 100; ++row) {
            body += row == 0 ? "" : ",";
            body += event(random, ++id, style);
        }
        body += "]}";
        made.push_back(style == "pretty" ? indented(body) : body);
    }
    return made;
}

void measure(std::string_view style) {
    const auto* platform = providers::find_platform("snapcall");
    const auto* resource = providers::find_resource(*platform, "stream_events");
    decode::field_catalog fields;
    decode::decoder decoder{"acme", *resource, &fields};
    const std::vector<std::string> bodies = pages(style);
    std::size_t bytes = 0;
    for (const std::string& body : bodies) {
        bytes += body.size();
    }
    double best = 0;
    constexpr int rounds = 40;
    for (int round = 0; round < rounds; ++round) {
        const std::clock_t begin = std::clock();
        std::size_t rows = 0;
        for (const std::string& body : bodies) {
            const auto result = decoder.page(body);
            rows += result.page ? result.page->records.size() : 0;
        }
        const double took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        best = std::max(best, static_cast<double>(rows) / took);
    }
    std::printf("%-8.*s %9.0f rows/s, %zu bytes a row\n", static_cast<int>(style.size()),
                style.data(), best, bytes / bodies.size() / 100);
}

} // namespace

int main() {
    measure("plain");
    measure("pretty");
    measure("signed");
}
