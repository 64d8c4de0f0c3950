-- How many replicas follow, and how far behind the last of them is: of all that a monitoring role may read, these two
-- numbers only. Whoever migrates needs pg_monitor (or pg_read_all_stats) for the second; without it, it is unknown. A
-- replica that has all there is has no lag.
CREATE FUNCTION selfsame_replication(OUT replicas bigint, OUT lag_seconds double precision)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog
AS $$
  SELECT count(*),
         CASE WHEN count(*) = count(state)
              THEN COALESCE(extract(epoch FROM max(COALESCE(replay_lag, flush_lag, write_lag))), 0)::double precision
         END
  FROM pg_stat_replication
  WHERE state IS DISTINCT FROM 'backup'
$$;
REVOKE ALL ON FUNCTION selfsame_replication() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION selfsame_replication() TO selfsame_app;
