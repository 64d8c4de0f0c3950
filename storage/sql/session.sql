-- Session: what every transaction begins with.

-- name: SetTenant :one
SELECT set_config('selfsame.tenant', $1, true);
