-- Reading the graph for people: why somebody is one person, and who was whom when.

-- name: FindReadNode :one
SELECT node_id, component_id, profile_id FROM identifiers
WHERE shard = $1 AND tenant_id = $2 AND node_id = $3;

-- name: FindReadBirth :one
SELECT node_id, component_id, profile_id FROM identifiers
WHERE shard = $1 AND tenant_id = $2 AND birth_id = $3;

-- name: ReadGraphNodes :many
SELECT i.node_id, i.kind, i.birth_id, i.profile_id, i.exclusion, i.value_sealed, i.first_seen_at
FROM unnest($3::uuid[]) AS wanted (node_id)
CROSS JOIN LATERAL (
  SELECT node_id, kind, birth_id, profile_id, exclusion, value_sealed, first_seen_at FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND node_id = wanted.node_id
  LIMIT 1
) AS i;

-- Edges by either end, with evidence until $6, at most $4 of each end of each node, and $5 in all. Of any state
-- but 8: what too much refused evidence pushed out of the graph has no part in who is one person.
-- name: ReadGraphEdges :many
SELECT member.node_id, e.node_a, e.node_b, e.strength, e.refusal, e.first_evidence_at, e.record_id, e.judged_in
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  (SELECT node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
   WHERE shard = $1 AND tenant_id = $2 AND node_a = member.node_id AND first_evidence_at <= $6
     AND refusal <> 8
   LIMIT $4)
  UNION ALL
  (SELECT node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
   WHERE shard = $1 AND tenant_id = $2 AND node_b = member.node_id AND first_evidence_at <= $6
     AND refusal <> 8
   LIMIT $4)
) AS e
LIMIT $5;

-- What people stated, of any state, by either end.
-- name: ReadManualEdges :many
SELECT member.node_id, e.node_a, e.node_b, e.strength, e.refusal, e.first_evidence_at, e.record_id, e.judged_in
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  (SELECT node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
   WHERE shard = $1 AND tenant_id = $2 AND node_a = member.node_id AND strength >= 3 LIMIT $4)
  UNION ALL
  (SELECT node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
   WHERE shard = $1 AND tenant_id = $2 AND node_b = member.node_id AND strength >= 3 LIMIT $4)
) AS e
LIMIT $4;

-- Evidence that ties a node to identifiers of some kinds ($4; of every custom kind with $5) that are not
-- blocked and were seen until $6, and that may have been known then: no record says of a time beyond $7.
-- name: ReadSharers :many
SELECT e.node_a, e.node_a, e.node_b, e.strength, e.refusal, e.first_evidence_at, e.record_id, e.judged_in
FROM (
  SELECT node_b AS other, node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
  WHERE shard = $1 AND tenant_id = $2 AND node_a = $3 AND strength < 3 AND first_evidence_at <= $7 AND refusal <> 8
  UNION ALL
  SELECT node_a AS other, node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
  WHERE shard = $1 AND tenant_id = $2 AND node_b = $3 AND strength < 3 AND first_evidence_at <= $7 AND refusal <> 8
) AS e
CROSS JOIN LATERAL (
  SELECT kind FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND node_id = e.other AND exclusion <> 2 AND first_seen_at <= $6
  LIMIT 1
) AS i
WHERE i.kind = ANY ($4::text[]) OR ($5 AND position(':' IN i.kind) > 0)
LIMIT $8;

-- Edges that hold: both ends are of one profile, so one end finds them.
-- name: ReadStandingEdges :many
SELECT e.node_a, e.node_a, e.node_b, e.strength, e.refusal, e.first_evidence_at, e.record_id, e.judged_in
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
  WHERE shard = $1 AND tenant_id = $2 AND node_a = member.node_id AND refusal = 0
  LIMIT $4
) AS e
LIMIT $4;

-- Edges with a refusal from $4 to $5, by either end: one between two of the nodes comes twice.
-- name: ReadRefusedEdges :many
SELECT member.node_id, e.node_a, e.node_b, e.strength, e.refusal, e.first_evidence_at, e.record_id, e.judged_in
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  (SELECT node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
   WHERE shard = $1 AND tenant_id = $2 AND node_a = member.node_id AND refusal BETWEEN $4 AND $5 LIMIT $6)
  UNION ALL
  (SELECT node_a, node_b, strength, refusal, first_evidence_at, record_id, judged_in FROM edges
   WHERE shard = $1 AND tenant_id = $2 AND node_b = member.node_id AND refusal BETWEEN $4 AND $5 LIMIT $6)
) AS e
LIMIT $6;

-- name: ReadGraphCannotLinks :many
SELECT c.cannot_link_id, c.side, c.node_id, c.created_at, c.cleared_at
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT cannot_link_id, side, node_id, created_at, cleared_at FROM cannot_link_members
  WHERE shard = $1 AND tenant_id = $2 AND node_id = member.node_id
  OFFSET 0
) AS c;

-- name: ReadGraphRevocations :many
SELECT r.node_a, r.node_b, r.strength, r.revoked_at, r.restored_at
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT node_a, node_b, strength, revoked_at, restored_at FROM revocations
  WHERE shard = $1 AND tenant_id = $2 AND node_a = member.node_id
  OFFSET 0
) AS r;

-- name: ReadClaims :many
SELECT c.attribute, c.event_time, c.source_id, c.key, c.record_id, c.value, c.operation, c.schema_id, c.derived
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT attribute, event_time, source_id, key, record_id, value, operation, schema_id, derived FROM claims
  WHERE shard = $1 AND tenant_id = $2 AND anchor = member.node_id AND ($4 = '' OR attribute = $4)
  LIMIT $5
) AS c
LIMIT $5;
