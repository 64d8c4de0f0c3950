-- Quarantine: records that failed validation, whole.

-- name: InsertQuarantine :exec
INSERT INTO quarantine (shard, tenant_id, source_id, kind, quarantine_id, received_at, key,
                        schema_name, reason, violations, body_sealed)
SELECT $1, $2, new.source_id, new.kind, new.quarantine_id, $3, new.key, new.schema_name, new.reason,
       new.violations::jsonb, new.body_sealed
FROM unnest($4::int[], $5::smallint[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[], $11::bytea[])
  AS new (source_id, kind, quarantine_id, key, schema_name, reason, violations, body_sealed);

-- name: DeleteQuarantine :exec
DELETE FROM quarantine WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = ANY ($3::uuid[]);
