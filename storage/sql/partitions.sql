-- Partitions of records, one a day of receipt (UTC).

-- name: EnsureRecordPartitions :one
SELECT ensure_record_partitions(($1::timestamptz AT TIME ZONE 'UTC')::date, $2::int);
