from importlib import import_module

from django.db import migrations, models

feeds = import_module("cadres.migrations.0009_audit_log").feeds

# As in the audit log's own migration. A letter's entries repeat nothing of it.
LETTER = ("casework", "visits.letter", "letter_id")
EVENTS = {
    "visits_access": ("look", "visits.letter", "letter_id", "kind", ""),
    "visits_export": (
        "export", "visits.export", "id", "kind", "format rows approver_id",
    ),
    "visits_letterevent": (*LETTER, "step", ""),
    "visits_matterevent": ("casework", "visits.matter", "matter_id", "step", ""),
    "visits_questionevent": ("casework", "visits.question", "question_id", "step", ""),
    "visits_problemevent": ("casework", "visits.problem", "problem_id", "step", ""),
    "visits_investigationevent": (
        "casework", "visits.investigation", "investigation_id", "step", "",
    ),
    "visits_sessionevent": (
        "casework", "visits.receptionsession", "session_id", "step", "",
    ),
    "visits_visitevent": ("casework", "visits.visit", "visit_id", "kind", ""),
}
CHANGES = {
    "visits_attachment": (*LETTER, "file", "content_type size state"),
    "visits_datarequest": (*LETTER, "data_request", "kind outcome"),
    "visits_leaderhold": (*LETTER, "hold", "leader_id due_on result ended_on"),
    "visits_letterlink": (*LETTER, "link", "kind undone_at"),
    "visits_namedparty": (*LETTER, "named", "removal_asked_by_id removed_by_id"),
    "visits_pressurereport": (*LETTER, "pressure", "source"),
    "visits_recusal": (*LETTER, "recusal", "source state"),
    "visits_sealedhandler": (*LETTER, "handler", "named_by_id"),
    "visits_sealtransfer": (*LETTER, "transfer", "confirmed_by_id refused_at"),
    "visits_absence": ("calendar", "visits.absence", "id", "", "cadre_id kind first last"),
    "visits_clockrule": (
        "clock", "visits.clockrule", "id", "",
        "jurisdiction_id clock days mode valid_from basis",
    ),
    "visits_contentsubject": (
        "register", "visits.contentsubject", "id", "", "name is_used",
    ),
    "visits_documenttemplate": (
        "register", "visits.documenttemplate", "id", "", "kind unit_id",
    ),
    "visits_filedreport": (
        "casework", "visits.filedreport", "id", "", "kind place_id period",
    ),
    "visits_studyarea": ("register", "visits.studyarea", "id", "", "name is_used"),
    "visits_talkformat": ("register", "visits.talkformat", "id", "", "name is_used"),
    "visits_target": (
        "setting", "visits.target", "id", "",
        "rank_band place_id official_id indicator period minimum basis valid_from "
        "valid_until",
    ),
}  # fmt: skip


class Migration(migrations.Migration):
    """Each row of a history, and each change of a list, has its entry in the log."""

    dependencies = [
        ("visits", "0007_reports_of_petition_offices"),
        ("cadres", "0009_audit_log"),
    ]
    operations = [
        *feeds(EVENTS, CHANGES),
        migrations.AlterField(
            model_name='export',
            name='kind',
            field=models.CharField(choices=[('districts', 'Report per district'), ('officials', 'Report per official'), ('units', 'Report per unit'), ('actions', 'Report per unified action'), ('topics', 'Report per study topic'), ('burden', 'Burden on places, and what came back'), ('letters', 'Letters'), ('matters', 'Matters'), ('visits', 'Visits'), ('audit', 'Audit log')], max_length=9, verbose_name='report'),
        ),
        migrations.AlterField(
            model_name='ownlist',
            name='page',
            field=models.CharField(choices=[('letters', 'Letters'), ('matters', 'Matters'), ('visits', 'Visits'), ('audit', 'Audit log')], max_length=7, verbose_name='list'),
        ),
    ]
