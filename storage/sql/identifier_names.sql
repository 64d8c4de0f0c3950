-- name: InsertIdentifierNames :exec
INSERT INTO identifier_names (shard, tenant_id, node_id, name_id)
SELECT $1, $2, new.node_id, new.name_id
FROM unnest($3::uuid[], $4::uuid[]) AS new (node_id, name_id)
ON CONFLICT DO NOTHING;

-- name: CountIdentifierNames :many
SELECT node_id, count(*)::int AS names
FROM identifier_names
WHERE shard = $1 AND tenant_id = $2 AND node_id = ANY ($3::uuid[])
GROUP BY node_id;
