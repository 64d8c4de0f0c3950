-- Quality: small sums of what profiles say and of what sources sent.

-- name: InsertQualityDeltas :exec
INSERT INTO quality_deltas (seconds, count, shard, tenant_id, source_id, day, measure, delta_id, attribute)
SELECT new.seconds, new.count, $1, $2, new.source_id, new.day, new.measure, new.delta_id, new.attribute
FROM unnest($3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::smallint[], $8::uuid[], $9::text[])
  AS new (seconds, count, source_id, day, measure, delta_id, attribute);

-- Days of measure 2 before $4 count as $4, whoever wrote them.
-- In the order of the key, so that two servers that fold at once do not wait for each other crosswise.
-- name: FoldQualityDeltas :one
WITH taken AS (
  DELETE FROM quality_deltas
  WHERE shard = $1 AND tenant_id = $2 AND delta_id IN (
    SELECT delta_id FROM quality_deltas
    WHERE shard = $1 AND tenant_id = $2
    ORDER BY delta_id LIMIT $3 FOR UPDATE SKIP LOCKED)
  RETURNING seconds, count, source_id, day, measure, attribute
), summed AS (
  INSERT INTO field_counts (seconds, count, tenant_id, source_id, day, measure, attribute)
  SELECT sum(seconds)::bigint, sum(count)::bigint, $2, source_id, day, measure, attribute
  FROM (
    SELECT seconds, count, source_id, CASE measure WHEN 2 THEN GREATEST(day, $4) ELSE day END AS day, measure, attribute
    FROM taken
  ) AS floored
  GROUP BY measure, attribute, source_id, day
  ORDER BY measure, attribute, source_id, day
  ON CONFLICT (tenant_id, measure, attribute, source_id, day) DO UPDATE
  SET seconds = field_counts.seconds + excluded.seconds, count = field_counts.count + excluded.count
)
SELECT count(*) FROM taken;

-- name: DropEmptyFieldCounts :exec
DELETE FROM field_counts WHERE tenant_id = $1 AND count = 0 AND seconds = 0;

-- What is folded and what waits to be, as of one moment. Days of measure 2 before $3 count as $3; those before
-- $4 go by stretches of 30 days, each as its middle.
-- name: ReadFieldCounts :many
SELECT measure, attribute, source_id, day, sum(count)::bigint, sum(seconds)::bigint
FROM (
  SELECT measure, attribute, source_id,
         CASE WHEN measure <> 2 THEN day
              WHEN GREATEST(day, $3) >= $4 THEN GREATEST(day, $3)
              ELSE $4 - 15 - 30 * (($4 - 1 - GREATEST(day, $3)) / 30) END AS day,
         count, seconds
  FROM (
    SELECT measure, attribute, source_id, day, count, seconds FROM field_counts WHERE tenant_id = $2
    UNION ALL
    SELECT measure, attribute, source_id, day, count, seconds FROM quality_deltas WHERE shard = $1 AND tenant_id = $2
  ) AS sums
) AS kept
GROUP BY measure, attribute, source_id, day
HAVING sum(count) <> 0 OR sum(seconds) <> 0
ORDER BY measure, attribute, source_id, day;

