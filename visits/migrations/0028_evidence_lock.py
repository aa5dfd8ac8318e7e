from django.db import migrations

# Whoever is reported must not learn of it by what the pages refuse: the lock lies in
# the database, and no page of ours ever takes these rows away.
REFUSE = """
CREATE FUNCTION refuse_losing_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM visits_pressurereport WHERE letter_id = OLD.letter_id)
     AND NOT (TG_OP = 'UPDATE' AND EXISTS (
       SELECT FROM visits_letter WHERE id = OLD.letter_id AND is_sealed)) THEN
    RAISE EXCEPTION 'rows of % are kept as evidence', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE FUNCTION keep_pressure_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a report of pressure is never changed or taken away'
    USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER kept BEFORE DELETE ON visits_pressurereport
  FOR EACH ROW EXECUTE FUNCTION keep_pressure_report();
-- Its text is sealed anew when keys change.
CREATE TRIGGER unchanged
  BEFORE UPDATE OF reference, seal_id, letter_id, source, to_unit_id, opened_by,
    reported_by_id, at ON visits_pressurereport
  FOR EACH ROW EXECUTE FUNCTION keep_pressure_report();
-- Moving a draft behind the seal is no change of it.
CREATE TRIGGER evidence_unchanged
  BEFORE UPDATE OF letter_id, step, record, drafted_by_id, drafted_at
  ON visits_letterdraft
  FOR EACH ROW EXECUTE FUNCTION refuse_losing_evidence();
"""
KEPT = (
    "visits_letterdraft", "visits_attachment", "visits_petitioner", "visits_recusal",
    "visits_leaderhold", "visits_namedparty", "visits_letterlink",
    "visits_sealtransfer",
)  # fmt: skip
KEEP = """
CREATE TRIGGER evidence_kept BEFORE DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION refuse_losing_evidence();
"""
UNKEEP = "DROP TRIGGER evidence_kept ON {table};"
UNREFUSE = """
DROP TRIGGER evidence_unchanged ON visits_letterdraft;
DROP TRIGGER unchanged ON visits_pressurereport;
DROP TRIGGER kept ON visits_pressurereport;
DROP FUNCTION keep_pressure_report();
DROP FUNCTION refuse_losing_evidence();
"""


class Migration(migrations.Migration):
    """Once pressure is reported, what stands beside the letter stays (handbook 12.4).

    Its history and the looks at it are never changed or taken away anyway.
    """

    dependencies = [("visits", "0027_letter_parts_after_the_end")]
    operations = [
        migrations.RunSQL(REFUSE, UNREFUSE),
        *(
            migrations.RunSQL(KEEP.format(table=table), UNKEEP.format(table=table))
            for table in KEPT
        ),
    ]
