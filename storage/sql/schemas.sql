-- Schemas as small integers.

-- name: InsertSchema :exec
INSERT INTO schemas (tenant_id, name, version, created_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, name, version) DO NOTHING;

-- name: ListSchemas :many
SELECT schema_id, name, version FROM schemas WHERE tenant_id = $1 ORDER BY schema_id;
