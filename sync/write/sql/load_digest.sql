-- $1 account, $2 slice
select slice, piece, content from callmirror.digests
where account = $1 and slice = $2 order by piece
