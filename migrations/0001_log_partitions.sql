-- Written by hand. The log tables are partitioned by UTC day; neither role owns them, so both go through these functions.
-- Who may call them is granted in src/db/tenancy.ts, because the roles do not exist yet.

-- Built beside the parent and then attached: unlike CREATE TABLE ... PARTITION OF that does not wait for readers and writers of the logs.
CREATE FUNCTION public.ensure_log_partitions(from_day date, days int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' SET timezone = 'UTC' AS $$
DECLARE
  parent text;
  child text;
  day date;
BEGIN
  IF from_day IS NULL OR days IS NULL OR days NOT BETWEEN 1 AND 100 THEN
    RAISE EXCEPTION 'ensure_log_partitions makes 1 to 100 days' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  FOR day IN SELECT from_day + n FROM generate_series(0, days - 1) AS n LOOP
    FOREACH parent IN ARRAY ARRAY['log_bodies', 'upstream_logs'] LOOP
      child := parent || '_p' || to_char(day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
      -- Taken only when there is something to make, so that the common call never waits. Once it is held a query looks again:
      -- to_regclass would answer from a cache that does not yet know of what others made meanwhile.
      PERFORM pg_advisory_xact_lock(hashtext('intermodal log partitions'));
      CONTINUE WHEN EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = child);
      EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)', child, parent);
      EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', child);
      EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)', parent, child, day::timestamptz, (day + 1)::timestamptz);
    END LOOP;
  END LOOP;
END
$$;
--> statement-breakpoint
CREATE FUNCTION public.drop_log_partitions(before_day date) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  old record;
  dropped int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('intermodal log partitions'));
  FOR old IN
    SELECT parent.relname AS parent, child.relname AS child
    FROM pg_inherits
    JOIN pg_class parent ON parent.oid = inhparent
    JOIN pg_class child ON child.oid = inhrelid
    WHERE parent.oid IN ('public.log_bodies'::regclass, 'public.upstream_logs'::regclass)
      AND to_date(substring(child.relname FROM '_p(\d{8})$'), 'YYYYMMDD') < before_day
    ORDER BY child.relname
  LOOP
    EXECUTE format('ALTER TABLE public.%I DETACH PARTITION public.%I', old.parent, old.child);
    EXECUTE format('DROP TABLE public.%I', old.child);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION public.ensure_log_partitions(date, int), public.drop_log_partitions(date) FROM PUBLIC;
--> statement-breakpoint
-- Sealed bytes and hashes do not shrink, so nobody need try.
ALTER TABLE "log_bodies" ALTER COLUMN "sealed" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "upstream_logs" ALTER COLUMN "headers" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "page_contents" ALTER COLUMN "record_ids" SET STORAGE EXTERNAL;
