#include "daemon/help.hpp"

namespace callmirror::daemon {

const help_text program_help{
    "Keeps an exact, fresh copy of what a SnapCall account's API shows in PostgreSQL.",
    R"(First use:
  callmirror check                    is everything set up? writes nothing
  callmirror backfill --plan          how much history is there, and how long will it take?
  callmirror backfill                 read it all, with progress
  callmirror run                      keep it fresh from now on (what the systemd service does)

Later:
  callmirror status                   how fresh and how complete is it?
  callmirror fields                   which fields does the API send?
  callmirror COMMAND --help           more about one command

Exit status:
  0   done
  1   done in part, or something needs a person; it says what
  64  the command line is wrong
  69  the API or the database has been out of reach for longer than give_up_after
  77  the API refused the key, or the database refused the login or a right
  78  the configuration, or a database that was made by a newer callmirror

Files:
  /etc/callmirror/callmirror.toml     the configuration, where --config names no other
  callmirror.example.toml             every key explained (in share/doc/callmirror))"};

const help_text run_help{
    "the daemon: migrates, catches up, then keeps the mirror fresh until it is stopped",
    R"(Runs in the foreground and logs to standard error. Several may share one database: each account
is mirrored by one of them, and another takes over within 30 seconds when that one dies.

Signals:
  SIGTERM, SIGINT   finish what is in hand, within 10 seconds; a second one ends at once
  SIGHUP            read the configuration and the key files again; accounts that did not change
                    go on, and a file with a mistake is reported and ignored. Keys that systemd
                    hands over (credentials) are new after a restart only

Under systemd (Type=notify-reload or notify) it tells when it is ready, how it is, and that it is
alive. It ends with 77 when the keys of all accounts are refused.)"};

const help_text backfill_help{
    "reads all history that is missing, then ends",
    R"(Safe beside a running daemon: where that holds an account, it does the work and this command
shows it. Safe to interrupt (Ctrl-C), kill and start again: it goes on where it was.

Examples:
  callmirror backfill --plan
  callmirror backfill --resource calls --from 2026-01-01
  callmirror backfill --account acme --from 2026-11-01 --to 2026-11-08 --again

Dates are RFC 3339, in full or a day only (UTC). On a terminal there is a live line for each list,
elsewhere a plain one every 10 seconds (--progress plain).)"};

const help_text check_help{
    "proves the set-up before it is enabled; writes nothing",
    R"(Tries the configuration, the keys' files, the database with its rights and schema, TLS and the key of
each API, and every resource. A line each: ok, warn or FAIL, and what to do about it. An outage is
waited for as long as give_up_after says. The exit status is that of the worst finding.)"};

const help_text status_help{
    "what is mirrored, how fresh, what is left, what failed last",
    R"(Asks the database only, so it works whether a daemon runs or not. Ends with 1 where something needs
a person: a refused key, held deletions, a list that is not fresh.)"};

const help_text fields_help{
    "what the API sends: every field, its types, how often, what it looks like",
    R"(Counted over the records that were new or changed when they came. A path is a JSON pointer into the
column raw, with [] for all elements of a list and * for names that look like data. What a value
looks like is shown, never what it says: text(12) has 12 bytes, digits(11) is a number in quotes.
A path of which many records came without it, for a day at least, is gone.

Examples:
  callmirror fields --resource calls
  callmirror fields --json

[[columns]] in the configuration makes any of them a column.)"};

const help_text deletes_help{
    "mass deletions that wait for a word",
    R"(When over a fifth of a stretch of history is suddenly gone at the source, it may have been deleted,
or the key may see less than before. The mirror keeps the records until a second read six hours
later agrees, or until `callmirror deletes accept`. Nothing is ever removed from a table: accepted
records get a deleted_at.

Examples:
  callmirror deletes list
  callmirror deletes accept --account acme --resource streams)"};

const help_text migrate_help{
    "brings the database schema up to date",
    R"(`run` and `backfill` do so by themselves where their login may. Where it may not (least privilege),
run this once with the owner's login after each update. Safe to run at any time and by several.
It also makes the role callmirror_reader, for reports and dashboards, or prints what to run for it.

Examples:
  callmirror migrate
  callmirror migrate --print | psql -d reporting)"};

} // namespace callmirror::daemon
