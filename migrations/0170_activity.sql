-- Activity: what the records of an anchor say by themselves, kept as sums, so that reading a profile
-- costs nothing per event. One row per anchor and day of receipt, which is a partition of records: the
-- rows also say which partitions hold a person's records, and of what time.

-- Of the records of one anchor received on one day (UTC): events counts those of kind 1, the rest is
-- of all of them. The source is that of the latest event time; of equal times, the greatest source_id.
CREATE TABLE activity (
  first_event_at   timestamptz NOT NULL,
  last_event_at    timestamptz NOT NULL,
  last_received_at timestamptz NOT NULL,
  events           bigint      NOT NULL CONSTRAINT activity_events_not_negative CHECK (events >= 0),
  shard            int         NOT NULL,
  tenant_id        int         NOT NULL,
  last_source_id   int         NOT NULL,
  day              date        NOT NULL,
  node_id          uuid        NOT NULL,
  CONSTRAINT activity_pkey PRIMARY KEY (shard, tenant_id, node_id, day)
) WITH (fillfactor = 70);

-- What a commit adds to activity, written by it: append-only, so that no two commits wait for one row. A
-- background task adds these to activity and deletes them; readers take both. A row holds up to
-- kEntriesMax anchors in ascending order (storage/activity.h), from low_node to high_node: a reader of
-- one anchor opens only the rows it may be in.
CREATE TABLE activity_deltas (
  received_at     timestamptz   NOT NULL,
  shard           int           NOT NULL,
  tenant_id       int           NOT NULL,
  low_node        uuid          NOT NULL,
  high_node       uuid          NOT NULL,
  delta_id        uuid          NOT NULL,
  -- Of equal length; the same place is the same anchor.
  nodes           uuid[]        NOT NULL,
  events          int[]         NOT NULL,
  first_event_at  timestamptz[] NOT NULL,
  last_event_at   timestamptz[] NOT NULL,
  last_source_ids int[]         NOT NULL,
  CONSTRAINT activity_deltas_pkey PRIMARY KEY (shard, tenant_id, low_node, high_node, delta_id)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_insert_threshold = -1);

ALTER TABLE activity ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON activity
  USING (tenant_id = NULLIF(current_setting('selfsame.tenant', true), '')::int);
ALTER TABLE activity_deltas ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON activity_deltas
  USING (tenant_id = NULLIF(current_setting('selfsame.tenant', true), '')::int);
GRANT SELECT, INSERT, UPDATE, DELETE ON activity TO selfsame_app;
GRANT SELECT, INSERT, DELETE ON activity_deltas TO selfsame_app;

-- As 0009_first_statistics.sql has it of the tables before these.
CREATE STATISTICS activity_shard_tenant (dependencies) ON shard, tenant_id FROM activity;
CREATE STATISTICS activity_deltas_shard_tenant (dependencies) ON shard, tenant_id FROM activity_deltas;

INSERT INTO activity (first_event_at, last_event_at, last_received_at, events, shard, tenant_id, last_source_id, day,
                      node_id)
SELECT 'epoch', 'epoch', 'epoch', 1, 0, 0, 0, '1970-01-01', md5(n::text)::uuid FROM generate_series(1, 1000) AS n;

INSERT INTO activity_deltas (received_at, shard, tenant_id, low_node, high_node, delta_id, nodes, events,
                             first_event_at, last_event_at, last_source_ids)
SELECT 'epoch', 0, 0, id, id, id, ARRAY[id], '{1}', '{epoch}', '{epoch}', '{0}'
FROM generate_series(1, 1000) AS n, LATERAL (SELECT md5(n::text)::uuid AS id) AS made;

ANALYZE activity, activity_deltas;

DELETE FROM activity WHERE shard = 0 AND tenant_id = 0;
DELETE FROM activity_deltas WHERE shard = 0 AND tenant_id = 0;

-- Installations that have records already start from what these say.
INSERT INTO activity (first_event_at, last_event_at, last_received_at, events, shard, tenant_id, last_source_id, day,
                      node_id)
SELECT min(event_time), max(event_time), max(received_at), count(*) FILTER (WHERE kind = 1), shard, tenant_id,
       max(source_id) FILTER (WHERE event_time = last_event_at), day, anchor
FROM (
  SELECT event_time, received_at, kind, shard, tenant_id, source_id, anchor, day,
         max(event_time) OVER (PARTITION BY shard, tenant_id, anchor, day) AS last_event_at
  FROM (
    SELECT event_time, received_at, kind, shard, tenant_id, source_id, anchor,
           (received_at AT TIME ZONE 'UTC')::date AS day
    FROM records
  ) AS dated
) AS ranked
GROUP BY shard, tenant_id, anchor, day;
