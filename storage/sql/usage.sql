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

-- The same of some schemas, and of some subjects of reads.
-- name: ReadSchemaUsageOf :many
SELECT source_id, schema_id, records, first_seen_at, last_seen_at
FROM schema_usage WHERE tenant_id = $1 AND schema_id = ANY ($2::int[]) ORDER BY source_id, schema_id;

-- name: ReadFieldUsageOf :many
SELECT source_id, schema_id, path, filled, first_seen_at, last_seen_at
FROM field_usage WHERE tenant_id = $1 AND schema_id = ANY ($2::int[]) ORDER BY source_id, schema_id, path;

-- name: ReadReadsOf :many
SELECT source_id, subject, reads, last_read_at
FROM reads WHERE tenant_id = $1 AND subject = ANY ($2::text[]) ORDER BY source_id, subject;

-- A page of what no schema knows, after ($4, $5, $6, $7): of one schema with $2, of one source with $3.
-- name: ReadDriftPage :many
SELECT d.source_id, d.schema_id, d.path, d.is_enum_value, d.records, d.first_seen_at, d.last_seen_at, d.value_hashes
FROM drift AS d
WHERE d.tenant_id = $1 AND ($3::int = 0 OR d.source_id = $3)
  AND ($2 = '' OR d.schema_id IN (SELECT schema_id FROM schemas WHERE tenant_id IN (0, $1) AND name = $2))
  AND (d.source_id, d.schema_id, d.path, d.is_enum_value) > ($4::int, $5::int, $6::text, $7::boolean)
ORDER BY d.source_id, d.schema_id, d.path, d.is_enum_value
LIMIT $8;

-- A page of sums, after ($4, $5), each with the sum of all versions of its schema from its source.
-- name: ReadSharePage :many
SELECT p.source_id, p.schema_id, p.records, p.last_seen_at, t.records
FROM (
  SELECT u.source_id, u.schema_id, s.tenant_id AS owner_id, s.name, u.records, u.last_seen_at
  FROM schema_usage AS u
  JOIN schemas AS s ON s.schema_id = u.schema_id
  WHERE u.tenant_id = $1 AND s.tenant_id IN (0, $1) AND ($2 = '' OR s.name = $2)
    AND ($3::int = 0 OR u.source_id = $3) AND (u.source_id, u.schema_id) > ($4::int, $5::int)
  ORDER BY u.source_id, u.schema_id
  LIMIT $6
) AS p
CROSS JOIN LATERAL (
  SELECT sum(a.records)::bigint AS records
  FROM schema_usage AS a
  JOIN schemas AS v ON v.schema_id = a.schema_id
  WHERE a.tenant_id = $1 AND a.source_id = p.source_id AND v.tenant_id = p.owner_id AND v.name = p.name
) AS t
ORDER BY p.source_id, p.schema_id;

-- How many unknown fields and values are known by now, of each source and schema: all versions together.
-- name: CountDrift :many
SELECT d.source_id, s.name, count(DISTINCT (d.path, d.is_enum_value))
FROM drift d JOIN schemas s ON s.schema_id = d.schema_id
WHERE d.tenant_id = $1
GROUP BY d.source_id, s.name
ORDER BY d.source_id, s.name;
