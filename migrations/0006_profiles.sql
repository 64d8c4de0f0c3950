-- What is known about people: claims as they were made, profiles as they fold.
CREATE TABLE claims (
  -- Of the record, clamped to five minutes after receipt.
  event_time timestamptz NOT NULL,
  shard      int         NOT NULL,
  tenant_id  int         NOT NULL,
  source_id  int         NOT NULL,
  anchor     uuid        NOT NULL,
  record_id  uuid        NOT NULL,
  attribute  text        COLLATE "C" NOT NULL,
  key        text        COLLATE "C" NOT NULL,
  -- JSON text in the form the server prints it; compared byte for byte.
  value      text        NOT NULL,
  CONSTRAINT claims_pkey PRIMARY KEY (shard, tenant_id, anchor, attribute, source_id, key)
);

-- One row for each person that exists now. attributes and provenance are a pure function of the
-- claims of the profile's members (INV-5).
CREATE TABLE profiles (
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  revision   bigint      NOT NULL,
  shard      int         NOT NULL,
  tenant_id  int         NOT NULL,
  profile_id uuid        NOT NULL,
  -- {"name": value}
  attributes jsonb       NOT NULL,
  -- {"name": {"p": trust priority, "t": event time in us, "s": source id, "k": key, "r": record id}}
  provenance jsonb       NOT NULL,
  CONSTRAINT profiles_pkey PRIMARY KEY (shard, tenant_id, profile_id)
) WITH (fillfactor = 70);

ALTER TABLE claims ENABLE ROW LEVEL SECURITY;
ALTER TABLE profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON claims
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
CREATE POLICY tenant_only ON profiles
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT ON claims TO selfsame_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON profiles TO selfsame_app;
