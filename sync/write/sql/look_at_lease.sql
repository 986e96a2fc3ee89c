-- $1 account. Who holds it, by the database's clock.
select holder, expires_at > clock_timestamp(), clock_timestamp()
from callmirror.leases where account = $1
