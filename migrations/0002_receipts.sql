-- One row for every key ever settled, for ever (INV-3). The unique index is the whole of
-- exactly-once: whoever inserts the row owns the record, everybody else reads the outcome.
CREATE TABLE receipts (
  received_at timestamptz NOT NULL,
  shard       int         NOT NULL,
  tenant_id   int         NOT NULL,
  source_id   int         NOT NULL,
  -- 1 ACCEPTED, 3 QUARANTINED: the values of selfsame.ingest.v1.Outcome.
  outcome     smallint    NOT NULL CONSTRAINT receipts_outcome_known CHECK (outcome IN (1, 3)),
  record_id   uuid        NOT NULL,
  fingerprint uuid        NOT NULL,
  key         text        COLLATE "C" NOT NULL CONSTRAINT receipts_key_length CHECK (octet_length(key) BETWEEN 1 AND 128),
  CONSTRAINT receipts_pkey PRIMARY KEY (shard, tenant_id, source_id, key)
);

ALTER TABLE receipts ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON receipts
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, UPDATE ON receipts TO selfsame_app;
