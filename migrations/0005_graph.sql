-- The identity graph: identifiers are nodes, evidence is edges. A merge rewrites component_id and
-- profile_id of identifiers, never a record.
CREATE TABLE identifiers (
  first_seen_at timestamptz NOT NULL,
  shard         int         NOT NULL,
  tenant_id     int         NOT NULL,
  -- Keyed hash of (kind, canonical value).
  node_id       uuid        NOT NULL,
  -- The profile id this identifier was born with; resolves for ever.
  birth_id      uuid        NOT NULL,
  -- Smallest birth id among all identifiers connected by any live edge, refused ones included: what
  -- must be resolved together.
  component_id  uuid        NOT NULL,
  -- Smallest birth id among the identifiers that are one person. One column: one profile (INV-4).
  profile_id    uuid        NOT NULL,
  kind          text        COLLATE "C" NOT NULL,
  -- The canonical value, sealed under the tenant's key.
  value_sealed  bytea       NOT NULL,
  CONSTRAINT identifiers_pkey PRIMARY KEY (shard, tenant_id, node_id),
  CONSTRAINT identifiers_birth_unique UNIQUE (shard, tenant_id, birth_id)
) WITH (fillfactor = 80);
CREATE INDEX identifiers_component ON identifiers (shard, tenant_id, component_id);

-- One row for each component, there to be locked (INV-6) and for nothing else. Rows of their own: the
-- rows of identifiers and profiles are also written by whoever holds the lock of the component that
-- theirs has grown into, and would be waited for in no order.
CREATE TABLE components (
  shard        int  NOT NULL,
  tenant_id    int  NOT NULL,
  component_id uuid NOT NULL,
  CONSTRAINT components_pkey PRIMARY KEY (shard, tenant_id, component_id)
);

CREATE TABLE edges (
  -- The earliest event time of any evidence for this edge; orders edges in Resolve.
  first_evidence_at timestamptz NOT NULL,
  shard             int         NOT NULL,
  tenant_id         int         NOT NULL,
  -- 1 fuzzy, 2 deterministic (seen in one record), 3 manual.
  strength          smallint    NOT NULL,
  -- 0 united; otherwise why Resolve refused it (identity/resolve.h).
  refusal           smallint    NOT NULL,
  node_a            uuid        NOT NULL,
  node_b            uuid        NOT NULL,
  -- The record of the earliest evidence.
  record_id         uuid        NOT NULL,
  CONSTRAINT edges_pkey PRIMARY KEY (shard, tenant_id, node_a, node_b, strength),
  CONSTRAINT edges_ordered CHECK (node_a < node_b)
) WITH (fillfactor = 80);

ALTER TABLE identifiers ENABLE ROW LEVEL SECURITY;
ALTER TABLE components ENABLE ROW LEVEL SECURITY;
ALTER TABLE edges ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON identifiers
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
CREATE POLICY tenant_only ON components
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
CREATE POLICY tenant_only ON edges
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, UPDATE ON identifiers, edges TO selfsame_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON components TO selfsame_app;
