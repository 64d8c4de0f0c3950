-- The registry: what schemas say, in which state their versions are, and the vocabularies they use.

ALTER TABLE schemas
  -- A google.protobuf.FileDescriptorSet. Null only for what shipped before contents were kept.
  ADD COLUMN content bytea,
  -- Equal contents, equal hashes (server/schema/descriptors.h).
  ADD COLUMN content_hash text,
  -- 1 active, 2 deprecated, 3 retired.
  ADD COLUMN state smallint NOT NULL DEFAULT 1 CONSTRAINT schemas_state_known CHECK (state IN (1, 2, 3)),
  -- The source whose API key registered it; empty for what ships with the server.
  ADD COLUMN registered_by text NOT NULL DEFAULT '',
  ADD COLUMN sunset_at timestamptz,
  ADD COLUMN retired_at timestamptz;
GRANT UPDATE (content, content_hash, state, sunset_at, retired_at) ON schemas TO selfsame_app;

CREATE TABLE vocabularies (
  tenant_id     int         NOT NULL,
  version       int         NOT NULL CONSTRAINT vocabularies_version_positive CHECK (version > 0),
  name          text        NOT NULL CONSTRAINT vocabularies_name_format CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  content_hash  text        NOT NULL,
  registered_by text        NOT NULL,
  created_at    timestamptz NOT NULL,
  -- [{"value", "synonyms": []}]
  terms         jsonb       NOT NULL,
  CONSTRAINT vocabularies_pkey PRIMARY KEY (tenant_id, name, version)
);
GRANT SELECT, INSERT ON vocabularies TO selfsame_app;
