-- Claims say what they do: set, set once, unset, add, append, remove; and by which schema they were
-- checked. The key leads to the claims of an attribute by time, so that a value that may have changed
-- is compared with what is newer than it, and with nothing else.
ALTER TABLE claims ADD COLUMN operation smallint NOT NULL DEFAULT 1;
ALTER TABLE claims ADD CONSTRAINT claims_operation_known CHECK (operation BETWEEN 1 AND 6);
-- 0: from before schemas were noted.
ALTER TABLE claims ADD COLUMN schema_id int NOT NULL DEFAULT 0;

ALTER TABLE claims DROP CONSTRAINT claims_pkey;
ALTER TABLE claims ADD CONSTRAINT claims_pkey
  PRIMARY KEY (shard, tenant_id, anchor, attribute, event_time, source_id, key);
