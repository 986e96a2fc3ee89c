-- $1 account, $2 holder, $3 fence. As fence.sql, but waits until no commit of this holder is under
-- way any more: one whose connection was lost may still be ending in the server.
select now() from callmirror.leases
where account = $1 and holder = $2 and fence = $3 and expires_at > clock_timestamp()
for no key update
