-- The quality of what is stored, as small sums: which attributes profiles have, how old they are, and
-- what each source sent in each hour.

-- What a commit changed, written by it: append-only, so that no two commits wait for one row. A worker
-- folds these into field_counts and deletes them.
CREATE TABLE quality_deltas (
  seconds    bigint   NOT NULL,
  count      bigint   NOT NULL,
  shard      int      NOT NULL,
  tenant_id  int      NOT NULL,
  source_id  int      NOT NULL,
  day        int      NOT NULL,
  measure    smallint NOT NULL,
  delta_id   uuid     NOT NULL,
  attribute  text     COLLATE "C" NOT NULL,
  CONSTRAINT quality_deltas_pkey PRIMARY KEY (shard, tenant_id, delta_id)
);

-- Two measures of an attribute:
--   1 filled  profiles that have a value, by the source it comes from; day 0, seconds 0.
--             The attribute '' counts the profiles themselves: source 0.
--   2 said    anchors, by the source and the day (UTC, days since 1970) of the newest claim that hangs on
--             them, unless that unset the attribute. A claim that confirms a value counts; the profile's
--             row is not written for it.
CREATE TABLE field_counts (
  -- The sum of the times of those claims, since 1970: their mean is exact.
  seconds    bigint   NOT NULL,
  count      bigint   NOT NULL,
  tenant_id  int      NOT NULL,
  source_id  int      NOT NULL,
  day        int      NOT NULL,
  measure    smallint NOT NULL CONSTRAINT field_counts_measure_known CHECK (measure BETWEEN 1 AND 2),
  attribute  text     COLLATE "C" NOT NULL,
  CONSTRAINT field_counts_pkey PRIMARY KEY (tenant_id, measure, attribute, source_id, day)
);

-- What a source sent in an hour of receipt, by outcome. Servers add what they counted every few seconds.
CREATE TABLE source_hours (
  hour_at        timestamptz NOT NULL,
  received       bigint      NOT NULL,
  accepted       bigint      NOT NULL,
  duplicate      bigint      NOT NULL,
  quarantined    bigint      NOT NULL,
  consent_denied bigint      NOT NULL,
  suppressed     bigint      NOT NULL,
  rejected       bigint      NOT NULL,
  alike          bigint      NOT NULL,
  tenant_id      int         NOT NULL,
  source_id      int         NOT NULL,
  CONSTRAINT source_hours_pkey PRIMARY KEY (tenant_id, source_id, hour_at)
);

ALTER TABLE quality_deltas ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON quality_deltas
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
ALTER TABLE field_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON field_counts
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
ALTER TABLE source_hours ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON source_hours
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, UPDATE, DELETE ON quality_deltas TO selfsame_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON field_counts, source_hours TO selfsame_app;

-- Installations that have profiles already start from what these say.
INSERT INTO field_counts (seconds, count, tenant_id, source_id, day, measure, attribute)
SELECT 0, count(*), tenant_id, 0, 0, 1, '' FROM profiles GROUP BY tenant_id;
INSERT INTO field_counts (seconds, count, tenant_id, source_id, day, measure, attribute)
SELECT 0, count(*), p.tenant_id, said.source_id, 0, 1, said.attribute
FROM profiles AS p
CROSS JOIN LATERAL (
  SELECT key AS attribute, (value ->> 's')::int AS source_id
  FROM jsonb_each(p.provenance)
  WHERE p.attributes ? key
) AS said
GROUP BY p.tenant_id, said.source_id, said.attribute;
INSERT INTO field_counts (seconds, count, tenant_id, source_id, day, measure, attribute)
SELECT sum(floor(extract(epoch FROM event_time)))::bigint, count(*), tenant_id, source_id,
       floor(extract(epoch FROM event_time) / 86400)::int, 2, attribute
FROM (
  SELECT DISTINCT ON (shard, tenant_id, anchor, attribute) tenant_id, attribute, source_id, event_time, operation
  FROM claims
  ORDER BY shard, tenant_id, anchor, attribute, event_time DESC, source_id DESC, key DESC
) AS newest
WHERE operation <> 3
GROUP BY tenant_id, source_id, attribute, floor(extract(epoch FROM event_time) / 86400)::int;
