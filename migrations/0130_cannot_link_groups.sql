-- A decision that two groups of identifiers are not one person, one row for each member: a pair in its place holds
-- no longer once the pair's own identifiers leave the graph. Never deleted: the past can be read.
CREATE TABLE cannot_link_members (
  created_at     timestamptz NOT NULL,
  -- Null: it holds. The same for all members.
  cleared_at     timestamptz,
  shard          int         NOT NULL,
  tenant_id      int         NOT NULL,
  side           smallint    NOT NULL CONSTRAINT cannot_link_members_side_known CHECK (side IN (1, 2)),
  node_id        uuid        NOT NULL,
  cannot_link_id uuid        NOT NULL,
  operation_id   uuid        NOT NULL,
  -- A node is on one side of a cannot-link.
  CONSTRAINT cannot_link_members_pkey PRIMARY KEY (shard, tenant_id, node_id, cannot_link_id)
);
CREATE INDEX cannot_link_members_by_link ON cannot_link_members (shard, tenant_id, cannot_link_id);

-- Of decisions made before, the two groups are not known any more, only a pair of them.
INSERT INTO cannot_link_members (created_at, cleared_at, shard, tenant_id, side, node_id, cannot_link_id, operation_id)
SELECT c.created_at, c.cleared_at, c.shard, c.tenant_id, member.side, member.node_id,
       md5(c.operation_id::text || c.node_a::text || c.node_b::text)::uuid, c.operation_id
FROM cannot_links c
CROSS JOIN LATERAL (VALUES (1::smallint, c.node_a), (2::smallint, c.node_b)) AS member (side, node_id);
DROP TABLE cannot_links;

ALTER TABLE cannot_link_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON cannot_link_members
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT, UPDATE ON cannot_link_members TO selfsame_app;
