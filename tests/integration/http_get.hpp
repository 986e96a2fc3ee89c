// Asks the daemon under test for something over HTTP.
#pragma once

#include <string>

namespace callmirror::integration {

struct http_reply {
    int status = 0; // 0: nobody answers
    std::string header;
    std::string body;
};

// `url`: "http://127.0.0.1:1234/metrics"; of an IPv4 address.
http_reply http_get(const std::string& url);

} // namespace callmirror::integration
