-- $1 account, $2 kind, $3 resource, $4 begins, $5 ends
insert into callmirror.orders (account, kind, resource, begins, ends)
values ($1, $2, $3, $4, $5) returning id
