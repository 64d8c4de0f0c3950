-- What people decide about who is who. Written under the locks of the components concerned.

-- name: InsertOperation :exec
INSERT INTO operations (at, shard, tenant_id, kind, operation_id, actor, reason, from_version, to_version)
VALUES ($3, $1, $2, $4, $5, $6, $7, NULLIF($8, -1), NULLIF($9, -1));

-- name: FindOperation :one
SELECT kind, COALESCE(from_version, -1), COALESCE(to_version, -1) FROM operations
WHERE shard = $1 AND tenant_id = $2 AND operation_id = $3;

-- name: FindHistoryCause :one
SELECT node_a, node_b, action FROM merge_history WHERE shard = $1 AND tenant_id = $2 AND history_id = $3;

-- name: FindNodesByBirth :many
SELECT i.node_id, i.birth_id
FROM unnest($3::uuid[]) AS wanted (birth_id)
CROSS JOIN LATERAL (
  SELECT node_id, birth_id FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND birth_id = wanted.birth_id
  LIMIT 1
) AS i;

-- name: ReadSealedValues :many
SELECT i.node_id, i.kind, i.value_sealed
FROM unnest($3::uuid[]) AS wanted (node_id)
CROSS JOIN LATERAL (
  SELECT node_id, kind, value_sealed FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND node_id = wanted.node_id
  LIMIT 1
) AS i;

-- name: InsertCannotLink :exec
INSERT INTO cannot_link_members (created_at, shard, tenant_id, side, node_id, cannot_link_id, operation_id)
SELECT $3, $1, $2, new.side, new.node_id, $4, $5 FROM unnest($6::smallint[], $7::uuid[]) AS new (side, node_id);

-- Returns the members of both sides.
-- name: ClearCannotLinks :many
UPDATE cannot_link_members
SET cleared_at = $3
WHERE shard = $1 AND tenant_id = $2 AND cannot_link_id = ANY ($4::uuid[]) AND cleared_at IS NULL
RETURNING node_id;

-- Revokes what holds still; returns what it did. A strength of 0 is any.
-- name: RevokeEdges :many
UPDATE edges e
SET refusal = 7
FROM unnest($3::uuid[], $4::uuid[], $5::smallint[]) AS old (node_a, node_b, strength)
WHERE e.shard = $1 AND e.tenant_id = $2 AND e.node_a = ANY ($3::uuid[])
  AND e.node_a = old.node_a AND e.node_b = old.node_b AND old.strength IN (0, e.strength) AND e.refusal <> 7
RETURNING e.node_a, e.node_b, e.strength;

-- name: InsertRevocations :exec
INSERT INTO revocations (revoked_at, shard, tenant_id, strength, node_a, node_b, operation_id)
SELECT $3, $1, $2, new.strength, new.node_a, new.node_b, $4
FROM unnest($5::smallint[], $6::uuid[], $7::uuid[]) AS new (strength, node_a, node_b);

-- name: RestoreEdges :exec
WITH restored AS (
  UPDATE edges e
  SET refusal = 0, record_id = new.record_id, judged_in = $8
  FROM unnest($4::uuid[], $5::uuid[], $6::smallint[], $7::uuid[]) AS new (node_a, node_b, strength, record_id)
  WHERE e.shard = $1 AND e.tenant_id = $2 AND e.node_a = ANY ($4::uuid[])
    AND e.node_a = new.node_a AND e.node_b = new.node_b AND e.strength = new.strength AND e.refusal = 7
  RETURNING e.node_a, e.node_b, e.strength
)
UPDATE revocations r
SET restored_at = $3
FROM restored
WHERE r.shard = $1 AND r.tenant_id = $2 AND r.node_a = ANY ($4::uuid[])
  AND r.node_a = restored.node_a AND r.node_b = restored.node_b AND r.strength = restored.strength
  AND r.restored_at IS NULL;

-- Edges of nodes that have left the graph, by either end, at most $4 of each node.
-- name: ListOutsideNeighbours :many
SELECT member.node_id, o.node_id, i.kind, i.component_id, i.profile_id, i.exclusion, o.strength, i.value_sealed
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  (SELECT node_b AS node_id, strength FROM edges
   WHERE shard = $1 AND tenant_id = $2 AND node_a = member.node_id AND refusal IN (5, 6) LIMIT $4)
  UNION ALL
  (SELECT node_a AS node_id, strength FROM edges
   WHERE shard = $1 AND tenant_id = $2 AND node_b = member.node_id AND refusal IN (5, 6) LIMIT $4)
) AS o
CROSS JOIN LATERAL (
  SELECT kind, component_id, profile_id, exclusion, value_sealed FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND node_id = o.node_id
  LIMIT 1
) AS i;

-- Brings the edges of nodes back into the graph where the other end is in it, and is locked ($4).
-- name: ReturnEdges :exec
UPDATE edges e
SET refusal = 0, judged_in = $5
FROM identifiers a, identifiers b
WHERE e.shard = $1 AND e.tenant_id = $2 AND (e.node_a = ANY ($3::uuid[]) OR e.node_b = ANY ($3::uuid[]))
  AND e.node_a = ANY ($4::uuid[]) AND e.node_b = ANY ($4::uuid[]) AND e.refusal IN (5, 6)
  AND a.shard = $1 AND a.tenant_id = $2 AND a.node_id = e.node_a AND a.exclusion = 0
  AND b.shard = $1 AND b.tenant_id = $2 AND b.node_id = e.node_b AND b.exclusion = 0;

-- Edges of nodes that were blocked and are shared now; those to a node that is still blocked stay as they are.
-- name: RefuseAsShared :exec
UPDATE edges e
SET refusal = 5
FROM identifiers a, identifiers b
WHERE e.shard = $1 AND e.tenant_id = $2 AND (e.node_a = ANY ($3::uuid[]) OR e.node_b = ANY ($3::uuid[]))
  AND e.refusal = 6
  AND a.shard = $1 AND a.tenant_id = $2 AND a.node_id = e.node_a AND a.exclusion <> 2
  AND b.shard = $1 AND b.tenant_id = $2 AND b.node_id = e.node_b AND b.exclusion <> 2;

-- name: ListComponents :many
SELECT component_id FROM components
WHERE shard = $1 AND tenant_id = $2 AND component_id > $3
ORDER BY component_id
LIMIT $4;

-- name: ListComponentMembers :many
SELECT i.node_id, i.kind, i.value_sealed, i.component_id, i.profile_id, i.exclusion
FROM unnest($3::uuid[]) AS wanted (component_id)
JOIN identifiers i ON i.shard = $1 AND i.tenant_id = $2 AND i.component_id = wanted.component_id
WHERE i.component_id = ANY ($3::uuid[]);
