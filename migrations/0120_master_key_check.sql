-- A value sealed under the installation's master key: whoever is about to seal more under a master key
-- first sees that this one opens. Written by the operator's tool, by the first that finds none.
CREATE TABLE installation (
  only_row         boolean NOT NULL DEFAULT true CONSTRAINT installation_pkey PRIMARY KEY
                           CONSTRAINT installation_one_row CHECK (only_row),
  master_key_check bytea   NOT NULL
);

GRANT SELECT ON installation TO selfsame_app;
