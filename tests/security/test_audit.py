"""No act without its entry in the audit log, and no entry that tells too much."""

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cadres.models import AuditEntry, Cadre
from cadres.reports.fingerprint import fingerprint
from tests.factories import AccountFactory, CadreFactory, UnitFactory
from tests.factories.letters import letter_at
from tests.factories.people import PASSWORD
from visits.actions.open_identity import open_identity
from visits.models import Access
from visits.models.tiers import TIERS, Tier

pytestmark = pytest.mark.django_db
TRIGGERS = """
SELECT t.tgrelid::regclass::text, p.proname,
  string_to_array(encode(t.tgargs, 'escape'), '\\000')
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE p.proname IN ('audit_event', 'audit_change')
"""
# Why changes of a table have no entries of their own.
NOT_AUDITED = {
    "its parent's history tells": (
        "cadres.AccountEvent cadres.Setting visits.DiaryEntry visits.ExportJob "
        "visits.FiledReportOfficial visits.FiledReportPlace visits.Finding visits.FindingUse "
        "visits.Investigation visits.InvestigationPlace visits.Letter "
        "visits.LetterClock visits.LetterDraft visits.Letter_supporting_units "
        "visits.Matter visits.Matter_supporting_units visits.Petitioner "
        "visits.Problem visits.Problem_supporting_units visits.Question "
        "visits.Reception visits.ReceptionSession visits.SessionBooking "
        "visits.SessionLeader visits.SessionResult visits.Stop visits.Talk "
        "visits.Visit visits.VisitOfficial visits.Action visits.Series "
        "visits.SeriesDate visits.SeriesOfficial visits.MatterSlip "
        "visits.MatterCall visits.MatterSample cadres.Incident cadres.Invitation "
        "cadres.PastPassword"
    ),
    "loaded as a whole, by a command that says so": (
        "cadres.Outline cadres.Venue visits.Upkeep"
    ),
    "comes and goes with a sign-in, which is told": "cadres.Session cadres.WrongTry",
    "each step of it is in the history of its account": "cadres.FactorReset",
    "evidence of its own, which nobody changes": (
        "cadres.AccessReview cadres.ReviewLine"
    ),
    "sent by browsers, of no person": "visits.PolicyReport",
    "counted from others": (
        "visits.DayCount visits.LastVisit visits.TouchedVisit visits.VisitShare"
    ),
    "one's own, and nobody's business": (
        "visits.Lesson visits.LessonVersion visits.Notice visits.NoticeChoice "
        "visits.OwnList visits.TodayLook visits.CalendarFeed visits.Digest"
    ),
    "given without a name": "visits.Feedback visits.Rating visits.LookupTry",
    "the log itself": "cadres.AuditAnchor cadres.AuditEntry cadres.AuditStrand",
}


def triggers():
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        return [(table, name, args) for table, name, args in cursor.fetchall()]


def models():
    for app in ("cadres", "visits"):
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            yield model._meta.db_table, model


def test_every_table_is_audited_or_it_is_said_why_not():
    fed = {table for table, _name, _args in triggers()}
    said = " ".join(NOT_AUDITED.values()).split()
    left = {
        model._meta.label
        for table, model in models()
        if table not in fed or model._meta.label == "cadres.AccountEvent"
    }

    assert left == set(said)


def test_entries_repeat_no_more_than_anyone_in_the_office_may_know():
    told = {}
    tables = dict(models())
    for table, _name, args in triggers():
        model = tables[table]
        low = set()
        for tier in (Tier.PUBLIC, Tier.INTERNAL):
            low |= set(TIERS[model._meta.label].get(tier, "").split())
        columns = {it.column for it in model._meta.concrete_fields if it.name in low}
        if beyond := set(args[4].split()) - columns:
            told[table] = beyond

    assert told == {}
    assert len(tables) > 80  # the question is a good one


def newest():
    return AuditEntry.objects.latest("pk")


