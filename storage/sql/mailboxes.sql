-- Mailboxes: which profiles share one with another.

-- name: FindMailboxPageEnd :many
SELECT match_id FROM identifiers
WHERE shard = $1 AND tenant_id = $2 AND match_id IS NOT NULL AND match_id > $3
ORDER BY match_id
OFFSET $4 LIMIT 1;

-- The index alone says which mailboxes have several identifiers; only those are looked at.
-- name: ListSharedMailboxes :many
SELECT DISTINCT unnest(sharing.profiles)
FROM (
  SELECT array_agg(DISTINCT i.profile_id) AS profiles
  FROM (
    SELECT match_id FROM identifiers
    WHERE shard = $1 AND tenant_id = $2 AND match_id IS NOT NULL AND match_id > $3 AND match_id <= $4
    GROUP BY match_id HAVING count(*) > 1
  ) AS several
  JOIN identifiers AS i ON i.shard = $1 AND i.tenant_id = $2 AND i.match_id = several.match_id
  GROUP BY several.match_id
  HAVING count(DISTINCT i.profile_id) > 1
) AS sharing;
