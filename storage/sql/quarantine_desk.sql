-- The quarantine desk: what people look at, repair and throw away.

-- name: ListQuarantine :many
SELECT q.quarantine_id, q.source_id, q.kind, q.key, q.schema_name, q.schema_version, q.received_at, q.reason,
       q.violations::text,
       COALESCE((SELECT max(p.number) FROM quarantine_patches p
                 WHERE p.shard = $1 AND p.tenant_id = $2 AND p.quarantine_id = q.quarantine_id), 0)
FROM quarantine q
WHERE q.shard = $1 AND q.tenant_id = $2 AND q.quarantine_id > $3
  AND ($4 = 0 OR q.source_id = $4) AND ($5 = '' OR q.schema_name = $5)
  AND ($6 = '' OR q.violations @> jsonb_build_array(jsonb_build_object('reason', $6::text)))
  AND q.received_at >= $7 AND q.received_at < $8
  AND ($9::uuid[] = '{}' OR q.quarantine_id = ANY ($9::uuid[]))
ORDER BY q.quarantine_id
LIMIT $10;

-- name: CountQuarantine :many
SELECT q.source_id, q.schema_name, q.reason, count(*), min(q.received_at), max(q.received_at)
FROM quarantine q
WHERE q.shard = $1 AND q.tenant_id = $2
  AND ($3 = 0 OR q.source_id = $3) AND ($4 = '' OR q.schema_name = $4)
  AND ($5 = '' OR q.violations @> jsonb_build_array(jsonb_build_object('reason', $5::text)))
  AND q.received_at >= $6 AND q.received_at < $7
  AND ($8::uuid[] = '{}' OR q.quarantine_id = ANY ($8::uuid[]))
GROUP BY q.source_id, q.schema_name, q.reason
ORDER BY count(*) DESC, q.source_id, q.schema_name, q.reason;

-- name: ReadQuarantineBodies :many
SELECT quarantine_id, body_sealed
FROM quarantine
WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = ANY ($3::uuid[]);

-- name: ReadQuarantinePatches :many
SELECT quarantine_id, number, patched_at, actor, comment, body_sealed
FROM quarantine_patches
WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = ANY ($3::uuid[])
ORDER BY quarantine_id, number;

-- name: LockQuarantined :one
SELECT quarantine_id FROM quarantine
WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = $3
FOR UPDATE;

-- name: InsertQuarantinePatch :one
INSERT INTO quarantine_patches (shard, tenant_id, quarantine_id, number, patched_at, actor, comment, body_sealed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (shard, tenant_id, quarantine_id, number) DO NOTHING
RETURNING number;

-- name: UpdateQuarantineViolations :exec
UPDATE quarantine SET reason = $4, violations = $5::jsonb
WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = $3;

-- name: DiscardQuarantine :many
WITH gone AS (
  DELETE FROM quarantine
  WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = ANY ($3::uuid[])
  RETURNING source_id, quarantine_id, key
), copies AS (
  DELETE FROM quarantine_patches WHERE shard = $1 AND tenant_id = $2 AND quarantine_id = ANY ($3::uuid[])
)
INSERT INTO quarantine_log (at, shard, tenant_id, source_id, action, quarantine_id, key, actor, reason)
SELECT $4, $1, $2, source_id, $5, quarantine_id, key, $6, $7 FROM gone
ON CONFLICT (shard, tenant_id, quarantine_id) DO NOTHING
RETURNING quarantine_id;

-- Of one reason, or with an empty one of all that are not listed in $4. Ids begin with the time: $7 keeps
-- the search to what is old.
-- name: FindExpired :many
SELECT quarantine_id FROM quarantine
WHERE shard = $1 AND tenant_id = $2 AND quarantine_id < $7 AND received_at < $5
  AND CASE WHEN $3 = '' THEN reason <> ALL ($4::text[]) ELSE reason = $3 END
ORDER BY quarantine_id
LIMIT $6;
