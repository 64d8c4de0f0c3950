-- What people decide about who is who, identifiers that have left the graph, and edges found by
-- either end.

-- 0 none, 1 shared by too many, 2 stands for nobody (identity/resolve.h). Edges of such an identifier
-- have refusal 5 or 6, and hold no component together.
ALTER TABLE identifiers ADD COLUMN exclusion smallint NOT NULL DEFAULT 0;

-- A shared identifier's edges, and the walk into the past, are found by either end.
CREATE INDEX edges_by_b ON edges (shard, tenant_id, node_b);

-- Evidence that two identifiers are two persons. Never deleted: what held when can be asked.
CREATE TABLE cannot_links (
  created_at   timestamptz NOT NULL,
  -- Null: it holds.
  cleared_at   timestamptz,
  shard        int         NOT NULL,
  tenant_id    int         NOT NULL,
  node_a       uuid        NOT NULL,
  node_b       uuid        NOT NULL,
  operation_id uuid        NOT NULL,
  CONSTRAINT cannot_links_pkey PRIMARY KEY (shard, tenant_id, node_a, node_b, operation_id),
  CONSTRAINT cannot_links_ordered CHECK (node_a < node_b)
);

-- Edges that were taken back (refusal 7), and when that was taken back itself.
CREATE TABLE revocations (
  revoked_at   timestamptz NOT NULL,
  restored_at  timestamptz,
  shard        int         NOT NULL,
  tenant_id    int         NOT NULL,
  strength     smallint    NOT NULL,
  node_a       uuid        NOT NULL,
  node_b       uuid        NOT NULL,
  operation_id uuid        NOT NULL,
  CONSTRAINT revocations_pkey PRIMARY KEY (shard, tenant_id, node_a, node_b, strength, operation_id)
);

-- One row for each decision: who, why, what.
CREATE TABLE operations (
  at           timestamptz NOT NULL,
  shard        int         NOT NULL,
  tenant_id    int         NOT NULL,
  -- 1 merge, 2 unmerge, 3 pin, 4 cannot-link, 5 reresolve, 6 rollback.
  kind         smallint    NOT NULL CONSTRAINT operations_kind_known CHECK (kind BETWEEN 1 AND 6),
  operation_id uuid        NOT NULL,
  actor        text        NOT NULL CONSTRAINT operations_actor_length CHECK (length(actor) BETWEEN 1 AND 200),
  reason       text        NOT NULL CONSTRAINT operations_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
  -- Of a reresolve: the ruleset before and after; otherwise null.
  from_version int,
  to_version   int,
  CONSTRAINT operations_pkey PRIMARY KEY (shard, tenant_id, operation_id)
);

-- One node of each component that a reresolve changed: where its rollback has to look.
CREATE TABLE operation_nodes (
  shard        int  NOT NULL,
  tenant_id    int  NOT NULL,
  operation_id uuid NOT NULL,
  node_id      uuid NOT NULL,
  CONSTRAINT operation_nodes_pkey PRIMARY KEY (shard, tenant_id, operation_id, node_id)
);

ALTER TABLE merge_history ADD COLUMN operation_id uuid;

ALTER TABLE cannot_links ENABLE ROW LEVEL SECURITY;
ALTER TABLE revocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE operations ENABLE ROW LEVEL SECURITY;
ALTER TABLE operation_nodes ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON cannot_links
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
CREATE POLICY tenant_only ON revocations
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
CREATE POLICY tenant_only ON operations
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
CREATE POLICY tenant_only ON operation_nodes
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, UPDATE ON cannot_links, revocations TO selfsame_app;
GRANT SELECT, INSERT ON operations, operation_nodes TO selfsame_app;
