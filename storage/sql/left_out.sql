-- Fields that were left out of accepted records, and the records as they were sent.

-- name: InsertLeftOut :exec
INSERT INTO record_left_out (received_at, shard, tenant_id, source_id, schema_id, kind, record_id, key, fields,
                             body_sealed)
SELECT $3, $1, $2, new.source_id, new.schema_id, new.kind, new.record_id, new.key, new.fields::jsonb, new.body_sealed
FROM unnest($4::int[], $5::int[], $6::smallint[], $7::uuid[], $8::text[], $9::text[], $10::bytea[])
  AS new (source_id, schema_id, kind, record_id, key, fields, body_sealed);

-- name: ListLeftOut :many
SELECT record_id, source_id, schema_id, kind, key, received_at, fields::text, body_sealed
FROM record_left_out
WHERE shard = $1 AND tenant_id = $2 AND record_id > $3
  AND ($4 = 0 OR source_id = $4)
  AND received_at >= $5 AND received_at < $6
  AND ($7::uuid[] = '{}' OR record_id = ANY ($7::uuid[]))
ORDER BY record_id
LIMIT $8;

-- name: CountLeftOut :many
SELECT l.source_id, l.schema_id, field.value ->> 'field', field.value ->> 'reason', count(*)
FROM record_left_out AS l
CROSS JOIN LATERAL jsonb_array_elements(l.fields) AS field (value)
WHERE l.shard = $1 AND l.tenant_id = $2
  AND ($3 = 0 OR l.source_id = $3)
  AND l.received_at >= $4 AND l.received_at < $5
GROUP BY 1, 2, 3, 4
ORDER BY count(*) DESC, 1, 2, 3, 4;
