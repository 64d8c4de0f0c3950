-- Usage: what passed through the door, added up.

-- name: AddSchemaUsage :exec
INSERT INTO schema_usage (tenant_id, source_id, schema_id, records, first_seen_at, last_seen_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, source_id, schema_id) DO UPDATE
SET records = schema_usage.records + excluded.records,
    first_seen_at = LEAST(schema_usage.first_seen_at, excluded.first_seen_at),
    last_seen_at = GREATEST(schema_usage.last_seen_at, excluded.last_seen_at);

-- name: AddFieldUsage :exec
INSERT INTO field_usage (tenant_id, source_id, schema_id, path, filled, first_seen_at, last_seen_at)
SELECT $1, $2, $3, f.path, f.filled, $4, $5
FROM unnest($6::text[], $7::bigint[]) AS f (path, filled)
ON CONFLICT (tenant_id, source_id, schema_id, path) DO UPDATE
SET filled = field_usage.filled + excluded.filled,
    first_seen_at = LEAST(field_usage.first_seen_at, excluded.first_seen_at),
    last_seen_at = GREATEST(field_usage.last_seen_at, excluded.last_seen_at);

-- name: AddReads :exec
INSERT INTO reads (tenant_id, source_id, subject, reads, last_read_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant_id, source_id, subject) DO UPDATE
SET reads = reads.reads + excluded.reads,
    last_read_at = GREATEST(reads.last_read_at, excluded.last_read_at);

-- Of each source and schema only so many paths are kept, and of each path so many values.
-- name: AddDrift :exec
INSERT INTO drift (tenant_id, source_id, schema_id, path, is_enum_value, records, first_seen_at, last_seen_at,
                   value_hashes)
SELECT $1::int, $2::int, $3::int, $4::text, $5::boolean, $6::bigint, $7::timestamptz, $7::timestamptz, $8::text[]
WHERE (SELECT count(*) FROM drift WHERE tenant_id = $1 AND source_id = $2 AND schema_id = $3) < 100
   OR EXISTS (SELECT 1 FROM drift WHERE tenant_id = $1 AND source_id = $2 AND schema_id = $3 AND path = $4)
ON CONFLICT (tenant_id, source_id, schema_id, path, is_enum_value) DO UPDATE
SET records = drift.records + excluded.records,
    last_seen_at = GREATEST(drift.last_seen_at, excluded.last_seen_at),
    value_hashes = (SELECT array_agg(hash) FROM (
      SELECT DISTINCT hash FROM unnest(drift.value_hashes || excluded.value_hashes) AS hash
      ORDER BY hash LIMIT 10) AS kept);

-- name: ReadSchemaUsage :many
SELECT source_id, schema_id, records, first_seen_at, last_seen_at
FROM schema_usage WHERE tenant_id = $1 ORDER BY source_id, schema_id;

-- name: ReadFieldUsage :many
SELECT source_id, schema_id, path, filled, first_seen_at, last_seen_at
FROM field_usage WHERE tenant_id = $1 ORDER BY source_id, schema_id, path;

-- name: ReadReads :many
SELECT source_id, subject, reads, last_read_at FROM reads WHERE tenant_id = $1 ORDER BY source_id, subject;

-- name: ReadDrift :many
SELECT source_id, schema_id, path, is_enum_value, records, first_seen_at, last_seen_at, value_hashes
FROM drift WHERE tenant_id = $1 ORDER BY source_id, schema_id, path;

-- How many unknown fields and values are known by now, of each source and schema: all versions together.
-- name: CountDrift :many
SELECT d.source_id, s.name, count(DISTINCT (d.path, d.is_enum_value))
FROM drift d JOIN schemas s ON s.schema_id = d.schema_id
WHERE d.tenant_id = $1
GROUP BY d.source_id, s.name
ORDER BY d.source_id, s.name;
