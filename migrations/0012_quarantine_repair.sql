-- Repairing what is in quarantine: corrected copies beside the originals, and a log of what became of
-- each record.

ALTER TABLE quarantine ADD COLUMN schema_version int NOT NULL DEFAULT 0;
GRANT UPDATE (reason, violations) ON quarantine TO selfsame_app;

CREATE TABLE quarantine_patches (
  shard         int         NOT NULL,
  tenant_id     int         NOT NULL,
  number        int         NOT NULL,
  quarantine_id uuid        NOT NULL,
  patched_at    timestamptz NOT NULL,
  -- The source of the API key.
  actor         text        NOT NULL,
  comment       text        NOT NULL CONSTRAINT quarantine_patches_comment_length CHECK (length(comment) <= 500),
  body_sealed   bytea       NOT NULL,
  CONSTRAINT quarantine_patches_pkey PRIMARY KEY (shard, tenant_id, quarantine_id, number)
);

CREATE TABLE quarantine_log (
  at            timestamptz NOT NULL,
  shard         int         NOT NULL,
  tenant_id     int         NOT NULL,
  source_id     int         NOT NULL,
  -- 1 settled by a body that was accepted, or replaced by another one, 2 discarded, 3 expired.
  action        smallint    NOT NULL CONSTRAINT quarantine_log_action_known CHECK (action IN (1, 2, 3)),
  quarantine_id uuid        NOT NULL,
  key           text        COLLATE "C" NOT NULL,
  actor         text        NOT NULL,
  reason        text        NOT NULL CONSTRAINT quarantine_log_reason_length CHECK (length(reason) <= 500),
  CONSTRAINT quarantine_log_pkey PRIMARY KEY (shard, tenant_id, quarantine_id)
);

ALTER TABLE quarantine_patches ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON quarantine_patches
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
ALTER TABLE quarantine_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON quarantine_log
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, DELETE ON quarantine_patches TO selfsame_app;
GRANT SELECT, INSERT ON quarantine_log TO selfsame_app;
