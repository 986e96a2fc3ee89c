#include "sync/fetch/response_reader.hpp"

#include "sync/base/text.hpp"
#include "sync/fetch/headers.hpp"
#include "sync/fetch/inflate.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callmirror::fetch {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using parser = http::response_parser<http::string_body>;

constexpr std::size_t read_size = 32U << 10U; // two TLS records
constexpr int most_interim_answers = 16;      // 100, 103: one or two is what servers send

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

} // namespace

struct response_reader::implementation {
    response_limits limits;
    request_kind kind;
    std::optional<parser> message;
    beast::flat_buffer buffer;
    std::size_t received = 0;
    int interim_answers = 0;
    bool body_prepared = false;
    bool complete = false;
    failure_kind failure = failure_kind::none;
    std::string failure_text;

    implementation(const response_limits& with, request_kind of)
        : limits{with}
        , kind{of}
        , buffer{with.header + read_size} {
        start_message();
    }

    void start_message() {
        message.emplace();
        message->eager(false); // stops after the header: see prepare_body
        message->skip(kind == request_kind::connect);
        message->body_limit(limits.body);
        message->header_limit(static_cast<std::uint32_t>(
            std::min<std::size_t>(limits.header, std::numeric_limits<std::uint32_t>::max())));
    }

    void fail(failure_kind what, std::string text) {
        failure = what;
        failure_text = std::move(text);
    }

    void fail(const beast::error_code& error) {
        if (error == http::error::body_limit) {
            fail(failure_kind::too_large,
                 "the body is over " + std::to_string(limits.body) + " bytes");
        } else if (error == http::error::header_limit || error == http::error::buffer_overflow) {
            fail_header();
        } else {
            fail(failure_kind::bad_answer, "the answer is not HTTP: " + error.message());
        }
    }

    void fail_header() {
        fail(failure_kind::too_large,
             "the header is over " + std::to_string(limits.header) + " bytes");
    }

    bool reading() const { return !complete && failure == failure_kind::none; }

    void parse() {
        while (reading() && buffer.size() >= least_to_parse()) {
            beast::error_code error;
            buffer.consume(message->put(buffer.cdata(), error));
            if (error == http::error::need_more) {
                if (buffer.size() >= buffer.max_size()) {
                    fail_header(); // a trailer or a chunk's extension
                }
                return;
            }
            if (error) {
                fail(error);
                return;
            }
            if (message->is_header_done()) {
                prepare_body();
            }
            if (reading() && message->is_done()) {
                finish_message();
            }
        }
    }

    // A chunked body always has the five bytes of its last chunk to come: waiting for that many
    // keeps Beast 1.81 from an assertion that a lone "0\r\n" or "0\r\n\r" fails.
    std::size_t least_to_parse() const {
        return message->is_header_done() && message->chunked() ? 5 : 1;
    }

    // Refuses what needs no reading of the body, and makes room for it with its padding at once.
    void prepare_body() {
        if (std::exchange(body_prepared, true)) {
            return;
        }
        const unsigned status = message->get().result_int();
        if (status == 101 || status < 100) {
            fail(failure_kind::bad_answer, "an unasked-for status " + std::to_string(status));
            return;
        }
        const auto transfer = message->get().find(http::field::transfer_encoding);
        if (transfer != message->get().end() &&
            !equals_ignoring_case(trim(view(transfer->value())), "chunked")) {
            fail(failure_kind::bad_answer,
                 "an unknown transfer encoding: " + printable(view(transfer->value())));
            return;
        }
        if (const auto length = message->content_length()) {
            message->get().body().reserve(std::min(static_cast<std::size_t>(*length), limits.body) +
                                          body_padding);
        }
    }

    void finish_message() {
        if (message->get().result_int() >= 200) {
            complete = true;
        } else if (++interim_answers > most_interim_answers) {
            fail(failure_kind::bad_answer, "too many interim answers");
        } else {
            body_prepared = false;
            start_message();
        }
    }

    std::vector<header_field> fields() const {
        std::vector<header_field> result;
        for (const auto& field : message->get()) {
            result.push_back({view(field.name_string()), view(field.value())});
        }
        return result;
    }

    void decode(const std::vector<header_field>& fields, std::string& body) {
        std::string raw = std::move(message->get().body());
        const content_coding coding = read_coding(fields);
        if (coding == content_coding::unknown) {
            fail(failure_kind::bad_answer,
                 "a content coding we did not ask for: " +
                     printable(find_field(fields, "Content-Encoding").value_or("")));
        } else if (coding == content_coding::identity || raw.empty()) {
            body = std::move(raw);
            body.reserve(body.size() + body_padding);
        } else if (const auto result = inflate_gzip(raw, limits.body, body);
                   result == inflate_result::too_large) {
            fail(failure_kind::too_large,
                 "the inflated body is over " + std::to_string(limits.body) + " bytes");
        } else if (result == inflate_result::bad_data) {
            fail(failure_kind::bad_answer, "the body is not valid gzip");
        }
    }
};

response_reader::response_reader(const response_limits& limits, request_kind kind)
    : implementation_{std::make_unique<implementation>(limits, kind)} {}

response_reader::~response_reader() = default;

bool response_reader::reading() const {
    return implementation_->reading();
}

std::span<char> response_reader::prepare() {
    auto& buffer = implementation_->buffer;
    const auto space = buffer.prepare(std::min(read_size, buffer.max_size() - buffer.size()));
    return {static_cast<char*>(space.data()), space.size()};
}

void response_reader::commit(std::size_t size) {
    implementation_->received += size;
    implementation_->buffer.commit(size);
    try {
        implementation_->parse();
    } catch (const std::bad_alloc&) {
        fail(failure_kind::too_large, "no memory for the body");
    }
}

void response_reader::end_of_stream(bool clean) {
    auto& self = *implementation_;
    if (self.received == 0) {
        self.fail(failure_kind::unreachable, "the connection was closed without an answer");
    } else if (clean && self.message->is_header_done() && self.message->need_eof()) {
        self.complete = true;
    } else {
        self.fail(failure_kind::truncated,
                  "the answer was cut off after " + std::to_string(self.received) + " bytes");
    }
}

void response_reader::fail(failure_kind failure, const std::string& text) {
    implementation_->fail(failure, text);
}

std::size_t response_reader::received() const {
    return implementation_->received;
}

bool response_reader::surplus() const {
    return implementation_->complete && implementation_->buffer.size() > 0;
}

bool response_reader::reusable() const {
    const auto& self = *implementation_;
    return self.complete && !surplus() && self.message->keep_alive();
}

answer response_reader::take(utc_time now) {
    auto& self = *implementation_;
    answer result;
    if (self.failure == failure_kind::none) {
        const auto fields = self.fields();
        try {
            self.decode(fields, result.body);
        } catch (const std::bad_alloc&) {
            self.fail(failure_kind::too_large, "no memory for the body");
        }
        if (self.failure == failure_kind::none) {
            result.status = static_cast<int>(self.message->get().result_int());
            result.headers = read_headers(fields, now);
            return result;
        }
        result.body.clear();
    }
    result.failure = self.failure;
    result.failure_text = self.failure_text;
    return result;
}

} // namespace callmirror::fetch
