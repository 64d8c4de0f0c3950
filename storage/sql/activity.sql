-- Activity: what the records of an anchor say by themselves, as sums by day of receipt.

-- A row for each part of the batch: the anchors from place `low` to place `high`.
-- name: InsertActivityDeltas :exec
INSERT INTO activity_deltas (received_at, shard, tenant_id, low_node, high_node, delta_id, nodes, events,
                             first_event_at, last_event_at, last_source_ids)
SELECT $3, $1, $2, ($4::uuid[])[part.low], ($4::uuid[])[part.high], part.delta_id,
       ($4::uuid[])[part.low : part.high], ($5::int[])[part.low : part.high],
       ($6::timestamptz[])[part.low : part.high], ($7::timestamptz[])[part.low : part.high],
       ($8::int[])[part.low : part.high]
FROM unnest($9::int[], $10::int[], $11::uuid[]) AS part (low, high, delta_id);

-- One at a time per tenant folds, or compares what is folded; until the end of the transaction.
-- name: TryLockActivity :one
SELECT pg_try_advisory_xact_lock(hashtext('selfsame.activity'), $1);

-- name: LockActivity :exec
SELECT pg_advisory_xact_lock(hashtext('selfsame.activity'), $1);

-- The oldest first.
-- name: FindActivityDeltas :many
SELECT low_node, high_node, delta_id FROM activity_deltas
WHERE shard = $1 AND tenant_id = $2
ORDER BY delta_id
LIMIT $3;

-- Rows by their whole key: with less of it each would be looked for among all that wait.
-- name: AddActivityDeltas :exec
INSERT INTO activity (first_event_at, last_event_at, last_received_at, events, shard, tenant_id, last_source_id, day,
                      node_id)
SELECT min(first_event_at), max(last_event_at), max(received_at), sum(events), $1, $2,
       max(last_source_id) FILTER (WHERE last_event_at = latest), day, node_id
FROM (
  SELECT e.node_id, d.day, d.received_at, e.events, e.first_event_at, e.last_event_at, e.last_source_id,
         max(e.last_event_at) OVER (PARTITION BY e.node_id, d.day) AS latest
  FROM (
    SELECT received_at, (received_at AT TIME ZONE 'UTC')::date AS day, nodes, events, first_event_at, last_event_at,
           last_source_ids
    FROM unnest($3::uuid[], $4::uuid[], $5::uuid[]) AS taken (low_node, high_node, delta_id)
    CROSS JOIN LATERAL (
      SELECT received_at, nodes, events, first_event_at, last_event_at, last_source_ids FROM activity_deltas
      WHERE shard = $1 AND tenant_id = $2 AND low_node = taken.low_node AND high_node = taken.high_node
        AND delta_id = taken.delta_id
      LIMIT 1
    ) AS w
    OFFSET 0
  ) AS d
  CROSS JOIN LATERAL unnest(d.nodes, d.events, d.first_event_at, d.last_event_at, d.last_source_ids)
    AS e (node_id, events, first_event_at, last_event_at, last_source_id)
) AS entries
GROUP BY node_id, day
ORDER BY node_id, day
ON CONFLICT (shard, tenant_id, node_id, day) DO UPDATE
SET first_event_at = LEAST(activity.first_event_at, excluded.first_event_at),
    last_event_at = GREATEST(activity.last_event_at, excluded.last_event_at),
    last_received_at = GREATEST(activity.last_received_at, excluded.last_received_at),
    events = activity.events + excluded.events,
    last_source_id = CASE WHEN (excluded.last_event_at, excluded.last_source_id)
                               > (activity.last_event_at, activity.last_source_id)
                          THEN excluded.last_source_id ELSE activity.last_source_id END;

-- name: DeleteActivityDeltas :many
DELETE FROM activity_deltas AS d
USING unnest($3::uuid[], $4::uuid[], $5::uuid[]) AS taken (low_node, high_node, delta_id)
WHERE d.shard = $1 AND d.tenant_id = $2 AND d.low_node = taken.low_node AND d.high_node = taken.high_node
  AND d.delta_id = taken.delta_id
RETURNING 1;

-- name: CountActivityDeltas :one
SELECT count(*) FROM activity_deltas WHERE shard = $1 AND tenant_id = $2;

-- Days of receipt on which the anchors have records, in the order of their first event time: only events
-- unless $5, only what goes on at or after $4.
-- name: ListActiveDays :many
SELECT (d.day::timestamp AT TIME ZONE 'UTC') AS day_at, min(d.first_event_at), max(d.last_event_at),
       array_agg(DISTINCT member.node_id)::text
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  (SELECT day, events, first_event_at, last_event_at FROM activity
   WHERE shard = $1 AND tenant_id = $2 AND node_id = member.node_id
   OFFSET 0)
  UNION ALL
  (SELECT (p.received_at AT TIME ZONE 'UTC')::date, p.events[e.place], p.first_event_at[e.place],
          p.last_event_at[e.place]
   FROM activity_deltas AS p
   CROSS JOIN LATERAL (SELECT array_position(p.nodes, member.node_id) AS place OFFSET 0) AS e
   WHERE p.shard = $1 AND p.tenant_id = $2 AND p.low_node <= member.node_id AND p.high_node >= member.node_id
     AND e.place IS NOT NULL
   OFFSET 0)
) AS d
WHERE d.last_event_at >= $4 AND (d.events > 0 OR $5)
GROUP BY d.day
ORDER BY min(d.first_event_at), d.day;

-- The sums of the anchors up to an event time and a time of receipt, as of one moment. What lies wholly
-- within both is in the row without a day; a day that lies in part within them comes by itself, to be
-- read from its records.
-- name: ReadActivity :many
SELECT CASE WHEN is_whole THEN NULL ELSE (day::timestamp AT TIME ZONE 'UTC') END AS day_at, min(first_event_at),
       max(last_event_at), sum(events)::bigint,
       (array_agg(last_source_id ORDER BY last_event_at DESC, last_source_id DESC))[1]
FROM (
  SELECT d.day, bool_and(d.last_event_at <= $4 AND d.last_received_at <= $5) AS is_whole,
         min(d.first_event_at) AS first_event_at, max(d.last_event_at) AS last_event_at, sum(d.events) AS events,
         (array_agg(d.last_source_id ORDER BY d.last_event_at DESC, d.last_source_id DESC))[1] AS last_source_id
  FROM unnest($3::uuid[]) AS member (node_id)
  CROSS JOIN LATERAL (
    (SELECT day, day::timestamp AT TIME ZONE 'UTC' AS received_from, last_received_at, events, first_event_at,
            last_event_at, last_source_id
     FROM activity
     WHERE shard = $1 AND tenant_id = $2 AND node_id = member.node_id
     OFFSET 0)
    UNION ALL
    (SELECT (p.received_at AT TIME ZONE 'UTC')::date, p.received_at, p.received_at, p.events[e.place],
            p.first_event_at[e.place], p.last_event_at[e.place], p.last_source_ids[e.place]
     FROM activity_deltas AS p
     CROSS JOIN LATERAL (SELECT array_position(p.nodes, member.node_id) AS place OFFSET 0) AS e
     WHERE p.shard = $1 AND p.tenant_id = $2 AND p.low_node <= member.node_id AND p.high_node >= member.node_id
       AND e.place IS NOT NULL
     OFFSET 0)
  ) AS d
  WHERE d.first_event_at <= $4 AND d.received_from <= $5
  GROUP BY d.day
) AS by_day
GROUP BY CASE WHEN is_whole THEN NULL ELSE (day::timestamp AT TIME ZONE 'UTC') END;
