-- Outbox: every change of a profile, in the transaction of the change (INV-9).

-- name: InsertOutbox :exec
INSERT INTO outbox (created_at, revision, shard, tenant_id, change, outbox_id, profile_id)
SELECT $3, new.revision, $1, $2, new.change, new.outbox_id, new.profile_id
FROM unnest($4::bigint[], $5::smallint[], $6::uuid[], $7::uuid[]) AS new (revision, change, outbox_id, profile_id);
