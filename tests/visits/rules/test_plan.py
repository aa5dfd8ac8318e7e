from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from visits.rules.plan import (
    Member,
    StopPlan,
    faults_of_places,
    faults_of_stops,
    faults_of_team,
)
from visits.rules.visit_states import Part

EARLIEST, LATEST = date(2026, 8, 25), date(2027, 11, 23)


@dataclass
class Place:
    """As much of a place as the rule asks for."""

    is_virtual: bool = False
    valid_from: date = date(2000, 1, 1)
    valid_to: date | None = None
    is_inside: bool = True


class Area:
    path = "江苏 / 徐州"

    def contains(self, place):
        return place.is_inside


@dataclass
class Official:
    pk: int


def stop(starts, ends, place=None):
    return StopPlan(
        place, datetime.fromisoformat(starts), datetime.fromisoformat(ends), ["study"]
    )


GOOD = stop("2026-11-25 09:00", "2026-11-25 11:00")


@pytest.mark.parametrize(
    ("stops", "found"),
    [
        pytest.param([GOOD], [], id="good"),
        pytest.param(
            [stop("2026-11-25 11:00", "2026-11-25 09:00")],
            [(0, "ends", "ends_first")],
            id="ends before it begins",
        ),
        pytest.param(
            [stop("2026-11-25 09:00", "2026-11-25 09:00")],
            [(0, "ends", "ends_first")],
            id="takes no time",
        ),
        pytest.param(
            [stop("2026-11-01 09:00", "2026-12-02 09:01")],
            [(0, "last_day", "too_long")],
            id="longer than 31 days",
        ),
        pytest.param(
            [stop("2026-08-24 09:00", "2026-08-24 10:00")],
            [(0, "day", "too_early")],
            id="too far back",
        ),
        pytest.param(
            [stop("2026-08-25 09:00", "2026-08-25 10:00")], [], id="the earliest day"
        ),
        pytest.param(
            [stop("2027-11-23 09:00", "2027-11-24 10:00")],
            [(0, "day", "too_late")],
            id="ends too far ahead",
        ),
        pytest.param(
            [GOOD, stop("2026-11-25 11:00", "2026-11-25 12:00")], [], id="they touch"
        ),
        pytest.param(
            [GOOD, stop("2026-11-25 10:59", "2026-11-25 12:00")],
            [(1, "starts", "stops_overlap")],
            id="they overlap",
        ),
    ],
)
def test_faults_of_stops(stops, found):
    faults = faults_of_stops(stops, earliest=EARLIEST, latest=LATEST)

    assert [(fault.row, fault.field, fault.code) for fault in faults] == found


@pytest.mark.parametrize(
    ("place", "found"),
    [
        pytest.param(Place(), [], id="good"),
        pytest.param(Place(is_virtual=True), ["virtual_place"], id="code lists alone"),
        pytest.param(Place(valid_from=date(2026, 11, 26)), ["future_place"], id="new"),
        pytest.param(Place(valid_from=date(2026, 11, 25)), [], id="new that day"),
        pytest.param(Place(valid_to=date(2026, 11, 24)), ["closed_place"], id="gone"),
        pytest.param(Place(valid_to=date(2026, 11, 25)), [], id="its last day"),
        pytest.param(Place(is_inside=False), ["out_of_scope"], id="not theirs"),
    ],
)
def test_faults_of_places(place, found):
    stops = [StopPlan(place, GOOD.starts_at, GOOD.ends_at, ["study"])]

    faults = faults_of_places(stops, area=Area(), today=date(2026, 11, 23))

    assert [fault.code for fault in faults] == found


@pytest.mark.parametrize(
    ("team", "found"),
    [
        pytest.param([(1, Part.LEAD)], [], id="one lead"),
        pytest.param([(1, Part.LEAD), (2, Part.COMPANION)], [], id="with company"),
        pytest.param([], [(0, "no_lead")], id="nobody"),
        pytest.param([(1, Part.RECORDER)], [(0, "no_lead")], id="no lead"),
        pytest.param(
            [(1, Part.LEAD), (2, Part.LEAD)], [(1, "second_lead")], id="two leads"
        ),
        pytest.param(
            [(1, Part.LEAD), (1, Part.COMPANION)], [(1, "twice_in_team")], id="twice"
        ),
    ],
)
def test_faults_of_team(team, found):
    members = [Member(Official(pk), part) for pk, part in team]

    assert [(f.row, f.code) for f in faults_of_team(members)] == found


def test_a_stop_of_31_days_is_allowed():
    longest = StopPlan(
        None, GOOD.starts_at, GOOD.starts_at + timedelta(days=31), ["study"]
    )

    assert list(faults_of_stops([longest], earliest=EARLIEST, latest=LATEST)) == []
