-- What the planner knows of the tables that batches are matched with. Where it takes shard and
-- tenant_id for selective, reading all of a tenant looks as cheap to it as one probe of a key, and
-- statements keep such a plan while the tables grow.

-- A tenant's rows are in one shard: the two select no more than either. Without this they seem to
-- leave nearly nothing once there are many tenants.
CREATE STATISTICS receipts_shard_tenant (dependencies) ON shard, tenant_id FROM receipts;
CREATE STATISTICS quarantine_shard_tenant (dependencies) ON shard, tenant_id FROM quarantine;
CREATE STATISTICS identifiers_shard_tenant (dependencies) ON shard, tenant_id FROM identifiers;
CREATE STATISTICS edges_shard_tenant (dependencies) ON shard, tenant_id FROM edges;
CREATE STATISTICS claims_shard_tenant (dependencies) ON shard, tenant_id FROM claims;
CREATE STATISTICS profiles_shard_tenant (dependencies) ON shard, tenant_id FROM profiles;

-- Until autovacuum first comes round a table has no statistics at all, and the planner assumes the
-- worst. So each gets some from rows of no tenant, which say that only the rest of a key selects.
INSERT INTO receipts (received_at, shard, tenant_id, source_id, outcome, record_id, fingerprint, key)
SELECT 'epoch', 0, 0, 0, 1, md5(n::text)::uuid, md5(n::text)::uuid, n::text FROM generate_series(1, 1000) AS n;

INSERT INTO quarantine (shard, tenant_id, source_id, kind, quarantine_id, received_at, key, schema_name, reason,
                        violations, body_sealed)
SELECT 0, 0, 0, 1, md5(n::text)::uuid, 'epoch', n::text, '', '', '[]', '' FROM generate_series(1, 1000) AS n;

INSERT INTO identifiers (first_seen_at, shard, tenant_id, node_id, birth_id, component_id, profile_id, kind,
                         value_sealed)
SELECT 'epoch', 0, 0, id, id, id, id, '', '' FROM generate_series(1, 1000) AS n, LATERAL (SELECT md5(n::text)::uuid AS id) AS made;

INSERT INTO edges (first_evidence_at, shard, tenant_id, strength, refusal, node_a, node_b, record_id)
SELECT 'epoch', 0, 0, 2, 0, id, 'ffffffff-ffff-ffff-ffff-ffffffffffff', id
FROM generate_series(1, 1000) AS n, LATERAL (SELECT md5(n::text)::uuid AS id) AS made;

INSERT INTO claims (event_time, shard, tenant_id, source_id, anchor, record_id, attribute, key, value)
SELECT 'epoch', 0, 0, 0, md5(n::text)::uuid, md5(n::text)::uuid, '', n::text, '""' FROM generate_series(1, 1000) AS n;

INSERT INTO profiles (created_at, updated_at, revision, shard, tenant_id, profile_id, attributes, provenance)
SELECT 'epoch', 'epoch', 1, 0, 0, md5(n::text)::uuid, '{}', '{}' FROM generate_series(1, 1000) AS n;

ANALYZE receipts, quarantine, identifiers, edges, claims, profiles;

DELETE FROM receipts WHERE shard = 0 AND tenant_id = 0;
DELETE FROM quarantine WHERE shard = 0 AND tenant_id = 0;
DELETE FROM identifiers WHERE shard = 0 AND tenant_id = 0;
DELETE FROM edges WHERE shard = 0 AND tenant_id = 0;
DELETE FROM claims WHERE shard = 0 AND tenant_id = 0;
DELETE FROM profiles WHERE shard = 0 AND tenant_id = 0;
