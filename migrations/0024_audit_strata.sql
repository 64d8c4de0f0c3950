-- Strata of audits. Of each, how many profiles it had: without that an estimate cannot give small strata,
-- which are drawn from more often than their share, their due weight. Samples no longer hold the value
-- that names their stratum, which can be an e-mail address, but a keyed hash of it.
CREATE TABLE audit_strata (
  -- Profiles that had the attribute.
  population   bigint NOT NULL CONSTRAINT audit_strata_population_some CHECK (population > 0),
  tenant_id    int    NOT NULL,
  audit_id     uuid   NOT NULL,
  -- BLAKE2b-128 of (audit, what it is stratified by, value), keyed with the tenant's node key.
  stratum_hash uuid   NOT NULL,
  CONSTRAINT audit_strata_pkey PRIMARY KEY (tenant_id, audit_id, stratum_hash),
  CONSTRAINT audit_strata_audit FOREIGN KEY (tenant_id, audit_id) REFERENCES audits
);

-- Null: drawn before strata were kept; judged as if there had been none.
ALTER TABLE audit_samples ADD COLUMN stratum_hash uuid;
-- Written by servers of before this migration only, and read by none after it.
ALTER TABLE audit_samples ALTER COLUMN stratum SET DEFAULT '';
UPDATE audit_samples SET stratum = '';

ALTER TABLE audit_strata ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON audit_strata
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT ON audit_strata TO selfsame_app;
