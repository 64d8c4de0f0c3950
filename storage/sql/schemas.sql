-- Schemas: their versions, contents and states. tenant_id 0 holds those that ship with the server.

-- Versions of one name are numbered one after the other.
-- name: LockSchemaName :exec
SELECT pg_advisory_xact_lock(hashtextextended($1::text || ' of ' || $2::text, 7));

-- name: InsertSchemaVersion :one
INSERT INTO schemas (tenant_id, name, version, created_at, content, content_hash, registered_by)
SELECT $1::int, $2::text, COALESCE(max(version), 0) + 1, $3, $4, $5, $6
FROM schemas
WHERE tenant_id = $1 AND name = $2
RETURNING schema_id, version;

-- A schema that shipped before contents were kept says what it says now.
-- name: AdoptSchemaContent :one
UPDATE schemas SET content = $3, content_hash = $4
WHERE tenant_id = $1 AND name = $2 AND version = 1 AND content IS NULL
RETURNING schema_id, version;

-- name: FindSchemaByHash :many
SELECT schema_id, version
FROM schemas
WHERE tenant_id = $1 AND name = $2 AND content_hash = $3
ORDER BY version DESC
LIMIT 1;

-- name: ListSchemaStates :many
SELECT schema_id, tenant_id, name, version, state FROM schemas ORDER BY schema_id;

-- name: ReadSchemaContents :many
SELECT schema_id, content FROM schemas WHERE schema_id = ANY ($1::int[]) AND content IS NOT NULL;

-- Everything but contents. All versions of one name with $2, otherwise all of the tenant and of all
-- tenants.
-- name: ListSchemaVersions :many
SELECT s.schema_id, s.tenant_id, s.name, s.version, s.state, s.created_at, s.registered_by, s.sunset_at,
       s.retired_at, u.last_seen_at
FROM schemas s
LEFT JOIN LATERAL (
  SELECT max(last_seen_at) AS last_seen_at
  FROM schema_usage
  WHERE tenant_id = $1 AND schema_id = s.schema_id
) AS u ON true
WHERE s.tenant_id IN (0, $1) AND ($2 = '' OR s.name = $2)
ORDER BY s.name COLLATE "C", s.version;

-- The versions that come after one, in the same order. The page is cut before usage is looked up.
-- name: ListSchemaPage :many
SELECT s.schema_id, s.tenant_id, s.name, s.version, s.state, s.created_at, s.registered_by, s.sunset_at,
       s.retired_at, u.last_seen_at
FROM (
  SELECT schema_id, tenant_id, name, version, state, created_at, registered_by, sunset_at, retired_at
  FROM schemas
  WHERE tenant_id IN (0, $1) AND ($2 = '' OR name = $2) AND ($3::boolean OR state <> 3)
    AND (name COLLATE "C", version) > ($4::text COLLATE "C", $5::int)
  ORDER BY name COLLATE "C", version
  LIMIT $6
) AS s
LEFT JOIN LATERAL (
  SELECT max(last_seen_at) AS last_seen_at
  FROM schema_usage
  WHERE tenant_id = $1 AND schema_id = s.schema_id
) AS u ON true
ORDER BY s.name COLLATE "C", s.version;

-- Registrations of a tenant, one after the other: each counts what those before it stored.
-- name: LockTenantSchemas :exec
SELECT pg_advisory_xact_lock(hashtextextended($1::text, 9));

-- What a tenant has registered: versions of one name, other names, bytes.
-- name: CountSchemas :one
SELECT count(*) FILTER (WHERE name = $2), count(DISTINCT name) FILTER (WHERE name <> $2),
       COALESCE(sum(octet_length(content)), 0)::bigint
FROM schemas
WHERE tenant_id = $1;

-- name: SetSchemaState :one
UPDATE schemas SET state = $4, sunset_at = COALESCE($5, sunset_at), retired_at = $6
WHERE tenant_id = $1 AND name = $2 AND version = $3
RETURNING schema_id;
