-- The identity graph. Locks: identifiers by node id when they are new, then components by their
-- id (INV-6); edges and profiles are written only under their component's lock. Joins with a batch are
-- written as in receipts.sql.

-- name: FindIdentifiers :many
SELECT i.node_id, i.birth_id, i.component_id, i.profile_id, i.exclusion
FROM unnest($3::uuid[]) AS wanted (node_id)
CROSS JOIN LATERAL (
  SELECT node_id, birth_id, component_id, profile_id, exclusion
  FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND node_id = wanted.node_id
  LIMIT 1
) AS i;

-- Returns the nodes that were new; the others exist, and are committed by now.
-- name: InsertIdentifiers :many
INSERT INTO identifiers (first_seen_at, shard, tenant_id, node_id, birth_id, component_id, profile_id,
                         kind, value_sealed, exclusion, match_id)
SELECT $3, $1, $2, new.node_id, new.birth_id, new.component_id, new.profile_id, new.kind, new.value_sealed,
       new.exclusion, NULLIF(new.match_id, '00000000-0000-0000-0000-000000000000')
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::bytea[], $10::smallint[], $11::uuid[])
  AS new (node_id, birth_id, component_id, profile_id, kind, value_sealed, exclusion, match_id)
ON CONFLICT (shard, tenant_id, node_id) DO NOTHING
RETURNING node_id;

-- name: InsertComponents :exec
INSERT INTO components (shard, tenant_id, component_id)
SELECT $1, $2, new.component_id FROM unnest($3::uuid[]) AS new (component_id);

-- name: DeleteComponents :exec
DELETE FROM components WHERE shard = $1 AND tenant_id = $2 AND component_id = ANY ($3::uuid[]);

-- name: LockComponents :many
SELECT component_id FROM components
WHERE shard = $1 AND tenant_id = $2 AND component_id = ANY ($3::uuid[])
ORDER BY component_id
FOR UPDATE;

-- name: LockComponentsShared :many
SELECT component_id FROM components
WHERE shard = $1 AND tenant_id = $2 AND component_id = ANY ($3::uuid[])
ORDER BY component_id
FOR SHARE;

-- Keeps the earliest evidence, whatever the order of arrival (INV-5); returns the edges that are
-- new or whose evidence is now earlier.
-- name: InsertEdges :many
INSERT INTO edges (first_evidence_at, shard, tenant_id, strength, refusal, node_a, node_b, record_id, judged_in)
SELECT new.first_evidence_at, $1, $2, new.strength, new.refusal, new.node_a, new.node_b, new.record_id, $9
FROM unnest($3::timestamptz[], $4::smallint[], $5::smallint[], $6::uuid[], $7::uuid[], $8::uuid[])
  AS new (first_evidence_at, strength, refusal, node_a, node_b, record_id)
ON CONFLICT (shard, tenant_id, node_a, node_b, strength) DO UPDATE
SET first_evidence_at = excluded.first_evidence_at, record_id = excluded.record_id
WHERE excluded.first_evidence_at < edges.first_evidence_at
RETURNING node_a, node_b, refusal;

-- name: LoadComponentNodes :many
SELECT node_id, kind, birth_id, component_id, profile_id, exclusion
FROM identifiers
WHERE shard = $1 AND tenant_id = $2 AND component_id = ANY ($3::uuid[]);

-- Both ends of an edge that is in the graph are in one component, so one end finds it. Edges that have
-- left the graph (refusal 5 and above) lead out of the component.
-- name: LoadComponentEdges :many
SELECT e.node_a, e.node_b, e.strength, e.refusal, e.first_evidence_at, e.record_id, e.judged_in
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in
  FROM edges
  WHERE shard = $1 AND tenant_id = $2 AND node_a = member.node_id AND refusal < 5
  OFFSET 0
) AS e;

-- name: LoadCannotLinks :many
SELECT c.cannot_link_id, c.side, c.node_id
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT cannot_link_id, side, node_id
  FROM cannot_link_members
  WHERE shard = $1 AND tenant_id = $2 AND node_id = member.node_id AND cleared_at IS NULL
  OFFSET 0
) AS c;

-- name: SetExclusions :exec
UPDATE identifiers i
SET exclusion = new.exclusion
FROM unnest($3::uuid[], $4::smallint[]) AS new (node_id, exclusion)
WHERE i.shard = $1 AND i.tenant_id = $2 AND i.node_id = ANY ($3::uuid[]) AND i.node_id = new.node_id;

-- name: MoveIdentifiers :exec
UPDATE identifiers i
SET component_id = new.component_id, profile_id = new.profile_id
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[]) AS new (node_id, component_id, profile_id)
WHERE i.shard = $1 AND i.tenant_id = $2 AND i.node_id = ANY ($3::uuid[]) AND i.node_id = new.node_id;

-- name: SetRefusals :exec
UPDATE edges e
SET refusal = new.refusal, judged_in = $7
FROM unnest($3::uuid[], $4::uuid[], $5::smallint[], $6::smallint[]) AS new (node_a, node_b, strength, refusal)
WHERE e.shard = $1 AND e.tenant_id = $2 AND e.node_a = ANY ($3::uuid[])
  AND e.node_a = new.node_a AND e.node_b = new.node_b
  AND e.strength = new.strength;

-- What the rules of one activation judged anew; what they changed says so already.
-- name: SetJudged :exec
UPDATE edges
SET judged_in = $4
WHERE shard = $1 AND tenant_id = $2 AND node_a = ANY ($3::uuid[]) AND refusal < 5 AND judged_in <> $4;
