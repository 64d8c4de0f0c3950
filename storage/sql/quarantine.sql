-- Quarantine: records that failed validation, whole.

-- name: InsertQuarantine :exec
INSERT INTO quarantine (shard, tenant_id, source_id, kind, quarantine_id, received_at, key,
                        schema_name, schema_version, reason, violations, body_sealed)
SELECT $1, $2, new.source_id, new.kind, new.quarantine_id, $3, new.key, new.schema_name,
       new.schema_version, new.reason, new.violations::jsonb, new.body_sealed
FROM unnest($4::int[], $5::smallint[], $6::uuid[], $7::text[], $8::text[], $9::int[], $10::text[], $11::text[],
            $12::bytea[])
  AS new (source_id, kind, quarantine_id, key, schema_name, schema_version, reason, violations, body_sealed);

-- Rows leave with a line in the log and without their copies.
-- name: SettleQuarantine :many
WITH gone AS (
  DELETE FROM quarantine
  WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = ANY ($3::uuid[])
  RETURNING source_id, quarantine_id, key
), copies AS (
  DELETE FROM quarantine_patches WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = ANY ($3::uuid[])
), logged AS (
  INSERT INTO quarantine_log (at, shard, tenant_id, source_id, action, quarantine_id, key, actor, reason)
  SELECT $4, $1, $2, source_id, 1, quarantine_id, key, '', '' FROM gone
  ON CONFLICT (shard, tenant_id, quarantine_id) DO NOTHING
)
SELECT quarantine_id FROM gone;
