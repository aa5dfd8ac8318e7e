from django.db import migrations

# The end of a strand was written again with each entry. Of a row that one transaction
# changes a thousand times, each change walks past all earlier ones: the end is kept in
# the transaction now, and written with its first entry and once before it commits.
# `grassroots.strand` is "strand", or "strand:number:hash" once it has been written to.
CHAIN = """
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  asking jsonb := nullif(current_setting('grassroots.asking', true), '')::jsonb;
  held text[] := string_to_array(current_setting('grassroots.strand', true), ':');
  mine bigint := nullif(held[1], '')::bigint;
  head cadres_auditstrand;
BEGIN
  NEW.account_id := coalesce(NEW.account_id, (asking->>'account')::bigint);
  NEW.address := coalesce(NEW.address, (asking->>'address')::inet);
  NEW.request_id := coalesce(NEW.request_id, (asking->>'request')::uuid);
  NEW.source := left(coalesce(
    nullif(NEW.source, ''), asking->>'source',
    nullif(current_setting('grassroots.source', true), ''), session_user::text), 60);
  IF held[2] IS NOT NULL THEN
    head.strand := mine;
    head.number := held[2]::bigint;
    head.hash := decode(held[3], 'hex');
  ELSIF mine IS NOT NULL THEN
    SELECT * INTO head FROM cadres_auditstrand WHERE strand = mine
      FOR UPDATE SKIP LOCKED;
  END IF;
  IF head.strand IS NULL THEN
    SELECT * INTO head FROM cadres_auditstrand ORDER BY strand LIMIT 1
      FOR UPDATE SKIP LOCKED;
  END IF;
  IF head.strand IS NULL THEN
    INSERT INTO cadres_auditstrand (strand, number, hash)
      VALUES (nextval('audit_strands'), 0, '') RETURNING * INTO head;
  END IF;
  NEW.strand := head.strand;
  NEW.number := head.number + 1;
  NEW.previous := head.hash;
  NEW.hash := sha256(NEW.previous || convert_to(jsonb_build_array(
    NEW.strand, NEW.number,
    to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    NEW.account_id, NEW.acting_for_id, NEW.kind, NEW.act, NEW.object_type,
    NEW.object_key, NEW.succeeded, host(NEW.address), NEW.source, NEW.request_id,
    NEW.details, NEW.refers_to)::text, 'UTF8'));
  PERFORM set_config('grassroots.strand',
    NEW.strand || ':' || NEW.number || ':' || encode(NEW.hash, 'hex'), true);
  IF held[2] IS NULL THEN
    UPDATE cadres_auditstrand SET number = NEW.number, hash = NEW.hash
      WHERE strand = NEW.strand;
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION audit_write_head() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  held text[] := string_to_array(current_setting('grassroots.strand', true), ':');
BEGIN
  IF held[1] = NEW.strand::text AND held[2] IS NOT NULL THEN
    PERFORM set_config('grassroots.strand', held[1], true);
    UPDATE cadres_auditstrand
      SET number = held[2]::bigint, hash = decode(held[3], 'hex')
      WHERE strand = NEW.strand AND number < held[2]::bigint;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit_head AFTER UPDATE OF number ON cadres_auditstrand
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION audit_write_head();
"""
UNCHAIN = """
DROP TRIGGER audit_head ON cadres_auditstrand;
DROP FUNCTION audit_write_head();
CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  asking jsonb := nullif(current_setting('grassroots.asking', true), '')::jsonb;
  mine bigint := nullif(current_setting('grassroots.strand', true), '')::bigint;
  head cadres_auditstrand;
BEGIN
  NEW.account_id := coalesce(NEW.account_id, (asking->>'account')::bigint);
  NEW.address := coalesce(NEW.address, (asking->>'address')::inet);
  NEW.request_id := coalesce(NEW.request_id, (asking->>'request')::uuid);
  NEW.source := left(coalesce(
    nullif(NEW.source, ''), asking->>'source',
    nullif(current_setting('grassroots.source', true), ''), session_user::text), 60);
  IF mine IS NOT NULL THEN
    SELECT * INTO head FROM cadres_auditstrand WHERE strand = mine
      FOR UPDATE SKIP LOCKED;
  END IF;
  IF head.strand IS NULL THEN
    SELECT * INTO head FROM cadres_auditstrand ORDER BY strand LIMIT 1
      FOR UPDATE SKIP LOCKED;
  END IF;
  IF head.strand IS NULL THEN
    INSERT INTO cadres_auditstrand (strand, number, hash)
      VALUES (nextval('audit_strands'), 0, '') RETURNING * INTO head;
  END IF;
  IF head.strand IS DISTINCT FROM mine THEN
    PERFORM set_config('grassroots.strand', head.strand::text, true);
  END IF;
  NEW.strand := head.strand;
  NEW.number := head.number + 1;
  NEW.previous := head.hash;
  NEW.hash := sha256(NEW.previous || convert_to(jsonb_build_array(
    NEW.strand, NEW.number,
    to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    NEW.account_id, NEW.acting_for_id, NEW.kind, NEW.act, NEW.object_type,
    NEW.object_key, NEW.succeeded, host(NEW.address), NEW.source, NEW.request_id,
    NEW.details, NEW.refers_to)::text, 'UTF8'));
  UPDATE cadres_auditstrand SET number = NEW.number, hash = NEW.hash
    WHERE strand = NEW.strand;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cadres", "0009_audit_log")]

    operations = [migrations.RunSQL(CHAIN, UNCHAIN)]
