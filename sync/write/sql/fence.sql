-- $1 account, $2 holder, $3 fence. One row while the lease is held, and nobody takes it over before
-- this transaction ends. The time is the transaction's: every time that it writes is this one.
select now() from callmirror.leases
where account = $1 and holder = $2 and fence = $3 and expires_at > clock_timestamp()
for share
