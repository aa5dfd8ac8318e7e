"""The unified actions that a report can be asked of, for the picker of every report."""

from functools import cache
from typing import Any

from django.db.models import BigIntegerField, Q
from django.utils import timezone

from cadres.models import Account, Cadre
from cadres.models.condition import keys_of
from cadres.models.statement import Slot, Statement, each
from visits.models import Action
from visits.models.action import in_reports
from visits.reports.seen import own_hidden
from visits.reports.written import anyone_asks

OFFERED = 50


def actions_offered(reader: Account) -> list[tuple[Any, ...]]:
    """References and names of the last ones; as `Action.objects.reportable_to`."""
    scopes = reader.scopes("visits.view_district_report")
    places: dict[str, list[int]] = {}
    for scope in scopes:
        if scope.place:
            places.setdefault(scope.place.subtree_column, []).append(scope.place.pk)
    are_few = all(it.is_narrow for it in scopes)
    return _offered(tuple(sorted(places)), are_few=are_few).rows(
        now=timezone.now(),
        own_hidden=own_hidden(reader),
        officials=keys_of(Cadre.objects.reportable_by(reader)),
        **{column: each(pks) for column, pks in places.items()},
    )


@cache
def _offered(columns: tuple[str, ...], *, are_few: bool) -> Statement:
    here = Q()
    for column in columns:
        here |= Q(**{f"{column}__in": Slot(column, BigIntegerField())})
    officials = Slot("officials", BigIntegerField())
    held = anyone_asks().held()
    known = Action.objects.filter(in_reports(held, officials, here, are_few=are_few))
    last = known.order_by("-first", "-pk").values_list("reference", "name")
    return Statement.of(last[:OFFERED])
