"""A generated database: what the demo has, once more in other areas of the country."""

import re
from collections import Counter

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse

from cadres.models import Account, Cadre, District, Unit, Venue
from cadres.rules.levels import ANCESTORS
from tests.visits.demo.conftest import NOW
from visits.demo.size import DEMO
from visits.generate.accounts import make_accounts
from visits.generate.areas import Country
from visits.generate.bulk import rules_of
from visits.generate.checks import OffPlan, figures
from visits.generate.copies import LEFT_OUT, MAY_MEET, spans
from visits.generate.fill import NotEmpty, generate, spread
from visits.generate.hands import Hands
from visits.generate.scales import SCALES, Scale
from visits.models import (
    ClockRule,
    Letter,
    LetterEvent,
    Matter,
    MatterEvent,
    Petitioner,
    Stop,
    Visit,
    VisitEvent,
)
from visits.reports.clock_moves import moves_of
from visits.reports.clocks_now import Calendars, clocks_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]
# Nanjing with eleven counties, Changzhou with six: two areas.
TWO = Scale(DEMO, within=("3201", "3204"), villages=2)


CASTS = re.compile(r"::[a-z ]+(\[\])?|[()]")


def rules_of_tables(tables):
    """All constraints and indexes; PostgreSQL casts anew what it reads back."""
    with connection.cursor() as cursor:
        return {
            (it.table, it.name, *(CASTS.sub("", what) for what in it[3:]))
            for it in rules_of(cursor, tables)
        }


@pytest.fixture(scope="module")
def spread_out(demo, django_db_blocker):
    """The demo's tables as they were, and what was said while they were copied."""
    with django_db_blocker.unblock(), transaction.atomic():
        before = spans()
        tables = [it._meta.db_table for it in before]
        counts = {it: it._default_manager.count() for it in before}
        rules, said = rules_of_tables(tables), []
        with connection.cursor() as cursor:
            areas = spread(cursor, TWO, 1, Hands(), said.append)
            cursor.execute("ANALYZE")
        make_accounts(NOW.date())
        assert areas == 2
        assert rules_of_tables(tables) == rules
        assert any("visits_letterevent" in line for line in said)
        yield counts
        transaction.set_rollback(True)


@pytest.fixture
def copied(spread_out):
    """Letters of the two new areas."""
    return Letter.objects.filter(prefecture__code__in=TWO.within)


@pytest.mark.long
def test_one_seed_makes_one_database_and_another_another():
    """First of all here: the others share what is spread out once."""

    def drawn(seed):
        with transaction.atomic(), connection.cursor() as cursor:
            spread(cursor, TWO, seed, Hands(), str)
            letters = Letter.objects.order_by("pk")
            rows = letters.values_list("pk", "reference", "place__code", "unit__name")
            villages = District.objects.order_by("code").values_list("code", "name")
            found = list(rows), list(villages)
            transaction.set_rollback(True)
        return found

    assert drawn(1) == drawn(1) != drawn(2)


def test_every_table_is_there_three_times_without_sealed_letters(spread_out):
    sealed = Letter.objects.filter(is_sealed=True).count()
    kept = spread_out[Letter] - sealed

    assert Letter.objects.count() == spread_out[Letter] + 2 * kept
    for model in (Visit, Stop, VisitEvent, Matter, MatterEvent, Cadre):
        assert model.objects.count() == 3 * spread_out[model]
    assert not LEFT_OUT & spread_out.keys()


def test_all_lies_where_its_place_lies(copied):
    for model in (Letter, Matter, Stop):
        for name in ANCESTORS:
            elsewhere = ~Q(**{name: F(f"place__{name}")}) & Q(
                **{f"{name}__isnull": False}
            )
            assert not model.objects.filter(elsewhere).exists()
    stops = Stop.objects.filter(prefecture__code__in=TWO.within)
    assert stops.exclude(county=None).values("county").distinct().count() == 16
    assert not copied.exclude(office__place__prefecture=F("prefecture")).exists()
    assert not copied.exclude(handler__unit=F("unit")).exclude(handler=None).exists()


