"""New rules: what they would move, whom they leave alone, who is told."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from procrastinate.contrib.django.models import ProcrastinateJob

from cadres.models import Account, CalendarDay
from cadres.rules.known_holidays import known_days
from cadres.rules.roles import Role
from tests.factories import CalendarDayFactory, UnitFactory
from tests.factories.letters import letter_at, officer, petition_office, take
from tests.factories.visits import at
from visits.actions.change_clock_rule import (
    change_clock_rule,
    clock_rule,
    recount_after_calendar,
)
from visits.actions.recount_clocks import recount_clocks
from visits.models import ClockRule, Letter, LetterClock, Notice
from visits.reports.clock_moves import (
    Moved,
    count_moves,
    touched_by_day,
    touched_by_rule,
)
from visits.reports.clocks_now import Calendars
from visits.rules.letter_states import Category, Clock, Step
from visits.tasks import recount_day, recount_rule

pytestmark = pytest.mark.django_db
START = at("2026-03-02 10:00")
RULE = {
    "jurisdiction": None,
    "clock": "C1",
    "days": 10,
    "mode": "calendar",
    "valid_from": date(2026, 3, 1),
    "basis": "省信访条例",
}


@pytest.fixture
def district_admin(district_admin, js):
    """Of the province: the rules of these tests are the nation's."""
    district_admin.grants.update(place=js.js)
    return district_admin


@pytest.fixture
def office(js):
    return petition_office(js.xuzhou)


@pytest.fixture
def petition(office):
    return officer(office)


@pytest.fixture
def registered(office, js):
    clerk = officer(office, Role.CLERK)

    def register(place=None, day=START, **fields):
        return letter_at(
            place or js.huancheng, office=office, by=clerk, now=day, **fields
        )

    return register


def preview(rule):
    rules = [*ClockRule.objects.as_terms(), rule]
    return count_moves(touched_by_rule(rule), rules, Calendars())


def test_a_rule_shows_first_what_it_would_move(district_admin, registered):
    for _n in range(3):
        registered()
    registered(day=at("2026-02-27 10:00"))  # started before the rule holds

    rule = clock_rule(by=district_admin, **RULE)

    assert preview(rule) == [Moved(Clock.ROUTE, earlier=3, later=0)]
    longer = clock_rule(by=district_admin, **{**RULE, "days": 20})
    assert preview(longer) == [Moved(Clock.ROUTE, earlier=0, later=3)]
    assert not ClockRule.objects.filter(valid_from=RULE["valid_from"]).exists()


def test_a_preview_tells_nothing_of_sealed_letters(district_admin, registered):
    registered(category=Category.ACCUSATION)

    assert preview(clock_rule(by=district_admin, **RULE)) == []


def test_a_rule_moves_what_started_under_it_and_nothing_else(
    district_admin, petition, registered
):
    new, old = registered(), registered(day=at("2026-02-27 10:00"))
    closed = registered()
    take(closed, Step.GUIDE, petition, START)

    rule = change_clock_rule(by=district_admin, **RULE)
    assert [job.task_name for job in ProcrastinateJob.objects.all()] == [
        "visits.tasks.recount_rule"
    ]
    recount_rule(rule=rule.pk)

    for letter in (new, old, closed):
        letter.refresh_from_db()
    assert (new.due_on, old.due_on) == (date(2026, 3, 12), date(2026, 3, 13))
    assert closed.clocks.get().legal_on == date(2026, 3, 17)
    assert new.version == 1
    told = [(it.account, it.kind, it.letter) for it in Notice.objects.all()]
    assert told == [(petition, Notice.Kind.MOVED_EARLIER, new)]


def test_counting_again_changes_nothing_and_tells_nobody_twice(
    district_admin, petition, registered
):
    registered()
    rule = change_clock_rule(by=district_admin, **RULE)
    recount_rule(rule=rule.pk)
    before = list(LetterClock.objects.values_list("pk", flat=True))

    assert recount_clocks(now=START) == 0

    assert list(LetterClock.objects.values_list("pk", flat=True)) == before
    assert Notice.objects.count() == 1


def test_a_later_day_is_told_to_nobody(district_admin, petition, registered):
    letter = registered()
    rule = change_clock_rule(by=district_admin, **{**RULE, "days": 20})

    recount_rule(rule=rule.pk)

    letter.refresh_from_db()
    assert letter.due_legal_on == date(2026, 3, 22)
    assert not Notice.objects.exists()


def test_a_local_rule_holds_inside_its_area_alone(js, district_admin, registered):
    inside, outside = registered(js.tangzhang), registered(js.huancheng)
    local = {**RULE, "jurisdiction": js.tongshan}

    assert preview(clock_rule(by=district_admin, **local)) == [
        Moved(Clock.ROUTE, earlier=1, later=0)
    ]
    recount_rule(rule=change_clock_rule(by=district_admin, **local).pk)

    inside.refresh_from_db()
    outside.refresh_from_db()
    assert (inside.due_on, outside.due_on) == (date(2026, 3, 12), date(2026, 3, 17))
    assert registered(js.tangzhang).due_on == date(2026, 3, 12)


