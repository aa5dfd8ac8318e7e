import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# --- The chain ------------------------------------------------------------------------

# As many strands as there were ever writers at one time: each transaction takes one
# that nobody holds, so that none waits, and keeps it to its end.
# What the row leaves open comes from `grassroots.asking`, which a request sets for its
# own writes (config/audit.py), and `grassroots.source`, which manage.py sets.
CHAIN = """
CREATE SEQUENCE audit_strands;
CREATE FUNCTION audit_chain() RETURNS trigger
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
CREATE TRIGGER chained BEFORE INSERT ON cadres_auditentry
  FOR EACH ROW EXECUTE FUNCTION audit_chain();
"""
UNCHAIN = """
DROP TRIGGER chained ON cadres_auditentry;
DROP FUNCTION audit_chain();
DROP SEQUENCE audit_strands;
"""

# --- Never changed --------------------------------------------------------------------

# Entries go by the purge alone (it says so), and never before half a year is over.
GUARD = """
CREATE FUNCTION refuse_changing_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'cadres_auditentry'
    AND current_setting('grassroots.purge', true) = 'on'
  THEN
    IF OLD.at < now() - interval '6 months' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is only added to'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cadres_auditentry
  FOR EACH ROW EXECUTE FUNCTION refuse_changing_audit();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON cadres_auditentry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_changing_audit();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cadres_auditanchor
  FOR EACH ROW EXECUTE FUNCTION refuse_changing_audit();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON cadres_auditanchor
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_changing_audit();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON cadres_auditstrand
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_changing_audit();
ALTER TABLE cadres_auditstrand SET (fillfactor = 50);
"""
UNGUARD = """
DROP TRIGGER never_emptied ON cadres_auditstrand;
DROP TRIGGER never_emptied ON cadres_auditanchor;
DROP TRIGGER append_only ON cadres_auditanchor;
DROP TRIGGER never_emptied ON cadres_auditentry;
DROP TRIGGER append_only ON cadres_auditentry;
DROP FUNCTION refuse_changing_audit();
"""

# --- Anchors and purge ----------------------------------------------------------------

ANCHOR = """
CREATE FUNCTION audit_append_anchor(sort text, ends jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  last record;
  moment timestamptz := clock_timestamp();
BEGIN
  PERFORM pg_advisory_xact_lock(658711);
  SELECT id, hash INTO last FROM cadres_auditanchor ORDER BY id DESC LIMIT 1;
  INSERT INTO cadres_auditanchor (id, at, kind, heads, previous, hash)
  SELECT number, moment, sort, ends, before, sha256(before || convert_to(
    jsonb_build_array(
      number, to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
      sort, ends)::text, 'UTF8'))
  FROM (SELECT coalesce(last.id, 0) + 1 AS number,
               coalesce(last.hash, ''::bytea) AS before) AS chain;
END $$;
REVOKE ALL ON FUNCTION audit_append_anchor(text, jsonb) FROM PUBLIC;

-- Strands that are being written to are left to the next anchor: it waits for nobody.
CREATE FUNCTION audit_anchor() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ends jsonb;
  grown bigint;
BEGIN
  WITH free AS (
    SELECT strand FROM cadres_auditstrand WHERE number > anchored
    FOR UPDATE SKIP LOCKED
  ), marked AS (
    UPDATE cadres_auditstrand AS s SET anchored = s.number
    FROM free WHERE s.strand = free.strand
    RETURNING s.strand, s.number, s.hash
  )
  SELECT jsonb_object_agg(strand, number || ':' || encode(hash, 'hex')), count(*)
    INTO ends, grown FROM marked;
  IF grown > 0 THEN
    PERFORM audit_append_anchor('day', ends);
  END IF;
  RETURN grown;
END $$;

-- Drops what is older than `until` from the beginning of each strand, up to the first
-- entry about one of the objects `kept`; for the owner alone.
CREATE FUNCTION audit_purge(until timestamptz, sort text, kept text[]) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  floors jsonb;
  dropped bigint;
BEGIN
  IF until > now() - interval '6 months' THEN
    RAISE EXCEPTION 'the law asks for six months' USING ERRCODE = 'check_violation';
  END IF;
  PERFORM set_config('grassroots.purge', 'on', true);
  WITH bounds AS (
    SELECT e.strand, coalesce(
      min(number) FILTER (
        WHERE at >= until OR (object_type = sort AND object_key = ANY (kept))),
      max(number) + 1) - 1 AS last
    FROM cadres_auditentry e GROUP BY e.strand
  ), moved AS (
    UPDATE cadres_auditstrand AS s SET floor_number = e.number, floor_hash = e.hash
    FROM bounds b JOIN cadres_auditentry e ON e.strand = b.strand AND e.number = b.last
    WHERE s.strand = b.strand AND e.number > s.floor_number
    RETURNING s.strand, s.floor_number, s.floor_hash
  )
  SELECT jsonb_object_agg(strand, floor_number || ':' || encode(floor_hash, 'hex'))
    INTO floors FROM moved;
  DELETE FROM cadres_auditentry e USING cadres_auditstrand s
    WHERE s.strand = e.strand AND e.number <= s.floor_number;
  GET DIAGNOSTICS dropped = ROW_COUNT;
  IF dropped > 0 THEN
    PERFORM audit_append_anchor('purge', floors);
  END IF;
  PERFORM set_config('grassroots.purge', '', true);
  RETURN dropped;
END $$;
REVOKE ALL ON FUNCTION audit_purge(timestamptz, text, text[]) FROM PUBLIC;
"""
UNANCHOR = """
DROP FUNCTION audit_purge(timestamptz, text, text[]);
DROP FUNCTION audit_anchor();
DROP FUNCTION audit_append_anchor(text, jsonb);
"""

