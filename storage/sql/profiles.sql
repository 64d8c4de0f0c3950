-- Profiles and the claims they fold from. Written only under the lock of the profile's component.
-- Joins with a batch are written as in receipts.sql.

-- name: InsertClaims :exec
INSERT INTO claims (event_time, shard, tenant_id, source_id, anchor, record_id, attribute, key, value, operation,
                    schema_id, derived)
SELECT new.event_time, $1, $2, new.source_id, new.anchor, new.record_id, new.attribute, new.key, new.value,
       new.operation, new.schema_id, new.derived
FROM unnest($3::timestamptz[], $4::int[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::smallint[],
            $11::int[], $12::text[])
  AS new (event_time, source_id, anchor, record_id, attribute, key, value, operation, schema_id, derived);

-- The newest claim of each attribute of each anchor.
-- name: LoadNewestClaims :many
SELECT c.anchor, c.attribute, c.event_time, c.source_id, c.key, c.record_id, c.value, c.operation, c.schema_id, c.derived
FROM unnest($3::uuid[], $4::text[]) AS wanted (node_id, attribute)
CROSS JOIN LATERAL (
  SELECT anchor, attribute, event_time, source_id, key, record_id, value, operation, schema_id, derived
  FROM claims
  WHERE shard = $1 AND tenant_id = $2 AND anchor = wanted.node_id AND attribute = wanted.attribute
  ORDER BY event_time DESC, source_id DESC, key DESC
  LIMIT 1
) AS c;

-- name: LoadClaims :many
SELECT c.anchor, c.attribute, c.event_time, c.source_id, c.key, c.record_id, c.value, c.operation, c.schema_id, c.derived
FROM unnest($3::uuid[]) AS member (node_id)
CROSS JOIN LATERAL (
  SELECT anchor, attribute, event_time, source_id, key, record_id, value, operation, schema_id, derived
  FROM claims
  WHERE shard = $1 AND tenant_id = $2 AND anchor = member.node_id
  OFFSET 0
) AS c;

-- Claims of some attributes of some anchors, each from a time until another.
-- name: LoadClaimsSince :many
SELECT c.anchor, c.attribute, c.event_time, c.source_id, c.key, c.record_id, c.value, c.operation, c.schema_id, c.derived
FROM unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[]) AS wanted (node_id, attribute, since, until)
CROSS JOIN LATERAL (
  SELECT anchor, attribute, event_time, source_id, key, record_id, value, operation, schema_id, derived
  FROM claims
  WHERE shard = $1 AND tenant_id = $2 AND anchor = wanted.node_id AND attribute = wanted.attribute
    AND event_time >= wanted.since AND event_time <= wanted.until
  OFFSET 0
) AS c;

-- The members of profiles whose components are locked: found by the member that gave the profile its id.
-- name: LoadProfileMembers :many
SELECT r.birth_id, m.node_id
FROM unnest($3::uuid[]) AS wanted (profile_id)
CROSS JOIN LATERAL (
  SELECT birth_id, component_id FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND birth_id = wanted.profile_id
  LIMIT 1
) AS r
CROSS JOIN LATERAL (
  SELECT node_id FROM identifiers
  WHERE shard = $1 AND tenant_id = $2 AND component_id = r.component_id AND profile_id = wanted.profile_id
  OFFSET 0
) AS m;

-- name: LoadProfiles :many
SELECT p.profile_id, p.revision, p.attributes::text, p.provenance::text
FROM unnest($3::uuid[]) AS wanted (profile_id)
CROSS JOIN LATERAL (
  SELECT profile_id, revision, attributes, provenance
  FROM profiles
  WHERE shard = $1 AND tenant_id = $2 AND profile_id = wanted.profile_id
  LIMIT 1
) AS p;

-- name: UpsertProfiles :exec
INSERT INTO profiles (created_at, updated_at, revision, shard, tenant_id, profile_id, attributes, provenance)
SELECT new.created_at, $3, new.revision, $1, $2, new.profile_id, new.attributes::jsonb, new.provenance::jsonb
FROM unnest($4::timestamptz[], $5::bigint[], $6::uuid[], $7::text[], $8::text[])
  AS new (created_at, revision, profile_id, attributes, provenance)
ON CONFLICT (shard, tenant_id, profile_id) DO UPDATE
SET updated_at = excluded.updated_at, revision = excluded.revision,
    attributes = excluded.attributes, provenance = excluded.provenance;

-- name: DeleteProfiles :exec
DELETE FROM profiles WHERE shard = $1 AND tenant_id = $2 AND profile_id = ANY ($3::uuid[]);
