#include "tests/simulation/process.hpp"

#include <boost/asio/co_spawn.hpp>

namespace callmirror::simulation {

process::process(const surroundings& around, process_options options)
    : all_(around.all)
    , options_(std::move(options))
    , clock_(all_.events, waiting_, all_.began, options_.seed)
    , api_(all_, around.api, around.judge, waiting_, options_.api, options_.name)
    , database_(all_, around.store, around.weather, waiting_, options_.database_threads,
                options_.name)
    , context_(std::make_unique<boost::asio::io_context>(1))
    , work_(boost::asio::make_work_guard(*context_))
    , engine_(context_->get_executor(), clock_, api_, database_, decoding_, options_.account,
              [this](engine::level how, const std::string& text) {
                  if (how >= engine::level::info) {
                      all_.log.push_back({all_.events.now(), text});
                  }
                  all_.tell(options_.name + " says: " + text);
              }) {
    clock_.set_off(options_.clock_off);
    all_.tell(options_.name + " starts");
    boost::asio::co_spawn(
        *context_, engine_.run(), [this](std::exception_ptr error, engine::account_end end) {
            if (!error) {
                ended_ = end;
                all_.tell(options_.name + " ended: " + std::to_string(static_cast<int>(end)) + " " +
                          engine_.why());
                return;
            }
            try {
                std::rethrow_exception(error);
            } catch (const std::exception& what) {
                all_.fail(options_.name + " threw: " + what.what());
            }
        });
}

process::~process() {
    kill();
}

bool process::run_one() {
    return !paused_ && context_ && context_->poll_one() > 0;
}

void process::pause() {
    paused_ = true;
    database_.pause();
    all_.tell(options_.name + " is paused");
}

void process::go_on() {
    paused_ = false;
    api_.woken();
    all_.tell(options_.name + " goes on");
    database_.go_on();
}

void process::kill() {
    if (!ended_) {
        all_.tell(options_.name + " dies");
    }
    database_.die();
    waiting_.clear();
    work_.reset();
    context_.reset();
}

} // namespace callmirror::simulation