# --- What feeds it --------------------------------------------------------------------

FEED = """
-- A row of a history: kind, object, column of its key, column (or word) of the act, and
-- the columns that the entry repeats.
CREATE FUNCTION audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  written jsonb := to_jsonb(NEW);
  told jsonb;
BEGIN
  SELECT jsonb_object_agg(key, value) INTO told FROM jsonb_each(written)
    WHERE key = ANY (string_to_array(TG_ARGV[4], ' '));
  INSERT INTO cadres_auditentry
    (at, account_id, acting_for_id, kind, act, object_type, object_key, details,
     refers_to)
  VALUES (
    coalesce((written->>'at')::timestamptz, now()), (written->>'by_id')::bigint,
    (written->>'on_behalf_of_id')::bigint, TG_ARGV[0],
    coalesce(written->>TG_ARGV[3], TG_ARGV[3]), TG_ARGV[1],
    coalesce(written->>TG_ARGV[2], ''), coalesce(told, '{}'),
    TG_TABLE_NAME || ':' || (written->>'id'));
  RETURN NULL;
END $$;

-- A row that people change: kind, object, column of its key, the part of the object
-- that the row is (or nothing), and the columns that the entry repeats.
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_row jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) ELSE '{}' END;
  new_row jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) ELSE '{}' END;
  was jsonb;
  now_is jsonb;
BEGIN
  SELECT jsonb_object_agg(c, old_row->c), jsonb_object_agg(c, new_row->c)
    INTO was, now_is
    FROM unnest(string_to_array(TG_ARGV[4], ' ')) AS c
    WHERE coalesce(nullif(old_row->c, '""'), 'null')
      IS DISTINCT FROM coalesce(nullif(new_row->c, '""'), 'null');
  IF TG_OP = 'UPDATE' AND was IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO cadres_auditentry (kind, act, object_type, object_key, details)
  VALUES (
    TG_ARGV[0],
    CASE TG_OP WHEN 'INSERT' THEN 'entered' WHEN 'UPDATE' THEN 'changed'
      ELSE 'removed' END,
    TG_ARGV[1],
    coalesce(CASE WHEN TG_OP = 'DELETE' THEN old_row ELSE new_row END->>TG_ARGV[2], ''),
    jsonb_strip_nulls(jsonb_build_object(
      'part', nullif(TG_ARGV[3], ''),
      'before', CASE WHEN TG_OP <> 'INSERT' THEN was END,
      'after', CASE WHEN TG_OP <> 'DELETE' THEN now_is END)));
  RETURN NULL;
END $$;
"""
UNFEED = """
DROP FUNCTION audit_change();
DROP FUNCTION audit_event();
"""
# Table: kind, object, column of its key, act, repeated columns.
EVENTS = {
    "cadres_settingchange": ("setting", "cadres.setting", "name", "changed", "before after"),
    "cadres_incidentevent": ("register", "cadres.incident", "incident_id", "changed", ""),
}
# Table: kind, object, column of its key, part, repeated columns.
CHANGES = {
    "cadres_account": (
        "account", "cadres.account", "id", "",
        "username name email cadre_id unit_id is_active",
    ),
    "cadres_rolegrant": (
        "account", "cadres.account", "account_id", "role",
        "role place_id unit_id first last",
    ),
    "cadres_mandate": (
        "account", "cadres.account", "account_id", "mandate", "cadre_id first last",
    ),
    "cadres_cadre": (
        "register", "cadres.cadre", "id", "", "name rank_band unit_id remit left_on",
    ),
    "cadres_post": (
        "register", "cadres.cadre", "cadre_id", "post", "title unit_id first last",
    ),
    "cadres_contactpoint": (
        "register", "cadres.cadre", "cadre_id", "contact_point", "place_id first last",
    ),
    "cadres_cadre_home_places": (
        "register", "cadres.cadre", "cadre_id", "home_place", "district_id",
    ),
    "cadres_unit": (
        "register", "cadres.unit", "id", "",
        "name level place_id superior_id kind dissolved_into_id",
    ),
    "cadres_calendarday": (
        "calendar", "cadres.calendarday", "id", "",
        "region date is_workday name source",
    ),
}
# An account's history has more than its rows do: passwords, for one.
OF_ACCOUNTS = """
CREATE TRIGGER audited AFTER INSERT ON cadres_accountevent FOR EACH ROW
  WHEN (NEW.kind NOT IN ('opened', 'changed', 'closed', 'reopened', 'role_granted',
    'role_ended', 'mandate_given', 'mandate_ended'))
  EXECUTE FUNCTION audit_event('account', 'cadres.account', 'account_id', 'kind', '');
"""
NOT_OF_ACCOUNTS = "DROP TRIGGER audited ON cadres_accountevent;"