def test_a_change_is_told_with_who_from_where_and_what_stood_before(
    client, district_admin, js
):
    unit = UnitFactory(name="甲", place=js.xuzhou, level=js.xuzhou.level)
    client.force_login(district_admin)

    client.post(
        reverse("cadres:unit_change", args=[unit.pk]),
        {
            "name": "乙",
            "kind": unit.kind,
            "level": unit.level,
            "place": js.xuzhou.path,
            "place_id": js.xuzhou.pk,
            "seen": fingerprint(unit),
        },
        REMOTE_ADDR="203.0.113.9",
    )

    entry = newest()
    assert (entry.kind, entry.act, entry.object_type, entry.object_key) == (
        "register", "changed", "cadres.unit", str(unit.pk),
    )  # fmt: skip
    assert entry.details == {"before": {"name": "甲"}, "after": {"name": "乙"}}
    assert (entry.account, entry.address, entry.source) == (
        district_admin, "203.0.113.9", "cadres:unit_change",
    )  # fmt: skip
    assert entry.request_id


def test_what_is_written_past_the_pages_is_told_too(js):
    cadre = CadreFactory(remit="水利")

    Cadre.objects.filter(pk=cadre.pk).update(remit="农业")

    entry = newest()
    assert entry.details == {"before": {"remit": "水利"}, "after": {"remit": "农业"}}
    assert (entry.account, entry.source) == (None, connection.settings_dict["USER"])


def test_sign_in_failure_and_sign_out_are_told(client):
    account = AccountFactory(username="wang.wei", password=PASSWORD)
    cache.clear()

    for name, password in (
        ("wang.wei", "wrong"),
        ("my-password-by-mistake", "wrong"),
        ("wang.wei", PASSWORD),
    ):
        client.post(reverse("account_login"), {"login": name, "password": password})
    client.post(reverse("account_logout"))

    told = AuditEntry.objects.filter(kind="sign_in").order_by("pk")
    assert list(told.values_list("act", "account", "succeeded", "address")) == [
        ("failed", account.pk, False, "127.0.0.1"),
        ("failed", None, False, "127.0.0.1"),
        ("signed_in", account.pk, True, "127.0.0.1"),
        ("signed_out", account.pk, True, "127.0.0.1"),
    ]
    assert list(told[1].details) == ["typed"]
    assert "mistake" not in str(told[1].details)


def test_a_locked_sign_in_is_told(client):
    account = AccountFactory(username="wang.wei", password=PASSWORD)
    cache.clear()

    for _try in range(6):
        typed = {"login": "wang.wei", "password": "wrong"}
        client.post(reverse("account_login"), typed)

    assert (newest().act, newest().account) == ("locked_out", account)
    cache.clear()


def test_refused_access_is_told(client, auditor):
    client.force_login(auditor)

    client.get(reverse("cadres:unit_enter"))

    entry = newest()
    assert (entry.kind, entry.account, entry.succeeded, entry.source) == (
        "refused", auditor, False, "cadres:unit_enter",
    )  # fmt: skip


@pytest.fixture
def full_disk(db):
    """From now on the audit log takes no more entries."""

    def fill():
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE cadres_auditentry ADD CONSTRAINT full_disk"
                " CHECK (kind = '') NOT VALID"
            )

    return fill


def test_what_cannot_be_told_does_not_happen(client, casework, full_disk):
    letter = letter_at(casework.place, office=casework.office)
    looks = Access.objects.count()
    account = AccountFactory(username="wang.wei", password=PASSWORD)
    cache.clear()
    full_disk()

    with pytest.raises(DatabaseError), transaction.atomic():
        open_identity(letter, by=casework.petition, reason="回访", now=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        client.post(
            reverse("account_login"),
            {"login": account.username, "password": PASSWORD},
        )

    assert Access.objects.count() == looks
    assert client.get(reverse("visits:letter_list")).status_code == 302  # to sign in


def test_a_look_is_told_by_reference_alone(casework):
    letter = letter_at(casework.place, office=casework.office)

    open_identity(letter, by=casework.petition, reason="回访李测试", now=timezone.now())

    entry, look = newest(), Access.objects.latest("pk")
    assert (entry.kind, entry.act, entry.object_type, entry.object_key) == (
        "look", "identity", "visits.letter", str(letter.pk),
    )  # fmt: skip
    assert entry.refers_to == f"visits_access:{look.pk}"
    assert (entry.account, entry.details) == (casework.petition, {})
