-- The quality of what is stored, as small sums: which attributes profiles have, how old they are, and
-- what each source sent in each hour.

-- What a commit changed, written by it: append-only, so that no two commits wait for one row. A worker
-- folds these into profile_fields and deletes them.
CREATE TABLE quality_deltas (
  seconds    bigint NOT NULL,
  profiles   bigint NOT NULL,
  shard      int    NOT NULL,
  tenant_id  int    NOT NULL,
  source_id  int    NOT NULL,
  day        int    NOT NULL,
  delta_id   uuid   NOT NULL,
  attribute  text   COLLATE "C" NOT NULL,
  CONSTRAINT quality_deltas_pkey PRIMARY KEY (shard, tenant_id, delta_id)
);

-- Profiles whose attribute has a value that was said by this source on this day (UTC, days since 1970).
-- The attribute '' counts the profiles themselves: source 0, day 0.
CREATE TABLE profile_fields (
  seconds    bigint NOT NULL,
  profiles   bigint NOT NULL,
  tenant_id  int    NOT NULL,
  source_id  int    NOT NULL,
  day        int    NOT NULL,
  attribute  text   COLLATE "C" NOT NULL,
  -- `seconds` is the sum of the times at which the values were said, since 1970: their mean is exact.
  CONSTRAINT profile_fields_pkey PRIMARY KEY (tenant_id, attribute, source_id, day)
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
ALTER TABLE profile_fields ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON profile_fields
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
ALTER TABLE source_hours ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON source_hours
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, UPDATE, DELETE ON quality_deltas TO selfsame_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON profile_fields, source_hours TO selfsame_app;

-- Installations that have profiles already start from what these say.
INSERT INTO profile_fields (seconds, profiles, tenant_id, source_id, day, attribute)
SELECT 0, count(*), tenant_id, 0, 0, '' FROM profiles GROUP BY tenant_id;
INSERT INTO profile_fields (seconds, profiles, tenant_id, source_id, day, attribute)
SELECT sum(said.us / 1000000), count(*), p.tenant_id, said.source_id, (said.us / 86400000000)::int, said.attribute
FROM profiles AS p
CROSS JOIN LATERAL (
  SELECT key AS attribute, (value ->> 's')::int AS source_id, (value ->> 't')::bigint AS us
  FROM jsonb_each(p.provenance)
  WHERE p.attributes ? key
) AS said
GROUP BY p.tenant_id, said.source_id, said.attribute, (said.us / 86400000000)::int;
