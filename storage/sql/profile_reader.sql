-- Reading profiles for clients. Each statement sees one snapshot, so a merge that commits meanwhile
-- shows whole or not at all.

-- name: ReadProfileByNode :many
SELECT p.profile_id, p.revision, p.created_at, p.updated_at, p.attributes::text, p.provenance::text,
       m.node_id, m.kind, m.value_sealed, m.first_seen_at, m.exclusion
FROM identifiers r
JOIN profiles p ON p.shard = $1 AND p.tenant_id = $2 AND p.profile_id = r.profile_id
JOIN identifiers m ON m.shard = $1 AND m.tenant_id = $2 AND m.component_id = r.component_id
  AND m.profile_id = r.profile_id
WHERE r.shard = $1 AND r.tenant_id = $2 AND r.node_id = $3
ORDER BY m.first_seen_at, m.birth_id;

-- name: ReadProfileByBirth :many
SELECT p.profile_id, p.revision, p.created_at, p.updated_at, p.attributes::text, p.provenance::text,
       m.node_id, m.kind, m.value_sealed, m.first_seen_at, m.exclusion
FROM identifiers r
JOIN profiles p ON p.shard = $1 AND p.tenant_id = $2 AND p.profile_id = r.profile_id
JOIN identifiers m ON m.shard = $1 AND m.tenant_id = $2 AND m.component_id = r.component_id
  AND m.profile_id = r.profile_id
WHERE r.shard = $1 AND r.tenant_id = $2 AND r.birth_id = $3
ORDER BY m.first_seen_at, m.birth_id;

-- name: FindMembersByNode :many
SELECT m.node_id, m.birth_id
FROM identifiers r
JOIN identifiers m ON m.shard = $1 AND m.tenant_id = $2 AND m.component_id = r.component_id
  AND m.profile_id = r.profile_id
WHERE r.shard = $1 AND r.tenant_id = $2 AND r.node_id = $3;

-- name: FindMembersByBirth :many
SELECT m.node_id, m.birth_id
FROM identifiers r
JOIN identifiers m ON m.shard = $1 AND m.tenant_id = $2 AND m.component_id = r.component_id
  AND m.profile_id = r.profile_id
WHERE r.shard = $1 AND r.tenant_id = $2 AND r.birth_id = $3;

-- name: ListMergeHistory :many
SELECT DISTINCT h.at, h.history_id, h.action, h.rule, h.record_id, h.before_ids::text, h.after_ids::text,
       a.kind AS kind_a, b.kind AS kind_b, h.operation_id, COALESCE(o.actor, '') AS actor,
       COALESCE(o.reason, '') AS reason
FROM unnest($3::uuid[]) AS member (birth_id)
CROSS JOIN LATERAL (
  SELECT at, history_id
  FROM merge_history_profiles
  WHERE shard = $1 AND tenant_id = $2 AND profile_id = member.birth_id
    AND (at, history_id) > ($4::timestamptz, $5::uuid)
  ORDER BY at, history_id
  LIMIT $6
) AS p
JOIN merge_history h ON h.shard = $1 AND h.tenant_id = $2 AND h.history_id = p.history_id
JOIN identifiers a ON a.shard = $1 AND a.tenant_id = $2 AND a.node_id = h.node_a
JOIN identifiers b ON b.shard = $1 AND b.tenant_id = $2 AND b.node_id = h.node_b
LEFT JOIN operations o ON o.shard = $1 AND o.tenant_id = $2 AND o.operation_id = h.operation_id
ORDER BY h.at, h.history_id
LIMIT $6;
