-- Every account that the database knows.
select account from callmirror.accounts order by account
