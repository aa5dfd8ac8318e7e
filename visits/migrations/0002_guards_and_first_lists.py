from datetime import date

from django.db import migrations

# --- What is written once -------------------------------------------------------------

REFUSE = """
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
-- A record may move behind the seal, or be encrypted under a new key; no other column
-- and no other word changes, and only in a transaction that has said so.
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
-- A witness may be encrypted under a new key; nothing else of the history changes.
CREATE FUNCTION refuse_rewriting_matters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE'
    AND current_setting('grassroots.reseal', true) = 'on'
    AND OLD.sealed_witness IS NOT NULL
    AND NEW.sealed_witness IS NOT NULL
    AND (to_jsonb(NEW) - 'sealed_witness') = (to_jsonb(OLD) - 'sealed_witness')
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
"""
UNREFUSE = """
DROP FUNCTION refuse_rewriting_matters();
DROP FUNCTION refuse_rewriting_history();
DROP FUNCTION refuse_rewriting();
"""
# Each table with what refuses its changes.
WRITTEN_ONCE = {
    "visits_access": "refuse_rewriting",
    "visits_letterevent": "refuse_rewriting_history",
    "visits_matterevent": "refuse_rewriting_matters",
    "visits_questionevent": "refuse_rewriting",
    "visits_sessionevent": "refuse_rewriting",
    "visits_investigationevent": "refuse_rewriting",
    "visits_problemevent": "refuse_rewriting",
    "visits_lessonversion": "refuse_rewriting",
    "visits_filedreport": "refuse_rewriting",
    "visits_filedreportofficial": "refuse_rewriting",
    "visits_export": "refuse_rewriting",
}
GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {refuse}();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""
UNGUARD = "DROP TRIGGER append_only ON {table}; DROP TRIGGER never_emptied ON {table};"

# --- What is kept once pressure is reported (handbook 12.4) ---------------------------

