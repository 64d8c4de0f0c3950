-- Merge history, append-only. before and after arrive as array literals: one row has few, another many.

-- name: InsertMergeHistory :exec
INSERT INTO merge_history (at, shard, tenant_id, action, history_id, record_id, node_a, node_b, rule,
                           before_ids, after_ids, operation_id)
SELECT $3, $1, $2, new.action, new.history_id, new.record_id, new.node_a, new.node_b, new.rule,
       new.before_ids::uuid[], new.after_ids::uuid[],
       NULLIF($12::uuid, '00000000-0000-0000-0000-000000000000')
FROM unnest($4::smallint[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[])
  AS new (action, history_id, record_id, node_a, node_b, rule, before_ids, after_ids);

-- name: InsertMergeHistoryProfiles :exec
INSERT INTO merge_history_profiles (at, shard, tenant_id, profile_id, history_id)
SELECT $3, $1, $2, new.profile_id, new.history_id
FROM unnest($4::uuid[], $5::uuid[]) AS new (profile_id, history_id);
