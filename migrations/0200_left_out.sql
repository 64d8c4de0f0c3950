-- Invalid optional fields may be left out of a record, by its schema or its source; and a source may say before
-- when none of its records can be.

ALTER TABLE sources
  -- 'leave-out': invalid optional fields are left out of its records; null: as their schemas say.
  ADD COLUMN invalid_optional text CONSTRAINT sources_invalid_optional_known CHECK (invalid_optional = 'leave-out'),
  -- Event times before this are refused; null: those before 1970.
  ADD COLUMN event_time_min timestamptz;

-- Accepted records without the fields that were left out of them: which fields, and the record as it was sent. A
-- record of which nothing was left out has no row.
CREATE TABLE record_left_out (
  received_at timestamptz NOT NULL,
  shard       int         NOT NULL,
  tenant_id   int         NOT NULL,
  source_id   int         NOT NULL,
  schema_id   int         NOT NULL,
  kind        smallint    NOT NULL,
  record_id   uuid        NOT NULL,
  key         text        COLLATE "C" NOT NULL,
  -- [{"field", "reason", "message"}], at least one, none of which holds a value.
  fields      jsonb       NOT NULL CONSTRAINT record_left_out_names_fields CHECK (jsonb_array_length(fields) > 0),
  -- The record's original bytes, sealed under the tenant's key.
  body_sealed bytea       NOT NULL,
  CONSTRAINT record_left_out_pkey PRIMARY KEY (shard, tenant_id, record_id)
);

ALTER TABLE record_left_out ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON record_left_out
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT ON record_left_out TO selfsame_app;
