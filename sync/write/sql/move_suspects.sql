-- $1 account, $2 from, $3 to
update callmirror.suspects set slice = $3 where account = $1 and slice = $2
