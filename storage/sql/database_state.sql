-- The database itself: what an operator watches of it.

-- name: ReadDatabaseState :one
SELECT pg_database_size(current_database()),
       pg_snapshot_xmin(taken.snapshot)::text::bigint, pg_snapshot_xmax(taken.snapshot)::text::bigint,
       replication.replicas, replication.lag_seconds
FROM (SELECT pg_current_snapshot() AS snapshot) AS taken
CROSS JOIN selfsame_replication() AS replication;
