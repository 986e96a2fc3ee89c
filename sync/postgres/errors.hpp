// What can go wrong with the database, named by what to do next. Texts say what, where and a hint;
// they never hold a password.
#pragma once

#include <stdexcept>
#include <string>

namespace callmirror::postgres {

// The database is away, or left a commit's outcome in doubt. Whatever was under way may or may not
// have happened: forget what is in memory, read it back, and go on from there.
class database_lost : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The server rolled the transaction back because another one was in its way (class 40): nothing of
// it happened, and it may be run again at once.
class transaction_conflict : public database_lost {
public:
    using database_lost::database_lost;
};

// The login or a right is refused: trying again is of no use until an operator acts.
class database_refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// PostgreSQL refuses a value (SQLSTATE class 22, 23 or 54). Caught within the writer, which finds
// the record that holds it.
class data_error : public std::runtime_error {
public:
    data_error(const std::string& text, std::string reason)
        : std::runtime_error(text)
        , reason_(std::move(reason)) {}
    // The server's own words and the SQLSTATE: `invalid input syntax for type bigint: ... (22P02)`.
    const std::string& reason() const { return reason_; }

private:
    std::string reason_;
};

} // namespace callmirror::postgres
