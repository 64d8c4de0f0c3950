-- What normalization made of a record, beside the payload as it was sent, and by which rules.

ALTER TABLE records
  -- server/normalize/version.h
  ADD COLUMN normalizer_version smallint NOT NULL DEFAULT 1,
  -- Of an event: the top-level fields whose canonical form is not what was sent, as a JSON object. Null:
  -- none. What a profile update says in canonical form is in claims.
  ADD COLUMN normalized text;
