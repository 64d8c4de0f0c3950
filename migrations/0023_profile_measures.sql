-- More measures of what is stored: how many identifiers profiles have, and which share a mailbox.

-- Measure 3 size: profiles, by how many identifiers they have; the attribute is the label of the range, the
-- source, day and seconds are 0.
ALTER TABLE field_counts DROP CONSTRAINT field_counts_measure_known;
ALTER TABLE field_counts ADD CONSTRAINT field_counts_measure_known CHECK (measure BETWEEN 1 AND 3);

INSERT INTO field_counts (seconds, count, tenant_id, source_id, day, measure, attribute)
SELECT 0, count(*), tenant_id, 0, 0, 3, label
FROM (
  SELECT tenant_id,
         CASE WHEN size <= 3 THEN size::text
              WHEN size <= 5 THEN '4-5'
              WHEN size <= 10 THEN '6-10'
              WHEN size <= 20 THEN '11-20'
              WHEN size <= 50 THEN '21-50'
              WHEN size <= 100 THEN '51-100'
              WHEN size <= 1000 THEN '101-1000'
              ELSE '1001+' END AS label
  FROM (SELECT tenant_id, count(*) AS size FROM identifiers GROUP BY shard, tenant_id, profile_id) AS sizes
) AS labelled
GROUP BY tenant_id, label;

-- Of measure 2, days before 2010 (day 14610) count as its first: times of events are the clients', and rows by
-- day are bounded. Deltas are brought to it as they are folded.
WITH old AS (
  DELETE FROM field_counts WHERE measure = 2 AND day < 14610
  RETURNING seconds, count, tenant_id, source_id, attribute
)
INSERT INTO field_counts (seconds, count, tenant_id, source_id, day, measure, attribute)
SELECT sum(seconds), sum(count), tenant_id, source_id, 14610, 2, attribute
FROM old GROUP BY tenant_id, source_id, attribute
ON CONFLICT (tenant_id, measure, attribute, source_id, day) DO UPDATE
SET seconds = field_counts.seconds + excluded.seconds, count = field_counts.count + excluded.count;

-- Who shares a mailbox is found by a walk over this index, page by page (storage/mailboxes.h). It costs an
-- insert where an e-mail identifier is new, and nothing where it is known: it holds no column that changes.
CREATE INDEX identifiers_match ON identifiers (shard, tenant_id, match_id) WHERE match_id IS NOT NULL;

-- How much is in quarantine is counted every minute, without its wide rows.
CREATE INDEX quarantine_source ON quarantine (shard, tenant_id, source_id);

-- An index made on an empty table tells the planner that it is empty: so both get anew what
-- 0009_first_statistics.sql gave them.
INSERT INTO identifiers (first_seen_at, shard, tenant_id, node_id, birth_id, component_id, profile_id, kind,
                         value_sealed, match_id)
SELECT 'epoch', 0, 0, id, id, id, id, '', '', id
FROM generate_series(1, 1000) AS n, LATERAL (SELECT md5(n::text)::uuid AS id) AS made;

INSERT INTO quarantine (shard, tenant_id, source_id, kind, quarantine_id, received_at, key, schema_name, reason,
                        violations, body_sealed)
SELECT 0, 0, 0, 1, md5(n::text)::uuid, 'epoch', n::text, '', '', '[]', '' FROM generate_series(1, 1000) AS n;

ANALYZE identifiers, quarantine;

DELETE FROM identifiers WHERE shard = 0 AND tenant_id = 0;
DELETE FROM quarantine WHERE shard = 0 AND tenant_id = 0;