def feed(table: str, function: str, when: str, arguments: tuple[str, ...]):
    """The trigger that writes an entry for each row of a table."""
    words = ", ".join(f"'{it}'" for it in arguments)
    return migrations.RunSQL(
        f"CREATE TRIGGER audited AFTER {when} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}({words})",
        f"DROP TRIGGER audited ON {table}",
    )


def feeds(events: dict[str, tuple[str, ...]], changes: dict[str, tuple[str, ...]]):
    return [
        *(feed(it, "audit_event", "INSERT", words) for it, words in events.items()),
        *(
            feed(it, "audit_change", "INSERT OR UPDATE OR DELETE", words)
            for it, words in changes.items()
        ),
    ]


class Migration(migrations.Migration):
    """An audit log that nobody changes, chained, and fed by the database itself."""


    dependencies = [
        ('cadres', '0008_sign_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditAnchor',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('day', 'End of a day'), ('purge', 'Old entries dropped')], max_length=5)),
                ('heads', models.JSONField()),
                ('previous', models.BinaryField()),
                ('hash', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='AuditStrand',
            fields=[
                ('strand', models.BigIntegerField(primary_key=True, serialize=False)),
                ('number', models.BigIntegerField()),
                ('hash', models.BinaryField()),
                ('floor_number', models.BigIntegerField(db_default=0)),
                ('floor_hash', models.BinaryField(db_default=b'')),
                ('anchored', models.BigIntegerField(db_default=0)),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('strand', models.BigIntegerField(db_default=0, editable=False)),
                ('number', models.BigIntegerField(db_default=0, editable=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='time')),
                ('kind', models.CharField(choices=[('sign_in', 'Sign-in'), ('look', 'Look at what is kept apart'), ('casework', 'Casework'), ('export', 'Export'), ('account', 'Accounts and roles'), ('setting', 'Settings'), ('calendar', 'Calendar'), ('clock', 'Rules of legal clocks'), ('register', 'Officials, units and lists'), ('refused', 'Refused access'), ('audit', 'The audit itself'), ('command', 'Command on the server')], max_length=10, verbose_name='kind')),
                ('act', models.CharField(db_default='', max_length=30)),
                ('object_type', models.CharField(db_default='', max_length=40)),
                ('object_key', models.CharField(db_default='', max_length=50)),
                ('succeeded', models.BooleanField(db_default=True, default=True)),
                ('address', models.GenericIPAddressField(null=True, verbose_name='address')),
                ('source', models.CharField(db_default='', max_length=60)),
                ('request_id', models.UUIDField(null=True)),
                ('details', models.JSONField(db_default={}, default=dict)),
                ('refers_to', models.CharField(db_default='', max_length=60)),
                ('previous', models.BinaryField(db_default=b'')),
                ('hash', models.BinaryField(db_default=b'')),
                ('account', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('acting_for', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='cadres.cadre')),
            ],
            options={
                'verbose_name': 'audit entry',
                'indexes': [models.Index(fields=['-at', '-id'], name='audit_newest'), models.Index(fields=['account', '-at', '-id'], name='audit_of_account'), models.Index(fields=['object_type', 'object_key', '-at', '-id'], name='audit_of_object'), models.Index(condition=models.Q(('kind', 'casework'), _negated=True), fields=['kind', '-at', '-id'], name='audit_of_kind'), models.Index(condition=models.Q(('succeeded', False)), fields=['-at', '-id'], name='audit_failed')],
                'constraints': [models.UniqueConstraint(fields=('strand', 'number'), name='audit_entry_has_its_number')],
            },
        ),
        migrations.RunSQL(CHAIN, UNCHAIN),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(ANCHOR, UNANCHOR),
        migrations.RunSQL(FEED, UNFEED),
        *feeds(EVENTS, CHANGES),
        migrations.RunSQL(OF_ACCOUNTS, NOT_OF_ACCOUNTS),
    ]
