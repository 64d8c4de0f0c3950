-- Quality: small sums of what profiles say and of what sources sent.

-- name: InsertQualityDeltas :exec
INSERT INTO quality_deltas (seconds, profiles, shard, tenant_id, source_id, day, delta_id, attribute)
SELECT new.seconds, new.profiles, $1, $2, new.source_id, new.day, new.delta_id, new.attribute
FROM unnest($3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::uuid[], $8::text[])
  AS new (seconds, profiles, source_id, day, delta_id, attribute);

-- In the order of the key, so that two servers that fold at once do not wait for each other crosswise.
-- name: FoldQualityDeltas :one
WITH taken AS (
  DELETE FROM quality_deltas
  WHERE shard = $1 AND tenant_id = $2 AND delta_id IN (
    SELECT delta_id FROM quality_deltas
    WHERE shard = $1 AND tenant_id = $2
    ORDER BY delta_id LIMIT $3 FOR UPDATE SKIP LOCKED)
  RETURNING seconds, profiles, source_id, day, attribute
), summed AS (
  INSERT INTO profile_fields (seconds, profiles, tenant_id, source_id, day, attribute)
  SELECT sum(seconds)::bigint, sum(profiles)::bigint, $2, source_id, day, attribute
  FROM taken GROUP BY attribute, source_id, day
  ORDER BY attribute, source_id, day
  ON CONFLICT (tenant_id, attribute, source_id, day) DO UPDATE
  SET seconds = profile_fields.seconds + excluded.seconds, profiles = profile_fields.profiles + excluded.profiles
)
SELECT count(*) FROM taken;

-- name: DropEmptyProfileFields :exec
DELETE FROM profile_fields WHERE tenant_id = $1 AND profiles = 0 AND seconds = 0;

-- What is folded and what waits to be, as of one moment.
-- name: ReadProfileFields :many
SELECT attribute, source_id, day, sum(profiles)::bigint, sum(seconds)::bigint
FROM (
  SELECT attribute, source_id, day, profiles, seconds FROM profile_fields WHERE tenant_id = $2
  UNION ALL
  SELECT attribute, source_id, day, profiles, seconds FROM quality_deltas WHERE shard = $1 AND tenant_id = $2
) AS kept
GROUP BY attribute, source_id, day
HAVING sum(profiles) <> 0 OR sum(seconds) <> 0
ORDER BY attribute, source_id, day;

-- Every difference between the sums and the profiles themselves, as of one moment.
-- name: RecountProfileFields :many
WITH kept AS (
  SELECT attribute, source_id, day, sum(profiles) AS profiles, sum(seconds) AS seconds
  FROM (
    SELECT attribute, source_id, day, profiles, seconds FROM profile_fields WHERE tenant_id = $2
    UNION ALL
    SELECT attribute, source_id, day, profiles, seconds FROM quality_deltas WHERE shard = $1 AND tenant_id = $2
  ) AS sums
  GROUP BY attribute, source_id, day
), told AS (
  SELECT said.attribute, said.source_id, said.day, count(*) AS profiles, sum(said.seconds) AS seconds
  FROM profiles AS p
  CROSS JOIN LATERAL (
    SELECT key AS attribute, (value ->> 's')::int AS source_id, ((value ->> 't')::bigint / 86400000000)::int AS day,
           (value ->> 't')::bigint / 1000000 AS seconds
    FROM jsonb_each(p.provenance)
    WHERE p.attributes ? key
    UNION ALL
    SELECT '', 0, 0, 0
  ) AS said
  WHERE p.shard = $1 AND p.tenant_id = $2
  GROUP BY said.attribute, said.source_id, said.day
)
SELECT attribute, source_id, day, COALESCE(kept.profiles, 0)::bigint, COALESCE(told.profiles, 0)::bigint,
       COALESCE(kept.seconds, 0)::bigint, COALESCE(told.seconds, 0)::bigint
FROM kept FULL JOIN told USING (attribute, source_id, day)
WHERE COALESCE(kept.profiles, 0) <> COALESCE(told.profiles, 0)
   OR COALESCE(kept.seconds, 0) <> COALESCE(told.seconds, 0)
ORDER BY attribute, source_id, day;

-- Adds a delta for every difference: what commits meanwhile stays counted.
-- name: InsertQualityRepair :exec
INSERT INTO quality_deltas (seconds, profiles, shard, tenant_id, source_id, day, delta_id, attribute)
VALUES ($3, $4, $1, $2, $5, $6, $7, $8);

-- name: AddSourceHour :exec
INSERT INTO source_hours (hour_at, received, accepted, duplicate, quarantined, consent_denied, suppressed, rejected,
                          alike, tenant_id, source_id)
VALUES ($3, $4, $5, $6, $7, $8, $9, $10, $11, $1, $2)
ON CONFLICT (tenant_id, source_id, hour_at) DO UPDATE
SET received = source_hours.received + excluded.received, accepted = source_hours.accepted + excluded.accepted,
    duplicate = source_hours.duplicate + excluded.duplicate,
    quarantined = source_hours.quarantined + excluded.quarantined,
    consent_denied = source_hours.consent_denied + excluded.consent_denied,
    suppressed = source_hours.suppressed + excluded.suppressed, rejected = source_hours.rejected + excluded.rejected,
    alike = source_hours.alike + excluded.alike;

-- name: DeleteSourceHours :exec
DELETE FROM source_hours WHERE tenant_id = $1 AND hour_at < $2;

-- name: ReadSourceHours :many
SELECT source_id, hour_at, received, accepted, duplicate, quarantined, consent_denied, suppressed, rejected, alike
FROM source_hours
WHERE tenant_id = $1 AND hour_at >= $2
ORDER BY source_id, hour_at;

-- How keys of one source were settled; a key that is not returned never arrived, or was refused at the door.
-- name: FindReceipts :many
SELECT r.key, r.outcome, r.received_at
FROM unnest($4::text[]) AS wanted (key)
CROSS JOIN LATERAL (
  SELECT key, outcome, received_at
  FROM receipts
  WHERE shard = $1 AND tenant_id = $2 AND source_id = $3 AND key = wanted.key
  LIMIT 1
) AS r;

-- A count of everything since a time: for an operator who reconciles, never for a measure.
-- name: CountReceipts :many
SELECT outcome, count(*) FROM receipts
WHERE shard = $1 AND tenant_id = $2 AND source_id = $3 AND received_at >= $4
GROUP BY outcome ORDER BY outcome;
