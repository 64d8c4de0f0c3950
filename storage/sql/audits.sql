-- Audits: samples of what profiles say, and what people found them to be.

-- The strata of the profiles that have a value, $6 of them at most; beside each, how many there are. A pass
-- over the tenant's profiles, and a hash table of the strata: of a million profiles half a second, or one where
-- each is a stratum of its own (two cores, all of it in memory).
-- name: CountAuditStrata :many
SELECT told.stratum, count(*), count(*) OVER ()
FROM (
  SELECT CASE WHEN $4 = '' THEN COALESCE(provenance -> $3 ->> $5, '') ELSE COALESCE(attributes ->> $4, '') END AS stratum
  FROM profiles
  WHERE shard = $1 AND tenant_id = $2 AND attributes ? $3 AND provenance ? $3
) AS told
GROUP BY told.stratum
LIMIT $6;

-- The same profiles for the same seed: those whose seeded hash is smallest. $7 is {"stratum": [bound, quota]}.
-- A pass over the tenant's profiles with one md5 each; only those below the bound of their stratum are
-- sorted, some twice as many as are drawn: of a million profiles 0.8 s rather than 4.4 s. Strata are looked
-- up in an object rather than joined: where the planner takes a tenant for a handful of rows it would go
-- through all of them for each profile.
-- name: DrawAuditSamples :many
SELECT picked.stratum, picked.profile_id, picked.record_id
FROM (
  SELECT told.stratum, told.profile_id, told.record_id,
         row_number() OVER (PARTITION BY told.stratum ORDER BY told.place) AS rank
  FROM (
    SELECT profile_id, (provenance -> $3 ->> 'r')::uuid AS record_id,
           md5($4::text || profile_id::text) COLLATE "C" AS place,
           CASE WHEN $5 = '' THEN COALESCE(provenance -> $3 ->> $6, '') ELSE COALESCE(attributes ->> $5, '') END AS stratum
    FROM profiles
    WHERE shard = $1 AND tenant_id = $2 AND attributes ? $3 AND provenance ? $3
  ) AS told
  WHERE told.place < ($7::jsonb -> told.stratum ->> 0) COLLATE "C"
) AS picked
WHERE picked.rank <= ($7::jsonb -> picked.stratum ->> 1)::int
ORDER BY picked.stratum, picked.rank;

-- name: InsertAudit :exec
INSERT INTO audits (drawn_at, seed, population, tenant_id, audit_id, attribute, stratify_by, drawn_by)
VALUES ($3, $4, $5, $1, $2, $6, $7, $8);

-- name: InsertAuditStrata :exec
INSERT INTO audit_strata (population, tenant_id, audit_id, stratum_hash)
SELECT new.population, $1, $2, new.stratum_hash
FROM unnest($3::bigint[], $4::uuid[]) AS new (population, stratum_hash);

-- Numbered from 1 on, as they come.
-- name: InsertAuditSamples :exec
INSERT INTO audit_samples (tenant_id, number, audit_id, profile_id, record_id, stratum_hash)
SELECT $1, new.number, $2, new.profile_id, new.record_id, new.stratum_hash
FROM unnest($3::uuid[], $4::uuid[], $5::uuid[]) WITH ORDINALITY AS new (profile_id, record_id, stratum_hash, number);

-- The last five columns are what a stratified estimate is made of (storage/audits.h, StratumSums).
-- name: ReadAudits :many
WITH newest AS (
  SELECT audit_id, attribute, stratify_by, drawn_by, drawn_at, seed, population
  FROM (
    SELECT audit_id, attribute, stratify_by, drawn_by, drawn_at, seed, population,
           row_number() OVER (PARTITION BY attribute ORDER BY drawn_at DESC, audit_id DESC) AS place
    FROM audits
    WHERE tenant_id = $1
  ) AS placed
  WHERE place <= $3 AND ($4::uuid = '00000000-0000-0000-0000-000000000000' OR (drawn_at, audit_id) <
      (SELECT drawn_at, audit_id FROM audits WHERE tenant_id = $1 AND audit_id = $4))
  ORDER BY drawn_at DESC, audit_id DESC
  LIMIT $2
), told AS (
  SELECT s.audit_id, s.stratum_hash, count(*) AS samples, count(*) FILTER (WHERE s.verdict = 1) AS hits,
         count(*) FILTER (WHERE s.verdict = 2) AS misses, count(*) FILTER (WHERE s.verdict = 3) AS unknown
  FROM newest AS n
  JOIN audit_samples AS s ON s.tenant_id = $1 AND s.audit_id = n.audit_id
  GROUP BY s.audit_id, s.stratum_hash
), weighed AS (
  SELECT t.audit_id, t.samples, t.hits, t.misses, t.unknown, w.population::float8 AS weight,
         NULLIF(t.hits + t.misses, 0)::float8 AS judged, t.hits::float8 / NULLIF(t.hits + t.misses, 0) AS share
  FROM told AS t
  LEFT JOIN audit_strata AS w ON w.tenant_id = $1 AND w.audit_id = t.audit_id AND w.stratum_hash = t.stratum_hash
), summed AS (
  SELECT audit_id, sum(samples)::bigint AS samples, sum(hits)::bigint AS hits, sum(misses)::bigint AS misses,
         sum(unknown)::bigint AS unknown, count(weight) AS strata,
         COALESCE(sum(weight) FILTER (WHERE judged > 0), 0) AS population, COALESCE(sum(weight * share), 0) AS hit_weight,
         COALESCE(sum(weight * weight * share * (1 - share) / judged), 0) AS spread,
         COALESCE(sum(weight * weight / judged), 0) AS square
  FROM weighed
  GROUP BY audit_id
)
SELECT n.audit_id, n.attribute, n.stratify_by, n.drawn_by, n.drawn_at, n.seed, n.population, s.samples, s.hits,
       s.misses, s.unknown, s.strata, s.population, s.hit_weight, s.spread, s.square
FROM newest AS n
JOIN summed AS s ON s.audit_id = n.audit_id
ORDER BY n.drawn_at DESC, n.audit_id DESC;

-- Values and strata are those of now; a value that another claim has replaced since is told as changed.
-- name: ReadAuditSamples :many
SELECT s.number, s.profile_id, COALESCE(p.attributes -> a.attribute, 'null')::text,
       COALESCE((p.provenance -> a.attribute ->> 'r')::uuid <> s.record_id, true), COALESCE(s.verdict, 0), s.comment,
       a.stratify_by, s.stratum_hash, p.profile_id IS NULL,
       CASE WHEN $4 = '' THEN COALESCE(p.provenance -> a.attribute ->> $5, '') ELSE COALESCE(p.attributes ->> $4, '') END
FROM audits AS a
JOIN audit_samples AS s ON s.tenant_id = a.tenant_id AND s.audit_id = a.audit_id
LEFT JOIN profiles AS p ON p.shard = $1 AND p.tenant_id = $2 AND p.profile_id = s.profile_id
WHERE a.tenant_id = $2 AND a.audit_id = $3 AND s.number > $6
ORDER BY s.number
LIMIT $7;

-- What an audit is stratified by.
-- name: ReadAuditPlan :many
SELECT stratify_by FROM audits WHERE tenant_id = $1 AND audit_id = $2;

-- name: JudgeAuditSample :many
UPDATE audit_samples SET verdict = $4, judged_at = $5, judged_by = $6, comment = $7
WHERE tenant_id = $1 AND audit_id = $2 AND number = $3
RETURNING number;
