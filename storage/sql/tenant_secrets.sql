-- Tenants' keys and the check value of the master key.

-- name: ReadMasterKeyCheck :one
SELECT master_key_check FROM installation;

-- name: InsertMasterKeyCheck :exec
INSERT INTO installation (master_key_check) VALUES ($1) ON CONFLICT (only_row) DO NOTHING;

-- name: ReadTenantSecrets :many
SELECT name, secrets_sealed FROM tenants ORDER BY tenant_id;
