-- Tenants, sources and API keys.

-- name: InsertTenant :one
INSERT INTO tenants (name, spread, secrets_sealed, created_at)
VALUES ($1, 1, $2, $3)
ON CONFLICT (name) DO NOTHING
RETURNING tenant_id;

-- name: FindTenantId :one
SELECT tenant_id FROM tenants WHERE name = $1;

-- name: InsertSource :one
INSERT INTO sources (tenant_id, name, owner, purpose, trust_priority, created_at, phone_region, date_order,
                     after_logout, invalid_optional, event_time_min)
VALUES ($1, $2, $3, $4, $5, $6, NULLIF($7, ''), NULLIF($8, ''), NULLIF($9, ''), NULLIF($10, ''),
        NULLIF($11, '')::timestamptz)
ON CONFLICT (tenant_id, name) DO NOTHING
RETURNING source_id;

-- What is null stays, what is empty is taken back.
-- name: SetSourceCustoms :exec
UPDATE sources
SET phone_region = CASE WHEN $3::text IS NULL THEN phone_region ELSE NULLIF($3, '') END,
    date_order = CASE WHEN $4::text IS NULL THEN date_order ELSE NULLIF($4, '') END,
    after_logout = CASE WHEN $5::text IS NULL THEN after_logout ELSE NULLIF($5, '') END,
    invalid_optional = CASE WHEN $6::text IS NULL THEN invalid_optional ELSE NULLIF($6, '') END,
    event_time_min = CASE WHEN $7::text IS NULL THEN event_time_min ELSE NULLIF($7, '')::timestamptz END
WHERE tenant_id = $1 AND source_id = $2;

-- name: SetTenantPhoneRegion :exec
UPDATE tenants SET phone_region = NULLIF($2, '') WHERE tenant_id = $1;

-- name: FindSourceId :one
SELECT source_id FROM sources WHERE tenant_id = $1 AND name = $2;

-- name: InsertApiKey :exec
INSERT INTO api_keys (tenant_id, source_id, key_hash, scopes, created_at)
VALUES ($1, $2, $3, $4, $5);

-- name: RevokeApiKey :one
UPDATE api_keys
SET revoked_at = COALESCE(api_keys.revoked_at, $3)
FROM tenants
WHERE api_keys.tenant_id = tenants.tenant_id AND tenants.name = $1 AND api_keys.api_key_id = $2
RETURNING api_keys.api_key_id;

-- name: ListTenants :many
SELECT tenant_id, name, created_at FROM tenants ORDER BY name COLLATE "C";

-- name: ListSources :many
SELECT source_id, name, owner, purpose, trust_priority, created_at,
       COALESCE(phone_region, '') AS phone_region, COALESCE(date_order, '') AS date_order,
       COALESCE(after_logout, '') AS after_logout, COALESCE(invalid_optional, '') AS invalid_optional, event_time_min
FROM sources
WHERE tenant_id = $1
ORDER BY name COLLATE "C";

-- name: ListApiKeys :many
SELECT api_keys.api_key_id, sources.name AS source, api_keys.scopes, api_keys.created_at, api_keys.revoked_at
FROM api_keys
JOIN sources ON sources.source_id = api_keys.source_id
WHERE api_keys.tenant_id = $1
ORDER BY api_keys.api_key_id;

-- name: DirectoryTenants :many
SELECT tenant_id, name, spread, secrets_sealed, COALESCE(phone_region, '') AS phone_region FROM tenants;

-- name: DirectorySources :many
SELECT source_id, tenant_id, name, trust_priority, COALESCE(phone_region, '') AS phone_region,
       COALESCE(date_order, '') AS date_order, COALESCE(after_logout, '') AS after_logout,
       COALESCE(invalid_optional, '') AS invalid_optional, event_time_min
FROM sources;

-- name: DirectoryApiKeys :many
SELECT key_hash, tenant_id, source_id, scopes FROM api_keys WHERE revoked_at IS NULL;
