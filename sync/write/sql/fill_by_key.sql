-- Through the primary key, row by row: where a table has no statistics yet, restored from a dump for
-- one, the planner takes it for small and sorts all of it for each look (112 ms instead of 0.2).
set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off;
set local enable_hashjoin = off; set local enable_mergejoin = off
