-- What passes through the door, counted by source, schema and field, and who reads it. Written every
-- few seconds by each server from what it counted in memory; not part of any record's commit.

CREATE TABLE schema_usage (
  tenant_id      int         NOT NULL,
  source_id      int         NOT NULL,
  schema_id      int         NOT NULL,
  records        bigint      NOT NULL,
  first_seen_at  timestamptz NOT NULL,
  last_seen_at   timestamptz NOT NULL,
  CONSTRAINT schema_usage_pkey PRIMARY KEY (tenant_id, source_id, schema_id)
);

CREATE TABLE field_usage (
  tenant_id      int         NOT NULL,
  source_id      int         NOT NULL,
  schema_id      int         NOT NULL,
  path           text        COLLATE "C" NOT NULL,
  filled         bigint      NOT NULL,
  first_seen_at  timestamptz NOT NULL,
  last_seen_at   timestamptz NOT NULL,
  CONSTRAINT field_usage_pkey PRIMARY KEY (tenant_id, source_id, schema_id, path)
);

-- Who has read what through the API: "attribute:email" of profiles, "schema:shop.v1.Order" of events.
CREATE TABLE reads (
  tenant_id      int         NOT NULL,
  source_id      int         NOT NULL,
  subject        text        COLLATE "C" NOT NULL,
  reads          bigint      NOT NULL,
  last_read_at   timestamptz NOT NULL,
  CONSTRAINT reads_pkey PRIMARY KEY (tenant_id, source_id, subject)
);

-- Fields and values of enums that arrived and that their schema does not know.
CREATE TABLE drift (
  tenant_id      int         NOT NULL,
  source_id      int         NOT NULL,
  schema_id      int         NOT NULL,
  is_enum_value  boolean     NOT NULL,
  path           text        COLLATE "C" NOT NULL,
  records        bigint      NOT NULL,
  first_seen_at  timestamptz NOT NULL,
  last_seen_at   timestamptz NOT NULL,
  -- Keyed hashes of some of the values.
  value_hashes   text[]      NOT NULL,
  CONSTRAINT drift_pkey PRIMARY KEY (tenant_id, source_id, schema_id, path, is_enum_value)
);

ALTER TABLE schema_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON schema_usage
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
ALTER TABLE field_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON field_usage
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
ALTER TABLE reads ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON reads
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
ALTER TABLE drift ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON drift
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, UPDATE ON schema_usage, field_usage, reads, drift TO selfsame_app;
