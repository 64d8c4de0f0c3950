-- Vocabularies: terms and their synonyms, in versions.

-- name: LockVocabularyName :exec
SELECT pg_advisory_xact_lock(hashtextextended($1::text || ' of ' || $2::text, 8));

-- name: InsertVocabularyVersion :one
INSERT INTO vocabularies (tenant_id, name, version, content_hash, registered_by, created_at, terms)
SELECT $1::int, $2::text, COALESCE(max(version), 0) + 1, $3, $4, $5, $6::jsonb
FROM vocabularies
WHERE tenant_id = $1 AND name = $2
RETURNING version;

-- The newest of each name, or of one with $2; a given version with $3.
-- name: ListVocabularies :many
SELECT DISTINCT ON (name COLLATE "C") name, version, content_hash, registered_by, created_at,
       jsonb_array_length(terms)
FROM vocabularies
WHERE tenant_id = $1 AND ($2 = '' OR name = $2) AND ($3 = 0 OR version = $3)
ORDER BY name COLLATE "C", version DESC;

-- The newest of each name after one, by name.
-- name: ListVocabularyPage :many
SELECT DISTINCT ON (name COLLATE "C") name, version, content_hash, registered_by, created_at,
       jsonb_array_length(terms)
FROM vocabularies
WHERE tenant_id = $1 AND name COLLATE "C" > $2::text COLLATE "C"
ORDER BY name COLLATE "C", version DESC
LIMIT $3;

-- Registrations of a tenant, one after the other: each counts what those before it stored.
-- name: LockTenantVocabularies :exec
SELECT pg_advisory_xact_lock(hashtextextended($1::text, 10));

-- What a tenant has registered: versions of one name, other names, bytes.
-- name: CountVocabularies :one
SELECT count(*) FILTER (WHERE name = $2), count(DISTINCT name) FILTER (WHERE name <> $2),
       COALESCE(sum(octet_length(terms::text)), 0)::bigint
FROM vocabularies
WHERE tenant_id = $1;

-- name: ReadVocabulary :one
SELECT terms::text FROM vocabularies WHERE tenant_id = $1 AND name = $2 AND version = $3;

-- name: ListVocabularyHeads :many
SELECT tenant_id, name, max(version) FROM vocabularies GROUP BY tenant_id, name ORDER BY tenant_id, name COLLATE "C";
