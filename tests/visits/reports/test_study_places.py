from datetime import timedelta

import pytest

from tests.factories import MatterFactory
from tests.factories.letters import letter_at
from tests.factories.studies import StudyWorld
from visits.actions.choose_place import choose_place
from visits.reports.study_places import suggestions, warning_of, words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def world(js):
    return StudyWorld(js)


def warned(world, place, reader=None, besides=None):
    return warning_of(
        place, reader=reader or world.leader, besides=besides, now=world.now
    )


def choose(world, place, by=None, study=None):
    study = study or world.study()
    return choose_place(
        study,
        by=by or world.liaison,
        now=world.now,
        place=place,
        reason="集中",
        despite="跟踪",
    )


def test_it_warns_of_a_place_visited_more_often_than_its_sisters(world, js):
    for _n in range(4):
        world.visit(places=[js.tangzhang])
    world.visit(places=[js.liuji])

    warning = warned(world, js.tangzhang)

    assert (warning.visits, warning.usual, warning.studies) == (4, 1, 0)
    assert words_of(warning) == [
        "4 visits in the last year; at the places beside it, usually 1."
    ]
    assert warned(world, js.liuji) is None
    assert warned(world, js.js) is None


def test_visits_of_long_ago_do_not_count(world, js):
    for number in range(4):
        ago = world.now - timedelta(days=400 + number)
        world.visit(places=[js.tangzhang], starts_at=ago)

    assert warned(world, js.tangzhang) is None


def test_hidden_visits_count_for_nobody_else(world, js):
    for number in range(4):
        at = world.now - timedelta(hours=20 - 4 * number)
        world.visit(places=[js.tangzhang], mode="unannounced", starts_at=at)

    assert warned(world, js.tangzhang, reader=world.admin) is None
    assert warned(world, js.tangzhang).visits == 4


def test_it_warns_of_a_place_that_other_studies_chose(world, js):
    own = choose(world, js.tangzhang)
    choose(world, js.tangzhang)
    assert warned(world, js.tangzhang, besides=own.investigation) is None
    choose(world, js.tangzhang)

    warning = warned(world, js.tangzhang, besides=own.investigation)

    assert (warning.studies, warning.is_often_visited) == (2, False)
    assert "2 other investigations" in words_of(warning)[0]


def test_who_stands_below_is_not_told_of_studies_above(world, js):
    """Else a place would learn that somebody means to come unannounced."""
    for _n in range(3):
        choose(world, js.village)

    assert warned(world, js.village).studies == 3
    assert warned(world, js.village, reader=world.county_admin) is None


def test_it_suggests_places_that_wait_with_their_reasons(world, js):
    old = world.visit(places=[js.liuji], starts_at=world.now - timedelta(days=300))
    MatterFactory(stop=old.stops.first(), assigned=True)
    world.visit(places=[js.huancheng])

    found = suggestions(world.study(), world.leader, now=world.now)

    by_place = {it.place: it.reasons for it in found}
    assert found[0].place == js.liuji
    assert by_place[js.liuji] == [
        "Nobody has come for 300 days.",
        "Open on-the-spot matters: 1, of which due: 1.",
    ]
    assert by_place[js.tangzhang] == ["No visit is on record."]
    assert js.huancheng not in by_place


def test_a_place_that_is_chosen_is_not_suggested(world, js):
    study = world.study()
    choose(world, js.tangzhang, study=study)

    found = suggestions(study, world.leader, now=world.now)

    assert js.tangzhang not in [it.place for it in found]


def test_letters_are_told_in_steps_and_sealed_ones_never(world, js):
    for _n in range(6):
        letter_at(js.huancheng, office=world.petition_office, by=world.petition)
    for _n in range(6):
        letter_at(
            js.shitun,
            office=world.petition_office,
            by=world.petition,
            complains_about_someone=True,
        )

    found = suggestions(world.study(), world.leader, now=world.now)

    reasons = {it.place: it.reasons for it in found}
    assert reasons[js.huancheng][1:] == ["Open letters: 5 or more."]
    assert reasons[js.shitun][1:] == []
