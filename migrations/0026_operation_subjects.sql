-- What each decision named, so that it can be read what it was about, and what was decided about somebody: a
-- cannot-link or a pin that moves nobody is no entry of the merge history.
CREATE TABLE operation_subjects (
  shard        int  NOT NULL,
  tenant_id    int  NOT NULL,
  operation_id uuid NOT NULL,
  node_id      uuid NOT NULL,
  CONSTRAINT operation_subjects_pkey PRIMARY KEY (shard, tenant_id, operation_id, node_id)
);
CREATE INDEX operation_subjects_by_node ON operation_subjects (shard, tenant_id, node_id, operation_id);

-- Of decisions made before: as far as what they left behind says it.
INSERT INTO operation_subjects (shard, tenant_id, operation_id, node_id)
SELECT c.shard, c.tenant_id, c.operation_id, ends.node_id
FROM cannot_links c CROSS JOIN LATERAL (VALUES (c.node_a), (c.node_b)) AS ends (node_id)
UNION
SELECT h.shard, h.tenant_id, h.operation_id, ends.node_id
FROM merge_history h
JOIN operations o ON o.shard = h.shard AND o.tenant_id = h.tenant_id AND o.operation_id = h.operation_id
CROSS JOIN LATERAL (VALUES (h.node_a), (h.node_b)) AS ends (node_id)
WHERE o.kind BETWEEN 1 AND 4;

ALTER TABLE operation_subjects ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON operation_subjects
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT ON operation_subjects TO selfsame_app;
