from django.db import migrations

# A record may move behind the seal, or be encrypted under a new key; no other column
# and no other word changes, and only in a transaction that has said so.
RESEAL = """
CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
    AND current_setting('grassroots.reseal', true) = 'on'
    AND NEW.sealed_record IS NOT NULL
    AND (to_jsonb(NEW) - 'record' - 'sealed_record')
      = (to_jsonb(OLD) - 'record' - 'sealed_record')
    AND (NEW.record = OLD.record
      OR (OLD.sealed_record IS NULL AND OLD.record @> NEW.record))
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER append_only ON visits_letterevent;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visits_letterevent
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_history();
"""
BACK = """
DROP TRIGGER append_only ON visits_letterevent;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON visits_letterevent
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
DROP FUNCTION refuse_rewriting_history();
"""


class Migration(migrations.Migration):
    """What turns out to be an accusation takes its whole history behind the seal."""

    dependencies = [("visits", "0005_letter_steps_more")]
    operations = [migrations.RunSQL(RESEAL, BACK)]
