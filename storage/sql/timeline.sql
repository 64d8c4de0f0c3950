-- Records of anchors, one partition at a time: each statement says of which time of receipt. PlanEachTime
-- comes first: the planner then knows the time and leaves all other partitions out; a plan made for any
-- time would lock and probe each of them.

-- name: PlanEachTime :exec
SET LOCAL plan_cache_mode = 'force_custom_plan';

-- name: PlanAsUsual :exec
SET LOCAL plan_cache_mode TO DEFAULT;

-- Each anchor's part of the primary key is read in order and only as far as the page goes.
-- name: ReadDayEvents :many
SELECT e.record_id, e.source_id, e.key, e.event_time, e.received_at, e.schema_id, e.payload_format, e.payload,
       COALESCE(e.normalized, '') AS normalized, e.normalizer_version
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT r.record_id, r.source_id, r.key, r.event_time, r.received_at, r.schema_id, r.payload_format, r.payload,
         r.normalized, r.normalizer_version
  FROM records AS r
  WHERE r.shard = $1 AND r.tenant_id = $2 AND r.anchor = member.node_id AND r.kind = 1
    AND r.received_at >= $7 AND r.received_at < $8
    AND (r.event_time, r.record_id) > ($4::timestamptz, $5::uuid) AND r.event_time <= $9
  ORDER BY r.event_time, r.record_id
  LIMIT $6
) AS e
ORDER BY e.event_time, e.record_id
LIMIT $6;

-- Up to an event time and a time of receipt.
-- name: SumDayActivity :one
SELECT min(t.first_at), max(t.last_at), COALESCE(sum(t.events), 0)::bigint,
       (array_agg(l.last_source ORDER BY t.last_at DESC, l.last_source DESC))[1]
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT min(r.event_time) AS first_at, max(r.event_time) AS last_at, count(*) FILTER (WHERE r.kind = 1) AS events
  FROM records AS r
  WHERE r.shard = $1 AND r.tenant_id = $2 AND r.anchor = member.node_id
    AND r.received_at >= $6 AND r.received_at < $7 AND r.event_time <= $4 AND r.received_at <= $5
) AS t
CROSS JOIN LATERAL (
  SELECT max(r.source_id) AS last_source
  FROM records AS r
  WHERE r.shard = $1 AND r.tenant_id = $2 AND r.anchor = member.node_id AND r.event_time = t.last_at
    AND r.received_at >= $6 AND r.received_at < $7 AND r.received_at <= $5
) AS l
WHERE t.first_at IS NOT NULL;

-- The earliest evidence for an edge among the records of an anchor: of the time until $6, received until $5.
-- name: ReadDayEvidence :one
SELECT min(event_time) FROM records
WHERE shard = $1 AND tenant_id = $2 AND anchor = $3 AND position(uuid_send($4) IN others) > 0
  AND received_at >= $7 AND received_at < $8 AND received_at <= $5 AND event_time <= $6;
