-- Decisions as they are looked up again: by whom, why, and what they named.

-- name: InsertOperationSubjects :exec
INSERT INTO operation_subjects (shard, tenant_id, operation_id, node_id)
SELECT $1, $2, $3, new.node_id FROM unnest($4::uuid[]) AS new (node_id)
ON CONFLICT (shard, tenant_id, operation_id, node_id) DO NOTHING;

-- Ids are made of their time: the greatest is the newest. The last column tells a cannot-link from one that
-- was cleared.
-- name: ListOperations :many
SELECT o.operation_id, o.at, o.kind, o.actor, o.reason, COALESCE(o.from_version, -1), COALESCE(o.to_version, -1),
       EXISTS (SELECT FROM operation_subjects s
               JOIN cannot_link_members c ON c.shard = $1 AND c.tenant_id = $2 AND c.node_id = s.node_id
                 AND c.operation_id = o.operation_id
               WHERE s.shard = $1 AND s.tenant_id = $2 AND s.operation_id = o.operation_id) AS parts
FROM operations o
WHERE o.shard = $1 AND o.tenant_id = $2 AND o.operation_id < $3
ORDER BY o.operation_id DESC
LIMIT $4;

-- Those that named one of some nodes ($5), or changed one of the profiles that their births ($6) were.
-- name: ListOperationsOfProfile :many
SELECT o.operation_id, o.at, o.kind, o.actor, o.reason, COALESCE(o.from_version, -1), COALESCE(o.to_version, -1),
       EXISTS (SELECT FROM operation_subjects s
               JOIN cannot_link_members c ON c.shard = $1 AND c.tenant_id = $2 AND c.node_id = s.node_id
                 AND c.operation_id = o.operation_id
               WHERE s.shard = $1 AND s.tenant_id = $2 AND s.operation_id = o.operation_id) AS parts
FROM (
  SELECT s.operation_id
  FROM unnest($5::uuid[]) AS member (node_id)
  CROSS JOIN LATERAL (
    SELECT operation_id FROM operation_subjects
    WHERE shard = $1 AND tenant_id = $2 AND node_id = member.node_id AND operation_id < $3
    ORDER BY operation_id DESC
    LIMIT $4
  ) AS s
  UNION
  SELECT h.operation_id
  FROM unnest($6::uuid[]) AS member (birth_id)
  CROSS JOIN LATERAL (
    SELECT history_id FROM merge_history_profiles
    WHERE shard = $1 AND tenant_id = $2 AND profile_id = member.birth_id
    OFFSET 0
  ) AS p
  JOIN merge_history h ON h.shard = $1 AND h.tenant_id = $2 AND h.history_id = p.history_id
  WHERE h.operation_id < $3
) AS named
JOIN operations o ON o.shard = $1 AND o.tenant_id = $2 AND o.operation_id = named.operation_id
ORDER BY o.operation_id DESC
LIMIT $4;

-- name: ListOperationSubjects :many
SELECT s.operation_id, i.node_id, i.kind, i.value_sealed
FROM unnest($3::uuid[]) AS wanted (operation_id)
CROSS JOIN LATERAL (
  SELECT operation_id, node_id FROM operation_subjects
  WHERE shard = $1 AND tenant_id = $2 AND operation_id = wanted.operation_id
  OFFSET 0
) AS s
CROSS JOIN LATERAL (
  SELECT node_id, kind, value_sealed FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND node_id = s.node_id
  LIMIT 1
) AS i;
