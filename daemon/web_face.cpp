#include "daemon/web_face.hpp"

#include "config/values.hpp"

#include <utility>

namespace callmirror::daemon {

web_face::web_face(boost::asio::any_io_executor executor, engine::clock& time,
                   std::function<web_view()> look, engine::report say)
    : say_(std::move(say))
    , listener_(
          std::move(executor), time,
          [this, look = std::move(look)](const web_request& asked) {
              return answer_to(asked, rules_, look);
          },
          say_) {}

std::string web_face::configure(const config::http_settings& settings) {
    const auto before = listener_.url();
    const auto wrong = listener_.listen(settings.listen);
    if (!wrong.empty()) {
        return wrong + "; free it, or name another address in [http] listen, or \"\" for none";
    }
    rules_ = {settings.listen ? settings.listen->host : "", settings.allow_remote};
    const auto now = listener_.url();
    if (now == before) {
        return {};
    }
    if (now.empty()) {
        say_(engine::level::info, "metrics, health and the status page are switched off");
        return {};
    }
    say_(engine::level::info, "metrics, health and the status page are at " + now);
    if (!config::is_loopback(settings.listen->host)) {
        say_(engine::level::warning,
             "whoever reaches " + now + " can read metrics and status without a password");
    }
    return {};
}

} // namespace callmirror::daemon
