-- Rulesets: every version of each tenant's, and which was in force when.

-- name: InsertRuleset :one
INSERT INTO rulesets (tenant_id, version, created_at, created_by, body)
SELECT $1, COALESCE(max(version), 0) + 1, clock_timestamp(), $2, $3 FROM rulesets WHERE tenant_id = $1
RETURNING version;

-- The newest version of this very text, if it is the newest of all.
-- name: FindSameRuleset :one
SELECT version FROM rulesets
WHERE tenant_id = $1 AND body = $2 AND version = (SELECT max(version) FROM rulesets WHERE tenant_id = $1);

-- name: ReadRulesetBody :one
SELECT body FROM rulesets WHERE tenant_id = $1 AND version = $2;

-- By the database's clock, which all servers share: since when it is in force decides what may be done by it.
-- name: InsertActivation :exec
INSERT INTO ruleset_activations (tenant_id, version, activated_at, actor, reason)
VALUES ($1, $2, clock_timestamp(), $3, $4);

-- Its age in microseconds, by the one clock that all servers share.
-- name: ReadActivation :one
SELECT version, (extract(epoch FROM clock_timestamp() - activated_at) * 1000000)::bigint,
       (SELECT min(activation_id) FROM ruleset_activations AS run
        WHERE run.tenant_id = $1 AND run.activation_id > COALESCE(
          (SELECT max(activation_id) FROM ruleset_activations AS other
           WHERE other.tenant_id = $1 AND other.version <> a.version), 0)) AS since
FROM ruleset_activations AS a
WHERE tenant_id = $1 ORDER BY activation_id DESC LIMIT 1;

-- The version in force before the present one was activated; 0 when it is the first.
-- name: FindVersionBefore :one
SELECT COALESCE((SELECT version FROM ruleset_activations AS a
                 WHERE a.tenant_id = $1 AND a.version IS DISTINCT FROM (
                   SELECT version FROM ruleset_activations AS b
                   WHERE b.tenant_id = $1 ORDER BY activation_id DESC LIMIT 1)
                 ORDER BY activation_id DESC LIMIT 1), 0);

-- name: ListActivations :many
SELECT version, activated_at, actor, reason FROM ruleset_activations
WHERE tenant_id = $1 ORDER BY activation_id;

-- Since: the activation since which the version is in force, without another one in between.
-- name: DirectoryRulesets :many
SELECT a.tenant_id, a.version,
       (SELECT min(activation_id) FROM ruleset_activations AS run
        WHERE run.tenant_id = a.tenant_id AND run.activation_id > COALESCE(
          (SELECT max(activation_id) FROM ruleset_activations AS other
           WHERE other.tenant_id = a.tenant_id AND other.version <> a.version), 0)) AS since
FROM (SELECT DISTINCT ON (tenant_id) tenant_id, version FROM ruleset_activations
      ORDER BY tenant_id, activation_id DESC) AS a;
