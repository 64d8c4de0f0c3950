-- For an operator: compares the activity of a tenant with its records, and with `repair` makes it agree; returns how
-- many anchors and days differed. Reads every record of the tenant. Commits go on meanwhile; folding waits.
CREATE FUNCTION recount_activity(tenant int, repair boolean) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  differences bigint;
BEGIN
  -- As whoever folds takes it (storage/sql/activity.sql): what waits may not be folded between reading and repairing.
  PERFORM pg_advisory_xact_lock(hashtext('selfsame.activity'), tenant);
  WITH counted AS (
    SELECT shard, anchor AS node_id, (received_at AT TIME ZONE 'UTC')::date AS day,
           count(*) FILTER (WHERE kind = 1) AS events, min(event_time) AS first_event_at,
           max(event_time) AS last_event_at, max(received_at) AS last_received_at,
           (array_agg(source_id ORDER BY event_time DESC, source_id DESC))[1] AS last_source_id
    FROM records
    WHERE tenant_id = tenant
    GROUP BY shard, anchor, (received_at AT TIME ZONE 'UTC')::date
  ), waiting AS (
    SELECT d.shard, e.node_id, (d.received_at AT TIME ZONE 'UTC')::date AS day, e.events, e.first_event_at,
           e.last_event_at, d.received_at AS last_received_at, e.last_source_id
    FROM activity_deltas AS d
    CROSS JOIN LATERAL unnest(d.nodes, d.events, d.first_event_at, d.last_event_at, d.last_source_ids)
      AS e (node_id, events, first_event_at, last_event_at, last_source_id)
    WHERE d.tenant_id = tenant
  ), kept AS (
    SELECT shard, node_id, day, sum(events) AS events, min(first_event_at) AS first_event_at,
           max(last_event_at) AS last_event_at, max(last_received_at) AS last_received_at,
           (array_agg(last_source_id ORDER BY last_event_at DESC, last_source_id DESC))[1] AS last_source_id
    FROM (
      SELECT shard, node_id, day, events, first_event_at, last_event_at, last_received_at, last_source_id
      FROM activity WHERE tenant_id = tenant
      UNION ALL
      SELECT shard, node_id, day, events, first_event_at, last_event_at, last_received_at, last_source_id FROM waiting
    ) AS sums
    GROUP BY shard, node_id, day
  ), wrong AS (
    SELECT shard, node_id, day, counted.events, counted.first_event_at, counted.last_event_at,
           counted.last_received_at, counted.last_source_id
    FROM counted
    FULL JOIN kept USING (shard, node_id, day)
    WHERE (counted.events, counted.first_event_at, counted.last_event_at, counted.last_received_at,
           counted.last_source_id)
          IS DISTINCT FROM
          (kept.events, kept.first_event_at, kept.last_event_at, kept.last_received_at, kept.last_source_id)
  ), removed AS (
    DELETE FROM activity AS a USING wrong AS w
    WHERE repair AND w.events IS NULL
      AND a.shard = w.shard AND a.tenant_id = tenant AND a.node_id = w.node_id AND a.day = w.day
  ), repaired AS (
    -- What waits is added when it is folded; times and the source are the same then.
    INSERT INTO activity (first_event_at, last_event_at, last_received_at, events, shard, tenant_id, last_source_id, day,
                          node_id)
    SELECT w.first_event_at, w.last_event_at, w.last_received_at, w.events - COALESCE(later.events, 0), w.shard, tenant,
           w.last_source_id, w.day, w.node_id
    FROM wrong AS w
    LEFT JOIN (SELECT shard, node_id, day, sum(events) AS events FROM waiting GROUP BY shard, node_id, day) AS later
      USING (shard, node_id, day)
    WHERE repair AND w.events IS NOT NULL
    ON CONFLICT (shard, tenant_id, node_id, day) DO UPDATE
    SET first_event_at = excluded.first_event_at, last_event_at = excluded.last_event_at,
        last_received_at = excluded.last_received_at, events = excluded.events,
        last_source_id = excluded.last_source_id
  )
  SELECT count(*) INTO differences FROM wrong;
  RETURN differences;
END
$$;
REVOKE ALL ON FUNCTION recount_activity(int, boolean) FROM PUBLIC;