# Whoever is reported must not learn of it by what the pages refuse: the lock lies in
# the database, and no page of ours ever takes these rows away. The letter's history
# and the looks at it are never changed or taken away anyway.
LOCK = """
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
UNLOCK = """
DROP TRIGGER evidence_unchanged ON visits_letterdraft;
DROP TRIGGER unchanged ON visits_pressurereport;
DROP TRIGGER kept ON visits_pressurereport;
DROP FUNCTION keep_pressure_report();
DROP FUNCTION refuse_losing_evidence();
"""

# --- First lists ----------------------------------------------------------------------

IN_FORCE = date(2022, 5, 1)
RULES = [
    ("C1", 15, "calendar", "22"),
    ("C2", 0, "calendar", "22, 25"),
    ("C3", 15, "calendar", "23(2)"),
    ("C4", 15, "calendar", "23(3)"),
    ("C5", 5, "working", "23(3)"),
    ("C7", 60, "calendar", "34"),
    ("C8", 30, "calendar", "34"),
    ("C9", 30, "calendar", "35"),
    ("C10", 30, "calendar", "35"),
    ("C11", 30, "calendar", "36"),
    ("C12", 30, "calendar", "36"),
]
SUBJECTS = [
    ("城乡建设", "cxjs"), ("农业农村", "nync"), ("自然资源", "zrzy"), ("住房保障", "zfbz"),
    ("劳动社保", "ldsb"), ("医疗卫生", "ylws"), ("教育", "jy"), ("民政救助", "mzjz"),
    ("交通运输", "jtys"), ("水利水务", "slsw"), ("生态环境", "sthj"), ("市场监管", "scjg"),
    ("公共安全", "ggaq"), ("村务公开", "cwgk"), ("物业管理", "wygl"), ("供电通信", "gdtx"),
    ("文化体育", "whty"), ("退役军人", "tyjr"), ("其他", "qt"),
]  # fmt: skip
# Forms of talks (handbook 5).
FORMATS = (
    "屋场会", "院坝会", "庭院讲堂", "板凳会", "村口会", "田头会", "入户宣讲", "夜访",
    "微宣讲", "专题党课", "报告会", "广播", "文艺宣讲", "线上",
)  # fmt: skip
# The subject areas of the 2023 plan (wording to be verified).
AREAS = (
    "重大决策部署落实", "高质量发展", "统筹发展和安全", "全面深化改革开放",
    "全面依法治国", "意识形态", "共同富裕与民生福祉", "群众急难愁盼",
    "生态环境保护", "社会稳定与信访", "全面从严治党", "长期未解决的老大难问题",
)  # fmt: skip


def fill(apps, schema_editor):
    rule = apps.get_model("visits", "ClockRule")
    rule.objects.bulk_create(
        rule(
            clock=clock,
            days=days,
            mode=mode,
            valid_from=IN_FORCE,
            basis=f"信访工作条例 {article}",
        )
        for clock, days, mode, article in RULES
    )
    subject = apps.get_model("visits", "ContentSubject")
    subject.objects.bulk_create(
        subject(name=name, initials=initials) for name, initials in SUBJECTS
    )
    talk_format = apps.get_model("visits", "TalkFormat")
    talk_format.objects.bulk_create(talk_format(name=name) for name in FORMATS)
    area = apps.get_model("visits", "StudyArea")
    area.objects.bulk_create(area(name=name) for name in AREAS)


def empty(apps, schema_editor):
    for name in ("ClockRule", "ContentSubject", "TalkFormat", "StudyArea"):
        apps.get_model("visits", name).objects.all().delete()


class Migration(migrations.Migration):
    """Guards that the database keeps itself, and lists that offices extend.

    It stands for the steps by which the first release came about: a database that has
    them all has this one.
    """

    replaces = [
        ("visits", "0002_letters"),
        ("visits", "0003_access_append_only"),
        ("visits", "0004_first_clock_rules"),
        ("visits", "0005_letter_steps_more"),
        ("visits", "0006_sealed_history"),
        ("visits", "0007_protect_petitioners"),
        ("visits", "0008_letter_queue_number"),
        ("visits", "0009_attachment_shows_identity"),
        ("visits", "0010_letter_lists_at_scale"),
        ("visits", "0011_letter_event_handler"),
        ("visits", "0012_letter_draft_lapsed"),
        ("visits", "0013_letter_late_requests"),
        ("visits", "0014_transfer_names_nobody"),
        ("visits", "0015_step_find_accusation"),
        ("visits", "0016_new_code_looks"),
        ("visits", "0017_attachment_not_scanned"),
        ("visits", "0018_notice_of_a_unit"),
        ("visits", "0019_internal_targets_and_calls"),
        ("visits", "0020_identity_checked"),
        ("visits", "0021_letter_corrected"),
        ("visits", "0022_steps_named"),
        ("visits", "0023_successor_notices"),
        ("visits", "0024_recusal_asked_and_declared"),
        ("visits", "0025_notice_kinds"),
        ("visits", "0026_calendar_feed"),
        ("visits", "0027_letter_parts_after_the_end"),
        ("visits", "0028_evidence_lock"),
        ("visits", "0029_matter_of_its_own"),
        ("visits", "0030_matters_keep_their_story"),
        ("visits", "0031_matter_truths"),
        ("visits", "0032_notice_kinds_of_matters"),
        ("visits", "0033_talks_and_questions"),
        ("visits", "0034_reception_sessions"),
        ("visits", "0035_data_requests"),
        ("visits", "0036_investigations_in_full"),
        ("visits", "0037_own_record_and_targets"),
        ("visits", "0038_recurring_visits"),
        ("visits", "0039_petitioner_child"),
        ("visits", "0040_notices_of_problems_lessons_newest"),
        ("visits", "0041_filed_reports_and_exports"),
        ("visits", "0042_own_lists"),
    ]
    dependencies = [("visits", "0001_initial")]
    operations = [
        migrations.RunSQL(REFUSE, UNREFUSE),
        *(
            migrations.RunSQL(
                GUARD.format(table=table, refuse=refuse), UNGUARD.format(table=table)
            )
            for table, refuse in WRITTEN_ONCE.items()
        ),
        migrations.RunSQL(LOCK, UNLOCK),
        *(
            migrations.RunSQL(KEEP.format(table=table), UNKEEP.format(table=table))
            for table in KEPT
        ),
        migrations.RunPython(fill, empty),
    ]
