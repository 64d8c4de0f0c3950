-- Who may talk to this installation and in whose name: tenants, their sources and API keys.
-- Small tables, read by every server at start and every second; never written by ingestion.

-- What the server runs as (SET ROLE at connect): no DDL, no superuser, subject to row-level security.
DO $$
BEGIN
  CREATE ROLE selfsame_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

CREATE TABLE tenants (
  tenant_id      int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name           text        NOT NULL CONSTRAINT tenants_name_format CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  -- Over how many shards a tenant is spread: 1 keeps every statement of the tenant in one shard.
  spread         int         NOT NULL CONSTRAINT tenants_spread_one CHECK (spread = 1),
  -- The tenant's node-id key and sealing key, sealed under the installation's master key.
  secrets_sealed bytea       NOT NULL,
  created_at     timestamptz NOT NULL,
  CONSTRAINT tenants_name_unique UNIQUE (name)
);

CREATE TABLE sources (
  source_id      int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id      int         NOT NULL REFERENCES tenants,
  name           text        NOT NULL CONSTRAINT sources_name_format CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  owner          text        NOT NULL CONSTRAINT sources_owner_length CHECK (length(owner) BETWEEN 1 AND 200),
  purpose        text        NOT NULL CONSTRAINT sources_purpose_length CHECK (length(purpose) BETWEEN 1 AND 500),
  -- Lower wins when sources disagree about an attribute.
  trust_priority int         NOT NULL CONSTRAINT sources_trust_range CHECK (trust_priority BETWEEN 1 AND 1000),
  created_at     timestamptz NOT NULL,
  CONSTRAINT sources_name_unique UNIQUE (tenant_id, name)
);

CREATE TABLE api_keys (
  api_key_id int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  int         NOT NULL REFERENCES tenants,
  source_id  int         NOT NULL REFERENCES sources,
  -- BLAKE2b-256 of the key, in hex; the key itself is shown once and never stored.
  key_hash   text        NOT NULL CONSTRAINT api_keys_hash_length CHECK (length(key_hash) = 64),
  scopes     text[]      NOT NULL CONSTRAINT api_keys_scopes_known CHECK (scopes <@ ARRAY['ingest', 'read', 'admin']),
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT api_keys_hash_unique UNIQUE (key_hash)
);

-- Names of schemas as small integers. tenant_id 0 holds those that ship with the server.
CREATE TABLE schemas (
  schema_id  int         GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id  int         NOT NULL,
  name       text        NOT NULL CONSTRAINT schemas_name_length CHECK (length(name) BETWEEN 1 AND 200),
  version    int         NOT NULL CONSTRAINT schemas_version_positive CHECK (version > 0),
  created_at timestamptz NOT NULL,
  CONSTRAINT schemas_version_unique UNIQUE (tenant_id, name, version)
);

GRANT SELECT ON tenants, sources, api_keys TO selfsame_app;
GRANT SELECT, INSERT ON schemas TO selfsame_app;