def test_states_are_what_the_histories_lead_to(copied):
    for model, event in ((Letter, LetterEvent), (Matter, MatterEvent)):
        name = model._meta.model_name
        newest = event.objects.filter(**{name: OuterRef("pk")}).order_by("-pk")
        rows = model.objects.annotate(reached=Subquery(newest.values("to_state")[:1]))
        assert not rows.exclude(state=F("reached")).exists()


def test_clocks_are_what_the_app_counts(copied):
    rules, calendars = ClockRule.objects.as_terms(), Calendars()
    letters = copied.select_related("place", "office").order_by("reference")
    some = list(letters.open()[:60])

    assert [
        it for it, _moves, differs in moves_of(some, rules, calendars) if differs
    ] == []
    for letter in letters.exclude(ended_on=None)[:30]:
        kept = letter.clocks.values_list(
            "clock", "started_on", "legal_on", "stopped_on"
        )
        counted = clocks_now(letter, rules=rules)
        assert Counter(kept) == Counter(
            (it.clock.value, it.started_on, it.legal, it.stopped_on) for it in counted
        )


def test_petitioners_can_be_read_and_bear_no_common_key(copied):
    people = Petitioner.objects.filter(letter__in=copied)

    assert all(it.read()["name"] for it in people[:5])
    assert people.count() == people.values("seal_id").distinct().count()


def test_villages_fill_the_townships_that_had_none(spread_out):
    villages = District.objects.filter(source_list="local")

    assert villages.exists()
    assert not villages.exclude(village=F("id"), township=F("parent")).exists()


def test_new_rows_find_free_keys(copied):
    letter = copied.first()
    event = letter.events.create(
        step="urge", to_state=letter.state, on=NOW.date(), by=letter.registered_by
    )

    assert event.pk > letter.events.exclude(pk=event.pk).order_by("-pk")[0].pk


@pytest.mark.parametrize(
    ("username", "pages"),
    [
        ("leader.1", ["visits:today", "visits:matter_list"]),
        ("petition.2", ["visits:letter_list", "visits:session_list"]),
        ("district-nation", ["visits:report_districts", "visits:calendar"]),
        ("reader-province", ["visits:report_districts"]),
        ("petition-county", ["visits:letter_list"]),
    ],
)
def test_its_accounts_see_their_pages(client, spread_out, username, pages):
    client.force_login(Account.objects.get(username=username))

    for page in pages:
        assert client.get(reverse(page)).status_code == 200


def test_rows_whose_places_or_units_may_become_one_are_known():
    """Else the unique index of a table could not be made again, at the very end."""
    meet = {
        model
        for app in ("cadres", "visits")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model not in LEFT_OUT
        for names in [
            *(it.fields for it in model._meta.total_unique_constraints),
            *model._meta.unique_together,
        ]
        if {model._meta.get_field(it).related_model for it in names} & {District, Unit}
    }

    assert meet - {Venue} == MAY_MEET  # a venue has one place


def test_figures_far_from_the_plan_are_refused():
    plan = {Unit: Unit.objects.count()}

    assert len(list(figures(Scale(DEMO, of_area=plan), 1))) == 1
    with pytest.raises(OffPlan):
        list(figures(Scale(DEMO, of_area=plan), 2))


def test_generate_refuses_where_something_is():
    with pytest.raises(NotEmpty):
        generate("office", now=NOW, seed=1, say=print)


def test_areas_are_all_of_the_country_but_xuzhou():
    areas = Country().areas(("32",))

    assert [it.number for it in areas] == list(range(1, len(areas) + 1))
    assert len({(it.prefecture, it.skip) for it in areas}) == len(areas) == 12
    assert set(SCALES) == {"office", "city", "province", "nation"}
