-- $1 account
select provider, state, reason, pace, companies, last_slice
from callmirror.accounts where account = $1
