-- Migrations: which were applied, and what the catalog looked like afterwards.

-- name: LockMigrations :exec
SELECT pg_advisory_lock(hashtext('selfsame.migrations'));

-- name: UnlockMigrations :exec
SELECT pg_advisory_unlock(hashtext('selfsame.migrations'));

-- name: CreateMigrationsTable :exec
CREATE TABLE IF NOT EXISTS schema_migrations (
  version             int         NOT NULL CONSTRAINT schema_migrations_pkey PRIMARY KEY,
  name                text        NOT NULL CONSTRAINT schema_migrations_name_length CHECK (length(name) BETWEEN 1 AND 200),
  -- BLAKE2b-256 of the file, in hex.
  checksum            text        NOT NULL CONSTRAINT schema_migrations_checksum_length CHECK (length(checksum) = 64),
  applied_at          timestamptz NOT NULL,
  duration_ms         bigint      NOT NULL CONSTRAINT schema_migrations_duration_positive CHECK (duration_ms >= 0),
  -- BLAKE2b-256 of what CatalogObjects returned afterwards, in hex.
  catalog_fingerprint text        NOT NULL CONSTRAINT schema_migrations_fingerprint_length CHECK (length(catalog_fingerprint) = 64)
);

-- name: GrantMigrations :exec
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'selfsame_app') THEN
    GRANT SELECT ON schema_migrations TO selfsame_app;
  END IF;
END
$$;

-- name: MigrationsTableExists :one
SELECT to_regclass('schema_migrations') IS NOT NULL AS present;

-- name: ListMigrations :many
SELECT version, name, checksum, applied_at, duration_ms, catalog_fingerprint
FROM schema_migrations
ORDER BY version;

-- name: FindMigrationChecksum :one
SELECT checksum FROM schema_migrations WHERE version = $1;

-- name: RecordMigration :exec
INSERT INTO schema_migrations (version, name, checksum, applied_at, duration_ms, catalog_fingerprint)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: CatalogObjects :many
-- Everything a migration can make in our schema, a line each, in an order that depends on nothing
-- else. Left out: partitions (workers make those of records), schema_migrations, what belongs to
-- an extension, and the names of owners.
WITH ours AS (
  SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.reloptions
  FROM pg_class AS c
  WHERE c.relnamespace = current_schema()::regnamespace
    AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    AND NOT c.relispartition
    AND c.relname <> 'schema_migrations'
    AND NOT EXISTS (SELECT FROM pg_depend AS d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), our_functions AS (
  SELECT p.oid, p.oid::regprocedure::text AS signature, p.proowner, p.proacl
  FROM pg_proc AS p
  WHERE p.pronamespace = current_schema()::regnamespace
    AND p.prokind IN ('f', 'p')
    AND NOT EXISTS (SELECT FROM pg_depend AS d
                    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
), objects (line) AS (
  SELECT format('relation %s kind=%s row_security=%s,%s options=%s view=%s partitioned=%s', relname, relkind,
                relrowsecurity, relforcerowsecurity, reloptions,
                CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END,
                CASE WHEN relkind = 'p' THEN pg_get_partkeydef(oid) END)
  FROM ours
  UNION ALL
  SELECT format('column %s.%s %s collation=%s not_null=%s identity=%s generated=%s default=%s', o.relname, a.attname,
                format_type(a.atttypid, a.atttypmod), l.collname, a.attnotnull, a.attidentity, a.attgenerated,
                pg_get_expr(d.adbin, d.adrelid))
  FROM ours AS o
  JOIN pg_attribute AS a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
  UNION ALL
  SELECT format('constraint %s.%s %s', o.relname, c.conname, pg_get_constraintdef(c.oid))
  FROM ours AS o
  JOIN pg_constraint AS c ON c.conrelid = o.oid AND c.contype IN ('c', 'f', 'p', 'u', 'x')
  UNION ALL
  SELECT format('index %s', pg_get_indexdef(i.indexrelid))
  FROM ours AS o
  JOIN pg_index AS i ON i.indrelid = o.oid
  UNION ALL
  SELECT format('policy %s.%s command=%s permissive=%s roles=%s using=%s check=%s', o.relname, p.polname, p.polcmd,
                p.polpermissive,
                (SELECT array_agg(r.rolname ORDER BY r.rolname) FROM pg_roles AS r WHERE r.oid = ANY (p.polroles)),
                pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
  FROM ours AS o
  JOIN pg_policy AS p ON p.polrelid = o.oid
  UNION ALL
  SELECT format('trigger %s.%s %s', o.relname, t.tgname, pg_get_triggerdef(t.oid))
  FROM ours AS o
  JOIN pg_trigger AS t ON t.tgrelid = o.oid AND NOT t.tgisinternal
  UNION ALL
  SELECT format('function %s', pg_get_functiondef(oid))
  FROM our_functions
  UNION ALL
  SELECT format('grant %s on %s to %s grantable=%s', g.privilege_type, o.relname,
                coalesce(r.rolname, 'public'), g.is_grantable)
  FROM ours AS o
  CROSS JOIN LATERAL aclexplode(o.relacl) AS g
  LEFT JOIN pg_roles AS r ON r.oid = g.grantee
  WHERE g.grantee <> o.relowner
  UNION ALL
  SELECT format('grant %s on %s.%s to %s grantable=%s', g.privilege_type, o.relname, a.attname,
                coalesce(r.rolname, 'public'), g.is_grantable)
  FROM ours AS o
  JOIN pg_attribute AS a ON a.attrelid = o.oid AND NOT a.attisdropped
  CROSS JOIN LATERAL aclexplode(a.attacl) AS g
  LEFT JOIN pg_roles AS r ON r.oid = g.grantee
  UNION ALL
  SELECT format('grant %s on function %s to %s grantable=%s', g.privilege_type, f.signature,
                coalesce(r.rolname, 'public'), g.is_grantable)
  FROM our_functions AS f
  CROSS JOIN LATERAL aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) AS g
  LEFT JOIN pg_roles AS r ON r.oid = g.grantee
  WHERE g.grantee <> f.proowner
)
SELECT line FROM objects ORDER BY line COLLATE "C";
