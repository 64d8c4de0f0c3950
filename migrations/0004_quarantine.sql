-- Records that failed validation, whole and sealed, with every violation. The id is the record_id
-- of the key's receipt.
CREATE TABLE quarantine (
  shard         int         NOT NULL,
  tenant_id     int         NOT NULL,
  source_id     int         NOT NULL,
  kind          smallint    NOT NULL,
  quarantine_id uuid        NOT NULL,
  received_at   timestamptz NOT NULL,
  key           text        COLLATE "C" NOT NULL,
  schema_name   text        NOT NULL,
  -- The reason of the first violation.
  reason        text        NOT NULL,
  -- [{"field", "reason", "message"}], none of which holds a value.
  violations    jsonb       NOT NULL,
  -- The record's original bytes, sealed under the tenant's key.
  body_sealed   bytea       NOT NULL,
  CONSTRAINT quarantine_pkey PRIMARY KEY (shard, tenant_id, quarantine_id)
);

ALTER TABLE quarantine ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON quarantine
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, DELETE ON quarantine TO selfsame_app;
