from django.db import migrations

REFUSE = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
TABLES = ("visits_access", "visits_letterevent")
GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""
UNGUARD = "DROP TRIGGER append_only ON {table}; DROP TRIGGER never_emptied ON {table};"


class Migration(migrations.Migration):
    """Who looked at whom, and what happened to a letter, is written once."""

    dependencies = [("visits", "0002_letters")]
    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION refuse_rewriting()"),
        *(
            migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table))
            for table in TABLES
        ),
    ]
