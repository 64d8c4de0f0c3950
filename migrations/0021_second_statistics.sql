-- New indexes on empty tables told the planner that edges and claims are empty, and so every way to
-- read them seemed as cheap as the next: it read all of a tenant's edges for each probe, until
-- autovacuum came round a minute later. So they get what 0009_first_statistics.sql gave them anew.
-- And components, which are locked in their order, get it too: one walk over all of a tenant's seemed
-- cheaper than finding a few and sorting them.
CREATE STATISTICS components_shard_tenant (dependencies) ON shard, tenant_id FROM components;

-- Either end of an edge selects.
INSERT INTO edges (first_evidence_at, shard, tenant_id, strength, refusal, node_a, node_b, record_id)
SELECT 'epoch', 0, 0, 2, 0, id, ('ffffffff' || substr(md5(n::text), 9))::uuid, id
FROM generate_series(1, 1000) AS n, LATERAL (SELECT md5(n::text)::uuid AS id) AS made;

INSERT INTO claims (event_time, shard, tenant_id, source_id, anchor, record_id, attribute, key, value)
SELECT 'epoch', 0, 0, 0, md5(n::text)::uuid, md5(n::text)::uuid, '', n::text, '""' FROM generate_series(1, 1000) AS n;

INSERT INTO components (shard, tenant_id, component_id)
SELECT 0, 0, md5(n::text)::uuid FROM generate_series(1, 1000) AS n;

ANALYZE edges, claims, components;

DELETE FROM edges WHERE shard = 0 AND tenant_id = 0;
DELETE FROM claims WHERE shard = 0 AND tenant_id = 0;
DELETE FROM components WHERE shard = 0 AND tenant_id = 0;
