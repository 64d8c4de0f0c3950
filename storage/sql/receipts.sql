-- Receipts: exactly-once, one row a key (INV-3).
--
-- Batches are joined so that the planner cannot go wrong before a table has statistics: by LATERAL with
-- LIMIT, or with a redundant `= ANY` of the key.

-- Keys arrive sorted by (source_id, key): every transaction takes them in that order (INV-6).
-- What does not come back was settled before. With the tenant's generation, read once a statement.
-- name: ClaimReceipts :many
INSERT INTO receipts (received_at, shard, tenant_id, source_id, outcome, record_id, fingerprint, key)
SELECT $3, $1, $2, new.source_id, new.outcome, new.record_id, new.fingerprint, new.key
FROM unnest($4::int[], $5::smallint[], $6::uuid[], $7::uuid[], $8::text[])
  AS new (source_id, outcome, record_id, fingerprint, key)
ON CONFLICT (shard, tenant_id, source_id, key) DO NOTHING
RETURNING record_id, (SELECT generation FROM tenants WHERE tenant_id = $2);

-- One probe of the primary key for each key. As a plain join, on a table without statistics, the
-- planner would take a tenant for a handful of rows and read all of it.
-- A quarantined record may have been discarded or expired since: its receipt stays, the record does not.
-- name: ReadReceipts :many
SELECT r.source_id, r.key, r.outcome, r.record_id, r.fingerprint, r.received_at,
       (r.outcome = 3 AND EXISTS (
         SELECT FROM quarantine AS q
         WHERE q.shard = $1 AND q.tenant_id = $2 AND q.quarantine_id = r.record_id))::int,
       (SELECT generation FROM tenants WHERE tenant_id = $2),
       COALESCE((SELECT l.fields::text FROM record_left_out AS l
                 WHERE l.shard = $1 AND l.tenant_id = $2 AND l.record_id = r.record_id), '')
FROM unnest($3::int[], $4::text[]) AS wanted (source_id, key)
CROSS JOIN LATERAL (
  SELECT source_id, key, outcome, record_id, fingerprint, received_at
  FROM receipts
  WHERE shard = $1 AND tenant_id = $2 AND source_id = wanted.source_id AND key = wanted.key
  LIMIT 1
) AS r;

-- A corrected body takes the place of a quarantined one; QUARANTINED is the one outcome that is
-- not final. Only over the very record the caller read. Returns the record ids that took over.
-- name: SupersedeQuarantined :many
UPDATE receipts r
SET outcome = new.outcome, record_id = new.record_id, fingerprint = new.fingerprint, received_at = $3
FROM unnest($4::int[], $5::smallint[], $6::uuid[], $7::uuid[], $8::text[], $9::uuid[])
  AS new (source_id, outcome, record_id, fingerprint, key, quarantine_id)
WHERE r.shard = $1 AND r.tenant_id = $2 AND r.key = ANY ($8::text[])
  AND r.source_id = new.source_id AND r.key = new.key
  AND r.outcome = 3 AND r.record_id = new.quarantine_id
RETURNING r.record_id;
