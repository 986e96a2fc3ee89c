// What postgres_store reads back.
#include "sync/write/batch.hpp"
#include "sync/write/parts.hpp"
#include "sync/write/postgres_store.hpp"
#include "sync/write/sql.hpp"

#include <algorithm>
#include <type_traits>

namespace callmirror::write {
namespace {

using postgres::parameters;
using postgres::transaction;

// Takes a row's fields one after the other, in the order of the statement's columns.
class field_reader {
public:
    explicit field_reader(const pqxx::row& row)
        : row_(row) {}

    template <typename T>
    field_reader& operator>>(T& value) {
        const auto field = row_[next_++];
        if constexpr (std::is_same_v<T, utc_time>)
            value = postgres::time_from_sql(field.c_str());
        else if constexpr (std::is_same_v<T, bool>)
            value = field.c_str()[0] == 't';
        else if constexpr (std::is_same_v<T, suspect_state>)
            value = suspect_state_named(field.c_str());
        else if constexpr (std::is_same_v<T, std::string>)
            value = field.c_str();
        else
            value = field.template as<T>();
        return *this;
    }

    template <typename T>
    field_reader& operator>>(std::optional<T>& value) {
        value.reset();
        if (row_[next_].is_null()) {
            ++next_;
            return *this;
        }
        return *this >> value.emplace();
    }

private:
    const pqxx::row& row_;
    pqxx::row::size_type next_ = 0;
};

listing_row read_listing(const pqxx::row& row) {
    listing_row it;
    std::optional<std::int64_t> granularity;
    field_reader(row) >> it.resource >> it.scope >> it.first_page >> it.limit >>
        it.full_page_seen >> it.largest_page >> granularity >> it.serves_total >>
        it.history_complete >> it.history_start >> it.aside_until >> it.aside_reason >>
        it.last_error >> it.last_error_at >> it.failures >> it.head_read_at;
    if (granularity)
        it.granularity = std::chrono::seconds(*granularity);
    return it;
}

slice_row read_slice(const pqxx::row& row) {
    slice_row it;
    field_reader(row) >> it.id >> it.resource >> it.scope >> it.begins >> it.ends >> it.read_at >>
        it.due_at >> it.records >> it.pages >> it.reads >> it.failures >> it.changed_at;
    return it;
}

field_row read_field(const pqxx::row& row) {
    field_row it;
    field_reader(row) >> it.resource >> it.path >> it.type >> it.example >> it.seen >>
        it.last_record >> it.first_seen_at >> it.last_seen_at >> it.vanished_at;
    return it;
}

suspect_row read_suspect(field_reader& fields) {
    suspect_row it;
    fields >> it.resource >> it.scope >> it.key >> it.slice >> it.state >> it.missing_since >>
        it.ask_at >> it.attempts;
    return it;
}

} // namespace

account_state postgres_store::load(const lease& held) {
    account_state state;
    session_.in_transaction("load " + held.account, [&](transaction& within) {
        state = {};
        if (within
                .run(sql::barrier.text,
                     parameters().add(held.account).add(held.holder).add(held.fence))
                .empty())
            throw lease_lost("account " + held.account + ": its lease is no longer held by " +
                             held.holder);
        const auto account = parameters().add(held.account);
        for (const auto& row : within.run(sql::load_account.text, account)) {
            std::string companies;
            field_reader(row) >> state.account.provider >> state.account.state >>
                state.account.reason >> state.account.pace >> companies >> state.last_slice;
            state.account.companies = postgres::numbers_from_sql(companies);
        }
        for (const auto& row : within.run(sql::load_listings.text, account))
            state.listings.push_back(read_listing(row));
        for (const auto& row : within.run(sql::load_slices.text, account)) {
            state.slices.push_back(read_slice(row));
            state.last_slice = std::max(state.last_slice, state.slices.back().id);
        }
        for (const auto& row : within.run(sql::load_fields.text, account))
            state.fields.push_back(read_field(row));
        state.last_piece = within.run(sql::last_piece.text, account)[0][0].as<std::int64_t>();
    });
    return state;
}

std::vector<digest_piece> postgres_store::load_digest(const lease& held, slice_id slice) {
    std::vector<digest_piece> pieces;
    session_.in_transaction("load a digest of " + held.account, [&](transaction& within) {
        for (const auto& row :
             within.run(sql::load_digest.text, parameters().add(held.account).add(slice))) {
            auto& piece = pieces.emplace_back();
            field_reader(row) >> piece.slice >> piece.piece;
            piece.content = postgres::bytes_from_sql(row[2].c_str());
        }
    });
    return pieces;
}

std::vector<suspect_to_ask> postgres_store::suspects_to_ask(const lease& held,
                                                            const std::string& platform,
                                                            const providers::resource& resource,
                                                            const std::string& scope, utc_time now,
                                                            int most) {
    const std::string sql = make_table_sql(platform, resource).suspects_to_ask;
    const auto values =
        parameters().add(held.account).add(resource.name).add(scope).add(now).add(most);
    std::vector<suspect_to_ask> list;
    session_.in_transaction("find suspects of " + held.account, [&](transaction& within) {
        for (const auto& row : within.run(sql, values)) {
            auto& it = list.emplace_back();
            field_reader fields(row);
            it.suspect = read_suspect(fields);
            for (std::size_t i = 0; i < resource.record_parameters.size(); ++i) {
                std::optional<std::string> value;
                fields >> value;
                it.resolvable = it.resolvable && value && !value->empty();
                it.parameters.push_back(value.value_or(""));
            }
        }
    });
    return list;
}

std::vector<suspect_row> postgres_store::read_suspects(const lease& held, const char* sql,
                                                       const postgres::parameters& values) {
    std::vector<suspect_row> list;
    session_.in_transaction("load suspects of " + held.account, [&](transaction& within) {
        list.clear();
        for (const auto& row : within.run(sql, values)) {
            field_reader fields(row);
            list.push_back(read_suspect(fields));
        }
    });
    return list;
}

std::vector<suspect_row> postgres_store::suspects_of(const lease& held, slice_id slice) {
    return read_suspects(held, sql::load_suspects.text, parameters().add(held.account).add(slice));
}

std::vector<suspect_row> postgres_store::suspects_named(const lease& held,
                                                        const std::string& resource,
                                                        const std::vector<std::string>& keys) {
    postgres::array_text list;
    for (const auto& key : keys)
        list.add(key);
    return read_suspects(held, sql::suspects_named.text,
                         parameters().add(held.account).add(resource).add_ready(list.take()));
}

std::vector<suspect_row> postgres_store::suspects_held(const lease& held,
                                                       const std::string& resource,
                                                       const std::string& scope) {
    return read_suspects(held, sql::suspects_held.text,
                         parameters().add(held.account).add(resource).add(scope));
}

std::vector<std::string> postgres_store::keys_of(const lease& held, const std::string& platform,
                                                 const providers::key_source& from) {
    const auto sql = make_keys_sql(platform, from);
    std::vector<std::string> keys;
    session_.in_transaction("find keys of " + held.account, [&](transaction& within) {
        keys.clear();
        for (const auto& row : within.run(sql, parameters().add(held.account)))
            keys.emplace_back(row[0].c_str());
    });
    return keys;
}

std::map<std::string, std::uint64_t> postgres_store::count_rejected(const lease& held) {
    std::map<std::string, std::uint64_t> counts;
    session_.in_transaction(
        "count what " + held.account + " has rejected", [&](transaction& within) {
            counts.clear();
            for (const auto& row :
                 within.run(sql::count_rejected.text, parameters().add(held.account)))
                counts[row[0].c_str()] = row[1].as<std::uint64_t>();
        });
    return counts;
}

std::vector<order_row> postgres_store::open_orders(const lease& held) {
    std::vector<order_row> list;
    session_.in_transaction("load orders of " + held.account, [&](transaction& within) {
        for (const auto& row : within.run(sql::open_orders.text, parameters().add(held.account))) {
            order_row it;
            field_reader(row) >> it.id >> it.kind >> it.resource >> it.from >> it.to;
            list.push_back(std::move(it));
        }
    });
    return list;
}

std::int64_t postgres_store::place_order(const std::string& account, const order_row& order) {
    std::int64_t id = 0;
    session_.in_transaction("place an order for " + account, [&](transaction& within) {
        id = within
                 .run(sql::place_order.text, parameters()
                                                 .add(account)
                                                 .add(order.kind)
                                                 .add(order.resource)
                                                 .add(order.from)
                                                 .add(order.to))[0][0]
                 .as<std::int64_t>();
    });
    return id;
}

} // namespace callmirror::write
