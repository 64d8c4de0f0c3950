-- Accepted records, append-only: the truth everything else derives from. One partition a day of
-- receipt. The primary key is also the timeline of an anchor, so no second index is carried.
--
-- The server COPYs straight into a day's partition, where it may insert but not read; it reads
-- through this parent, where row-level security holds it to its tenant.
CREATE TABLE records (
  event_time     timestamptz NOT NULL,
  received_at    timestamptz NOT NULL,
  shard          int         NOT NULL,
  tenant_id      int         NOT NULL,
  source_id      int         NOT NULL,
  schema_id      int         NOT NULL,
  -- 1 event, 2 profile update.
  kind           smallint    NOT NULL,
  -- 1 protobuf, 2 JSON.
  payload_format smallint    NOT NULL,
  anchor         uuid        NOT NULL,
  record_id      uuid        NOT NULL,
  key            text        COLLATE "C" NOT NULL,
  payload        bytea       NOT NULL,
  -- Node ids of the other identifiers, 16 bytes each, in canonical order; null when there are none.
  others         bytea,
  -- selfsame.ingest.v1.ConsentContext as sent; null when absent.
  consent        bytea,
  CONSTRAINT records_pkey PRIMARY KEY (shard, tenant_id, anchor, event_time, record_id, received_at)
) PARTITION BY RANGE (received_at);

ALTER TABLE records ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON records
  USING (tenant_id = (SELECT NULLIF(current_setting('selfsame.tenant', true), '')::int));
GRANT SELECT ON records TO selfsame_app;

-- Makes the partitions of `days` days from `first_day` (UTC) that do not exist yet; returns how
-- many it made. Runs with its owner's rights: the server itself may create nothing. Attaching
-- rather than creating in place keeps readers of the parent undisturbed.
CREATE FUNCTION ensure_record_partitions(first_day date, days int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  made int := 0;
  partition_day date;
  partition_name text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('selfsame.ensure_record_partitions'));
  FOR offset_days IN 0 .. days - 1 LOOP
    partition_day := first_day + offset_days;
    partition_name := 'records_' || to_char(partition_day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(quote_ident(partition_name)) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE records INCLUDING ALL)', partition_name);
    EXECUTE format('ALTER TABLE records ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition_name,
                   partition_day::timestamp AT TIME ZONE 'UTC', (partition_day + 1)::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('GRANT INSERT ON %I TO selfsame_app', partition_name);
    made := made + 1;
  END LOOP;
  RETURN made;
END
$$;
REVOKE ALL ON FUNCTION ensure_record_partitions(date, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_record_partitions(date, int) TO selfsame_app;
