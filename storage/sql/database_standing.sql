-- Database standing: whether it takes writes, and whether what it commits is safe on disk.

-- name: ReadDatabaseStanding :one
SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean,
       current_setting('fsync')::boolean, current_setting('full_page_writes')::boolean,
       array_position(ARRAY['off', 'local', 'remote_write', 'on', 'remote_apply'],
                      current_setting('synchronous_commit')) - 1;
