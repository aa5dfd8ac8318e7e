"""Facts that are written once for a process say what Django would write for each."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.factories import AccountFactory, VisitFactory
from tests.visits.reports.test_figures import questions, random_world
from visits.models import Action
from visits.reports import facts
from visits.reports.actions_offered import actions_offered
from visits.reports.asked import ByAction, ByChild, ByOfficial, ByUnit
from visits.reports.facts import Source
from visits.reports.written import facts_of
from visits.rules.visit_states import Mode

pytestmark = pytest.mark.django_db

SOURCES = [it for it in vars(facts).values() if isinstance(it, Source)]


def answered(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return sorted(cursor.fetchall(), key=repr)


def as_written(source, asked, rows):
    try:
        return answered(*facts_of(source, asked, rows))
    except EmptyResultSet:
        return []


def as_asked(source, asked, rows):
    try:
        return answered(*source.facts(asked, rows).query.sql_with_params())
    except EmptyResultSet:
        return []


def test_facts_are_those_of_whoever_asks_whenever_and_of_whatever(js, leader):
    officials, action = random_world(js, 2)
    hides = {"mode": Mode.UNANNOUNCED, "held": True, "places": [js.tangzhang]}
    for team in ([leader.cadre], officials[:1]):
        visit = VisitFactory(officials=team, starts_at=timezone.now(), **hides)
        visit.hidden_until = timezone.now() + timedelta(days=1)
        visit.save()
    admin = AccountFactory(role=Role.DISTRICT_ADMIN, role__place=js.js)
    everyone = tuple(it.pk for it in (*officials, leader.cadre))
    asked_of = [*questions(admin, action)]
    found = 0
    for reader, asked in (
        (leader, asked_of[5]),  # a quarter, the one before, and that of the year before
        (leader, asked_of[-1]),  # an action
        (admin, asked_of[-2]),  # a year
    ):
        asked = replace(asked, reader=Account.objects.get(pk=reader.pk))
        known = Action.objects.reportable_to(asked.reader)
        offered = set(actions_offered(asked.reader))
        assert offered == set(known.values_list("reference", "name"))
        for rows in (
            ByChild.of(js.js),
            ByChild.of(js.tongshan),
            ByOfficial(everyone),
            ByUnit(js.xuzhou),
            ByAction(js.js),
        ):
            for source in SOURCES:
                if source is facts.PLACE and not isinstance(rows, ByChild):
                    continue
                written = as_written(source, asked, rows)
                assert written == as_asked(source, asked, rows), (source, rows)
                found += len(written)
    assert found > 300
