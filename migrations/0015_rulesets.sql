-- The rules of identity as data: every version of a tenant's ruleset, and which was in force when. A
-- tenant without any has the one that ships. Small tables, read by every server every second.
CREATE TABLE rulesets (
  tenant_id  int         NOT NULL REFERENCES tenants,
  version    int         NOT NULL CONSTRAINT rulesets_version_positive CHECK (version > 0),
  created_at timestamptz NOT NULL,
  created_by text        NOT NULL CONSTRAINT rulesets_actor_length CHECK (length(created_by) BETWEEN 1 AND 200),
  -- TOML as it was written.
  body       text        NOT NULL CONSTRAINT rulesets_body_length CHECK (octet_length(body) <= 262144),
  CONSTRAINT rulesets_pkey PRIMARY KEY (tenant_id, version)
);

-- Append-only; the last one counts. Version 0 is the ruleset that ships.
CREATE TABLE ruleset_activations (
  tenant_id     int         NOT NULL REFERENCES tenants,
  activation_id int         GENERATED ALWAYS AS IDENTITY,
  version       int         NOT NULL CONSTRAINT ruleset_activations_version CHECK (version >= 0),
  activated_at  timestamptz NOT NULL,
  actor         text        NOT NULL CONSTRAINT ruleset_activations_actor_length CHECK (length(actor) BETWEEN 1 AND 200),
  reason        text        NOT NULL CONSTRAINT ruleset_activations_reason_length CHECK (length(reason) <= 500),
  CONSTRAINT ruleset_activations_pkey PRIMARY KEY (tenant_id, activation_id)
);

GRANT SELECT ON rulesets TO selfsame_app;
-- Rolling a reresolve back activates the ruleset of before.
GRANT SELECT, INSERT ON ruleset_activations TO selfsame_app;
