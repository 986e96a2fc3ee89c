// Takes credentials out of a body before anything else looks at it: what is not in the text any
// more can't reach a row, a message or the log by any way. Works on the text alone, so that a body
// that is no JSON, or a record that can't be mirrored, is safe as well.
// Reuses its buffers: one thread at a time.
#pragma once

#include "sync/decode/secret_names.hpp"
#include "sync/decode/secret_scan.hpp"
#include "sync/providers/provider.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace callmirror::decode {

// In the place of a value that is kept from the database.
inline constexpr std::string_view removed_value = "[removed]";

class secret_filter {
public:
    // It remembers names, and its buffers are large: one for all lists of a thread whose rules are
    // the same tables.
    static secret_filter& of_this_thread(const providers::credentials& rules);

    // What `rules` views must outlive it.
    explicit secret_filter(const providers::credentials& rules)
        : rules_(rules)
        , scan_(rules) {}

    bool is_needed() const { return rules_.any(); }
    bool may_quote_text() const { return rules_.may_quote_text || !is_needed(); }

    // The body without them; itself where it holds none. Strings and numbers under a secret name
    // are replaced, in whatever is nested there as well; true, false and null stay. So are the
    // "value" beside a "name" that is secret, a user before a link's host, and a link's parameters
    // of secret names. A text that was taken out is replaced wherever else it stands in the body,
    // in a link for one, percent-encoded as well.
    // The same goes for a text that is JSON itself, from end to end, and for the texts in that. One
    // that is not, as it was cut short for one, but has a secret name in quotes before a colon, or
    // that is written so that there might be one, can't be vouched for: it is replaced as a whole.
    // Valid until the next call.
    std::string_view apply(std::string_view body);

private:
    // An object or list that is open.
    struct frame {
        bool is_secret = false;     // all that is in it
        bool names_secret = false;  // one of its members says that its "value" is one
        std::size_t value_at = 0;   // of its "value" in cleaned_; 0: none
        std::size_t value_ends = 0; // 0: not yet
    };

    void remove_parameters(std::string_view body);
    void clean(std::string_view body);
    void see_string(std::string_view body, std::size_t& at);
    void see_name(std::string_view contents);
    void see_value(std::string_view text, bool is_string);
    void open(char bracket);
    void close(char bracket);
    void end_value();
    void replace(std::string_view contents, treatment by, bool is_string);
    void keep(std::string_view text, bool is_string);
    void keep_suspect(std::string_view contents);
    std::string clean_json(std::string_view plain);
    void take(std::string_view contents, std::string_view stands_for);
    void replace_elsewhere();
    std::string without_taken(std::string_view contents) const;

    const providers::credentials rules_;
    secret_scan scan_;
    std::string cleaned_;
    std::vector<frame> open_;
    std::string name_;                                       // of the member whose value comes next
    treatment next_ = treatment::keep;                       // for that value
    std::vector<std::pair<std::string, std::string>> taken_; // texts, and what stands for them
    std::unique_ptr<secret_filter> within_;                  // for JSON in a text; null until then
    int depth_ = 0;                                          // of that
};

} // namespace callmirror::decode
