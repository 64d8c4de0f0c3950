-- What joined, parted or was refused, append-only: which rule, which evidence, before and after.
CREATE TABLE merge_history (
  at         timestamptz NOT NULL,
  shard      int         NOT NULL,
  tenant_id  int         NOT NULL,
  -- 1 merged, 2 unmerged, 3 refused.
  action     smallint    NOT NULL CONSTRAINT merge_history_action_known CHECK (action BETWEEN 1 AND 3),
  history_id uuid        NOT NULL,
  record_id  uuid        NOT NULL,
  node_a     uuid        NOT NULL,
  node_b     uuid        NOT NULL,
  rule       text        NOT NULL,
  before_ids uuid[]      NOT NULL,
  after_ids  uuid[]      NOT NULL,
  CONSTRAINT merge_history_pkey PRIMARY KEY (shard, tenant_id, history_id)
);

-- Which profiles an entry is about, each id of before and after once: how a profile finds its
-- history. Not an index on the arrays: under row-level security their operators could not use it.
CREATE TABLE merge_history_profiles (
  at         timestamptz NOT NULL,
  shard      int         NOT NULL,
  tenant_id  int         NOT NULL,
  profile_id uuid        NOT NULL,
  history_id uuid        NOT NULL,
  CONSTRAINT merge_history_profiles_pkey PRIMARY KEY (shard, tenant_id, profile_id, at, history_id)
);

ALTER TABLE merge_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE merge_history_profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON merge_history
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
CREATE POLICY tenant_only ON merge_history_profiles
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT ON merge_history, merge_history_profiles TO selfsame_app;
