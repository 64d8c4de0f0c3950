-- Trust of sources that a directory does not know yet.

-- name: FindTrusts :many
SELECT source_id, name, trust_priority FROM sources WHERE tenant_id = $1 AND source_id = ANY ($2::int[]);
