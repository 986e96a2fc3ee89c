-- $1 account, $2 from, $3 to. The pieces' numbers are unique within the account.
update callmirror.digests set slice = $3 where account = $1 and slice = $2