-- Every difference between the sums and the profiles, claims and identifiers themselves, as of one moment. Days
-- of measure 2 before $3 count as $3.
-- name: RecountFieldCounts :many
WITH kept AS (
  SELECT measure, attribute, source_id, floored.day, sum(count) AS count, sum(seconds) AS seconds
  FROM (
    SELECT measure, attribute, source_id, day, count, seconds FROM field_counts WHERE tenant_id = $2
    UNION ALL
    SELECT measure, attribute, source_id, day, count, seconds FROM quality_deltas
    WHERE shard = $1 AND tenant_id = $2
  ) AS sums
  CROSS JOIN LATERAL (SELECT CASE measure WHEN 2 THEN GREATEST(sums.day, $3) ELSE sums.day END AS day) AS floored
  GROUP BY measure, attribute, source_id, floored.day
), filled AS (
  SELECT 1::smallint AS measure, said.attribute, said.source_id, 0 AS day, count(*) AS count, 0::numeric AS seconds
  FROM profiles AS p
  CROSS JOIN LATERAL (
    SELECT key AS attribute, (value ->> 's')::int AS source_id
    FROM jsonb_each(p.provenance)
    WHERE p.attributes ? key
    UNION ALL
    SELECT '', 0
  ) AS said
  WHERE p.shard = $1 AND p.tenant_id = $2
  GROUP BY said.attribute, said.source_id
), newest AS (
  SELECT DISTINCT ON (anchor, attribute) attribute, source_id, operation, floor(extract(epoch FROM event_time)) AS at
  FROM claims
  WHERE shard = $1 AND tenant_id = $2
  ORDER BY anchor, attribute, event_time DESC, source_id DESC, key DESC
), sized AS (
  SELECT CASE WHEN size <= 3 THEN size::text
              WHEN size <= 5 THEN '4-5'
              WHEN size <= 10 THEN '6-10'
              WHEN size <= 20 THEN '11-20'
              WHEN size <= 50 THEN '21-50'
              WHEN size <= 100 THEN '51-100'
              WHEN size <= 1000 THEN '101-1000'
              ELSE '1001+' END AS attribute
  FROM (
    SELECT count(*) AS size FROM identifiers WHERE shard = $1 AND tenant_id = $2 GROUP BY profile_id
  ) AS sizes
), told AS (
  SELECT measure, attribute, source_id, day, count, seconds FROM filled
  UNION ALL
  SELECT 2::smallint, attribute, source_id, GREATEST(floor(at / 86400)::int, $3), count(*), sum(at)
  FROM newest WHERE operation <> 3
  GROUP BY attribute, source_id, GREATEST(floor(at / 86400)::int, $3)
  UNION ALL
  SELECT 3::smallint, attribute, 0, 0, count(*), 0 FROM sized GROUP BY attribute
)
SELECT measure, attribute, source_id, day, COALESCE(kept.count, 0)::bigint, COALESCE(told.count, 0)::bigint,
       COALESCE(kept.seconds, 0)::bigint, COALESCE(told.seconds, 0)::bigint
FROM kept FULL JOIN told USING (measure, attribute, source_id, day)
WHERE COALESCE(kept.count, 0) <> COALESCE(told.count, 0)
   OR COALESCE(kept.seconds, 0) <> COALESCE(told.seconds, 0)
ORDER BY measure, attribute, source_id, day;

-- Adds a delta for every difference: what commits meanwhile stays counted.
-- name: InsertQualityRepair :exec
INSERT INTO quality_deltas (seconds, count, shard, tenant_id, source_id, day, measure, delta_id, attribute)
VALUES ($3, $4, $1, $2, $5, $6, $7, $8, $9);

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

-- name: ReadLastHours :many
SELECT s.source_id, last.hour_at
FROM sources AS s
CROSS JOIN LATERAL (
  SELECT hour_at FROM source_hours
  WHERE tenant_id = $1 AND source_id = s.source_id AND received > 0
  ORDER BY hour_at DESC
  LIMIT 1
) AS last
WHERE s.tenant_id = $1;

-- name: CountQuarantinedBySource :many
SELECT source_id, count(*) FROM quarantine
WHERE shard = $1 AND tenant_id = $2
GROUP BY source_id ORDER BY source_id;

-- What became of keys of one source: 1 accepted, 2 in quarantine, 3 quarantined and gone from there since. A
-- key that is not returned never arrived, or was refused at the door. Each is a probe or two of a primary key.
-- name: FindReceipts :many
SELECT r.key,
       CASE WHEN r.outcome = 1 THEN 1
            WHEN (SELECT q.source_id FROM quarantine AS q
                  WHERE q.shard = $1 AND q.tenant_id = $2 AND q.quarantine_id = r.record_id LIMIT 1) IS NOT NULL THEN 2
            ELSE 3 END,
       r.received_at
FROM unnest($4::text[]) AS wanted (key)
CROSS JOIN LATERAL (
  SELECT key, outcome, record_id, received_at
  FROM receipts
  WHERE shard = $1 AND tenant_id = $2 AND source_id = $3 AND key = wanted.key
  LIMIT 1
) AS r;

-- For an operator who reconciles, never for a measure. Receipts are ordered by key and have no index by time,
-- which every record would pay for: those of the source are read from the first on, and $5 of them at most.
-- name: CountReceipts :one
SELECT count(*), count(*) FILTER (WHERE seen.outcome = 1 AND seen.received_at >= $4),
       count(*) FILTER (WHERE seen.outcome = 3 AND seen.received_at >= $4)
FROM (
  SELECT outcome, received_at FROM receipts
  WHERE shard = $1 AND tenant_id = $2 AND source_id = $3
  LIMIT $5
) AS seen;
