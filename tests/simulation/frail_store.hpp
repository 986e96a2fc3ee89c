// The store as one job of a process sees it: any call may be lost on its way there, or its answer
// on the way back, and the connection with it.
#pragma once

#include "tests/simulation/memory_store.hpp"

#include <type_traits>

namespace callmirror::simulation {

// What goes wrong with the database just now; shared by all processes.
struct database_weather {
    bool away = false;       // nothing gets through
    double fails_before = 0; // chance that a call is lost on its way there
    double fails_after = 0;  // chance that it is carried out, and its answer lost
    double crashes = 0;      // chance that the server crashes before a call, and is back at once
    std::chrono::microseconds least{500};
    std::chrono::microseconds most{5'000};
};

class frail_store final : public write::store {
public:
    frail_store(universe& all, memory_store& behind, const database_weather& weather,
                const std::string& who)
        : all_(all)
        , behind_(behind)
        , weather_(weather)
        , who_(who) {}

    write::lease_answer acquire(const std::string& account, const std::string& holder,
                                std::chrono::milliseconds time_to_live) override {
        return call("acquire", [&] { return behind_.acquire(account, holder, time_to_live); });
    }
    bool renew(const write::lease& held, std::chrono::milliseconds time_to_live) override {
        return call("renew", [&] { return behind_.renew(held, time_to_live); });
    }
    void keep_quiet(const write::lease& held, std::chrono::milliseconds quiet) override {
        call("keep quiet", [&] { behind_.keep_quiet(held, quiet); });
    }
    void release(const write::lease& held, std::chrono::milliseconds quiet) noexcept override {
        try {
            call("release", [&] { behind_.release(held, quiet); });
        } catch (const write::database_lost&) { // it runs out by itself
        }
    }
    write::account_state load(const write::lease& held) override {
        return call("load", [&] { return behind_.load(held); });
    }
    std::vector<write::digest_piece> load_digest(const write::lease& held,
                                                 write::slice_id slice) override {
        return call("", [&] { return behind_.load_digest(held, slice); });
    }
    std::vector<write::suspect_to_ask> suspects_to_ask(const write::lease& held,
                                                       const std::string& platform,
                                                       const providers::resource& resource,
                                                       const std::string& scope, utc_time now,
                                                       int most) override {
        return call("", [&] {
            return behind_.suspects_to_ask(held, platform, resource, scope, now, most);
        });
    }
    std::vector<write::suspect_row> suspects_of(const write::lease& held,
                                                write::slice_id slice) override {
        return call("", [&] { return behind_.suspects_of(held, slice); });
    }
    std::vector<write::suspect_row> suspects_named(const write::lease& held,
                                                   const std::string& resource,
                                                   const std::vector<std::string>& keys) override {
        return call("", [&] { return behind_.suspects_named(held, resource, keys); });
    }
    std::vector<write::suspect_row> suspects_held(const write::lease& held,
                                                  const std::string& resource,
                                                  const std::string& scope) override {
        return call("", [&] { return behind_.suspects_held(held, resource, scope); });
    }
    std::vector<std::string> keys_of(const write::lease& held, const std::string& platform,
                                     const providers::key_source& from) override {
        return call("", [&] { return behind_.keys_of(held, platform, from); });
    }
    std::map<std::string, std::uint64_t> count_rejected(const write::lease& held) override {
        return call("", [&] { return behind_.count_rejected(held); });
    }
    std::vector<write::order_row> open_orders(const write::lease& held) override {
        return call("", [&] { return behind_.open_orders(held); });
    }
    std::vector<std::string> unlike(const write::lease& held, const std::string& platform,
                                    const providers::resource& resource,
                                    const std::vector<write::key_and_hash>& expected) override {
        return call("", [&] { return behind_.unlike(held, platform, resource, expected); });
    }
    write::settled_columns
    settle_columns(const write::lease& held, const std::string& platform,
                   const std::vector<write::own_column_row>& wanted) override {
        return call("", [&] { return behind_.settle_columns(held, platform, wanted); });
    }
    write::fill_outcome fill_columns(const write::lease& held, const std::string& platform,
                                     const providers::resource& table,
                                     write::unfilled_columns& which, const write::raw_reader& read,
                                     int most) override {
        return call("",
                    [&] { return behind_.fill_columns(held, platform, table, which, read, most); });
    }
    write::commit_outcome commit(const write::commit_unit& unit) override {
        return call(all_.told.wanted() ? describe(unit) : "", [&] { return behind_.commit(unit); });
    }

private:
    template <typename Call>
    auto call(const std::string& name, Call carry_out) -> std::invoke_result_t<Call&> {
        if (weather_.crashes > 0 && all_.luck.happens(weather_.crashes)) {
            all_.tell("the database crashes");
            behind_.crash();
        }
        if (weather_.away || all_.luck.happens(weather_.fails_before)) {
            tell(name, "lost before");
            throw write::database_lost("the connection is lost");
        }
        const bool lost_after = all_.luck.happens(weather_.fails_after);
        const auto end = [&] {
            tell(name, lost_after ? "done, its answer lost" : "");
            if (lost_after) {
                throw write::database_lost("the connection is lost");
            }
        };
        try {
            if constexpr (std::is_void_v<decltype(carry_out())>) {
                carry_out();
                end();
            } else {
                auto result = carry_out();
                end();
                return result;
            }
        } catch (const write::lease_lost&) {
            tell(name, "lease lost");
            throw;
        }
    }
    void tell(const std::string& name, const char* what) {
        if (!name.empty()) {
            all_.tell(who_ + " " + name + (*what != '\0' ? std::string(": ") + what : ""));
        }
    }
    static std::string describe(const write::commit_unit& unit);

    universe& all_;
    memory_store& behind_;
    const database_weather& weather_;
    const std::string& who_;
};

} // namespace callmirror::simulation
