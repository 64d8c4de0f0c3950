-- Audits: samples of what profiles say, for people to judge. A sample names the claim that prevailed when
-- it was drawn, and holds no value: that stays in the profile.
CREATE TABLE audits (
  drawn_at    timestamptz NOT NULL,
  seed        bigint      NOT NULL,
  -- Profiles that had the attribute.
  population  bigint      NOT NULL,
  tenant_id   int         NOT NULL,
  audit_id    uuid        NOT NULL,
  attribute   text        COLLATE "C" NOT NULL CONSTRAINT audits_attribute_length CHECK (length(attribute) BETWEEN 1 AND 200),
  -- What it is stratified by: '', 'source' or 'attribute:<name>'.
  stratify_by text        NOT NULL,
  -- The source of the API key.
  drawn_by    text        NOT NULL,
  CONSTRAINT audits_pkey PRIMARY KEY (tenant_id, audit_id)
);

CREATE TABLE audit_samples (
  judged_at  timestamptz,
  tenant_id  int         NOT NULL,
  number     int         NOT NULL,
  -- 1 right, 2 wrong, 3 cannot be told; null: not judged.
  verdict    smallint    CONSTRAINT audit_samples_verdict_known CHECK (verdict IN (1, 2, 3)),
  audit_id   uuid        NOT NULL,
  profile_id uuid        NOT NULL,
  record_id  uuid        NOT NULL,
  stratum    text        NOT NULL,
  judged_by  text        NOT NULL DEFAULT '',
  comment    text        NOT NULL DEFAULT '' CONSTRAINT audit_samples_comment_length CHECK (length(comment) <= 500),
  CONSTRAINT audit_samples_pkey PRIMARY KEY (tenant_id, audit_id, number),
  CONSTRAINT audit_samples_audit FOREIGN KEY (tenant_id, audit_id) REFERENCES audits
);

ALTER TABLE audits ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON audits
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
ALTER TABLE audit_samples ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON audit_samples
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT, INSERT ON audits TO selfsame_app;
GRANT SELECT, INSERT, UPDATE ON audit_samples TO selfsame_app;
