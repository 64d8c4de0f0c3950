-- Which names have been seen with an identifier that many people may share, such as the mailbox of an office: as
-- keyed hashes, and no more of each identifier than decide it.
CREATE TABLE identifier_names (
  shard     int  NOT NULL,
  tenant_id int  NOT NULL,
  node_id   uuid NOT NULL,
  name_id   uuid NOT NULL,
  CONSTRAINT identifier_names_pkey PRIMARY KEY (shard, tenant_id, node_id, name_id)
);

ALTER TABLE identifier_names ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON identifier_names
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT ON identifier_names TO selfsame_app;
