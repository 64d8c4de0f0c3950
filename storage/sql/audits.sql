-- Audits: samples of what profiles say, and what people found them to be.

-- The same profiles for the same seed. Of each stratum its share of the size, and at least one.
-- name: DrawAuditSamples :many
SELECT picked.stratum, picked.profile_id, picked.record_id, picked.total
FROM (
  SELECT told.stratum, told.profile_id, told.record_id,
         row_number() OVER (PARTITION BY told.stratum ORDER BY md5($5::text || told.profile_id::text)) AS place,
         count(*) OVER (PARTITION BY told.stratum) AS stratum_size, count(*) OVER () AS total
  FROM (
    SELECT profile_id, (provenance -> $3 ->> 'r')::uuid AS record_id,
           CASE WHEN $6 = '' THEN COALESCE(provenance -> $3 ->> $7, '') ELSE COALESCE(attributes ->> $6, '') END AS stratum
    FROM profiles
    WHERE shard = $1 AND tenant_id = $2 AND provenance ? $3
  ) AS told
) AS picked
WHERE picked.place <= GREATEST(1, round($4::numeric * picked.stratum_size / picked.total))
ORDER BY picked.stratum, picked.place;

-- name: InsertAudit :exec
INSERT INTO audits (drawn_at, seed, population, tenant_id, audit_id, attribute, stratify_by, drawn_by)
VALUES ($3, $4, $5, $1, $2, $6, $7, $8);

-- name: InsertAuditSample :exec
INSERT INTO audit_samples (tenant_id, audit_id, number, profile_id, record_id, stratum)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: ReadAudits :many
SELECT a.audit_id, a.attribute, a.stratify_by, a.drawn_by, a.drawn_at, a.seed, a.population, count(*),
       count(*) FILTER (WHERE s.verdict = 1), count(*) FILTER (WHERE s.verdict = 2),
       count(*) FILTER (WHERE s.verdict = 3)
FROM audits AS a
JOIN audit_samples AS s ON s.tenant_id = a.tenant_id AND s.audit_id = a.audit_id
WHERE a.tenant_id = $1
GROUP BY a.audit_id, a.attribute, a.stratify_by, a.drawn_by, a.drawn_at, a.seed, a.population
ORDER BY a.drawn_at DESC, a.audit_id DESC
LIMIT $2;

-- The values are those of now; a value that another claim has replaced since is told as changed.
-- name: ReadAuditSamples :many
SELECT s.number, s.stratum, s.profile_id, COALESCE(p.attributes -> a.attribute, 'null')::text,
       COALESCE((p.provenance -> a.attribute ->> 'r')::uuid <> s.record_id, true), COALESCE(s.verdict, 0), s.comment,
       a.stratify_by = 'source'
FROM audits AS a
JOIN audit_samples AS s ON s.tenant_id = a.tenant_id AND s.audit_id = a.audit_id
LEFT JOIN profiles AS p ON p.shard = $1 AND p.tenant_id = $2 AND p.profile_id = s.profile_id
WHERE a.tenant_id = $2 AND a.audit_id = $3
ORDER BY s.number;

-- name: JudgeAuditSample :many
UPDATE audit_samples SET verdict = $4, judged_at = $5, judged_by = $6, comment = $7
WHERE tenant_id = $1 AND audit_id = $2 AND number = $3
RETURNING number;
