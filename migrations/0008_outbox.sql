-- One row for every change of a profile, in the transaction of the change (INV-9). Order is per
-- shard; ids do not follow commit order, so a reader stays behind the oldest running transaction
-- (pg_snapshot_xmin) by tx_id.
CREATE TABLE outbox (
  created_at timestamptz NOT NULL,
  tx_id      xid8        NOT NULL DEFAULT pg_current_xact_id(),
  revision   bigint      NOT NULL,
  shard      int         NOT NULL,
  tenant_id  int         NOT NULL,
  -- 1 created, 2 updated, 3 gone (its members are in other profiles now).
  change     smallint    NOT NULL CONSTRAINT outbox_change_known CHECK (change BETWEEN 1 AND 3),
  outbox_id  uuid        NOT NULL,
  profile_id uuid        NOT NULL,
  CONSTRAINT outbox_pkey PRIMARY KEY (shard, tenant_id, outbox_id)
);

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON outbox
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT ON outbox TO selfsame_app;