def test_a_local_rule_laxer_than_the_law_moves_nothing(js, district_admin, registered):
    registered(js.tangzhang)
    lax = {**RULE, "jurisdiction": js.tongshan, "days": 40}

    assert preview(clock_rule(by=district_admin, **lax)) == []


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"clock": "C6"}, "clock", "free"),
        ({"clock": "C99"}, "clock", "invalid_choice"),
        ({"days": 0}, "days", "too_short"),
        ({"basis": " "}, "basis", "blank"),
        ({"valid_from": date(2022, 5, 1)}, "valid_from", None),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field(
    district_admin, change, field, code
):
    with pytest.raises(ValidationError) as refusal:
        change_clock_rule(by=district_admin, **{**RULE, **change})

    error = refusal.value.error_dict[field][0]
    assert error.code == code
    assert not ProcrastinateJob.objects.exists()


def test_nobody_makes_rules_for_the_area_of_another(js, county_admin):
    with pytest.raises(ValidationError) as refusal:
        change_clock_rule(by=county_admin, **{**RULE, "jurisdiction": js.gulou})

    assert refusal.value.error_dict["jurisdiction"][0].code == "elsewhere"


def test_a_rule_for_the_nation_is_not_a_countys_nor_a_citys(
    js, county_admin, district_admin
):
    change_clock_rule(by=district_admin, **RULE)
    district_admin.grants.update(place=js.xuzhou)
    city_admin = Account.objects.get(pk=district_admin.pk)

    for admin in (city_admin, county_admin):
        with pytest.raises(ValidationError) as refusal:
            change_clock_rule(by=admin, **{**RULE, "clock": "C7", "days": 366})
        assert refusal.value.error_dict["jurisdiction"][0].code == "nation"


def test_a_strict_local_extension_bounds_the_step(js, district_admin, registered):
    local = {**RULE, "clock": "C8", "days": 15, "jurisdiction": js.xuzhou}
    change_clock_rule(by=district_admin, **local)
    water = UnitFactory(place=js.xuzhou)
    head = officer(water, Role.UNIT_HEAD)
    letter = registered()
    petition = officer(letter.office)
    letter = take(letter, Step.FORWARD, petition, START, to_unit=water)
    letter = take(letter, Step.ACCEPT, head, START, accepted_on=START.date())
    letter = take(letter, Step.INQUIRE, head, START)

    with pytest.raises(ValidationError) as refusal:
        take(letter, Step.EXTEND, head, START, days=16, told_on=START.date())
    assert refusal.value.error_dict["days"][0].code == "too_long"
    take(letter, Step.EXTEND, head, START, days=15, told_on=START.date())


# --- The calendar ---------------------------------------------------------------------


def test_a_day_of_the_calendar_moves_the_dates_that_hang_on_it(petition, registered):
    letter, other = registered(), registered(day=at("2026-03-04 10:00"))
    CalendarDayFactory(date="2026-03-17", name="放假", source="local")
    recount_after_calendar(date(2026, 3, 17))

    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == (
        "visits.tasks.recount_day",
        {"day": "2026-03-17"},
    )
    recount_day(**job.args)

    letter.refresh_from_db()
    other.refresh_from_db()
    assert (letter.due_on, letter.due_legal_on) == (
        date(2026, 3, 16),
        date(2026, 3, 17),
    )
    assert other.due_on == date(2026, 3, 19)
    assert [it.letter for it in Notice.objects.all()] == [letter]


def test_only_letters_that_may_hang_on_a_day_are_looked_at(registered):
    near, _far = registered(), registered(day=at("2026-05-11 10:00"))

    assert list(touched_by_day(date(2026, 3, 17))) == [near]


def test_provisional_dates_settle_when_the_plan_is_loaded(petition, registered):
    for day, entry in {**known_days(2026), **known_days(2027)}.items():
        CalendarDay.objects.create(
            date=day,
            is_workday=entry.is_workday,
            name=entry.name,
            source=entry.source,
        )
    letter = registered(day=at("2026-12-20 10:00"))
    assert (letter.due_on, letter.due_is_provisional) == (date(2027, 1, 4), True)
    CalendarDay.objects.filter(date__year=2027).update(source="plan")
    CalendarDayFactory(date="2027-01-04", name="元旦")

    recount_clocks(now=START, letters=Letter.objects.with_provisional_clock())

    letter.refresh_from_db()
    assert (letter.due_on, letter.due_is_provisional) == (date(2026, 12, 31), False)
    assert Notice.objects.get().kind == Notice.Kind.MOVED_EARLIER


def test_a_region_with_days_of_its_own_has_its_own_dates(js, registered):
    CalendarDayFactory(
        region=js.tongshan.code, date="2026-03-17", name="地方节日", source="local"
    )

    assert registered(js.tangzhang).due_on == date(2026, 3, 16)
    assert registered(js.huancheng).due_on == date(2026, 3, 17)


@pytest.mark.parametrize("count", [1, 4])
def test_a_preview_costs_the_same_for_any_number(
    district_admin, registered, count, django_assert_num_queries
):
    for _n in range(count):
        registered()
    rule = clock_rule(by=district_admin, **RULE)
    rules = [*ClockRule.objects.as_terms(), rule]

    # The calendars (1), keys of two batches (2), letters, events, clocks, the calendar.
    with django_assert_num_queries(7):
        count_moves(touched_by_rule(rule), rules, Calendars())
