-- Session: what every connection and every transaction begins with.

-- name: SetTenant :one
SELECT set_config('selfsame.tenant', $1, true);

-- An acknowledged record is on disk. The levels below "on" do not promise that, or not of a standby that
-- PostgreSQL waits for; "remote_apply" promises more.
-- name: RequireDurableCommits :many
SELECT set_config('synchronous_commit', 'on', false)
WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply');
