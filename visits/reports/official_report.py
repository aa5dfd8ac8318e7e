"""The report per official (handbook 9.1): records of work, never a league table."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cadres.models import Account, Cadre
from visits.reports.asked import Asked, ByOfficial
from visits.reports.counting import Counts, count
from visits.reports.figures import EVERY, OF_OFFICIALS, Group, figures_of, groups_asked
from visits.reports.table import Line, Link, Table, cells, figure_column

PAGE = 50
ORDER = ("unit__place__code", "unit__name", "unit_id", "name", "pk")


def reported_officials(reader: Account, asked: Asked) -> QuerySet[Cadre]:
    """Those the reader may report on and who were in office, by unit and name."""
    first = asked.action.first if asked.action else asked.period.first
    return (
        Cadre.objects.reportable_by(reader)
        .exclude(left_on__lt=first)
        .with_post(on=asked.today)
        .select_related("unit__place")
        .order_by(*ORDER)
    )


def beyond(officials: QuerySet[Cadre], pk: int, *, backwards: bool) -> Q:
    """What comes after (or before) that official in ORDER; nothing for a stranger."""
    place = officials.filter(pk=pk).values_list(*ORDER).first()
    if place is None:
        return Q(pk__in=[])
    condition, equal = Q(), Q()
    for name, value in zip(ORDER, place, strict=True):
        sign = "lt" if backwards else "gt"
        condition |= equal & Q(**{f"{name}__{sign}": value})
        equal &= Q(**{name: value})
    return condition


def post_of(official: Any) -> str:
    """The title annotated by `with_post`."""
    return official.post or ""


def official_counts(
    asked: Asked, officials: list[Cadre], groups: list[Group]
) -> Counts:
    rows = ByOfficial(tuple(official.pk for official in officials))
    return count(asked, rows, figures_of(groups))


def groups_of(asked: Asked, chosen: str = EVERY) -> list[Group]:
    of_action = asked.action is not None
    return groups_asked(OF_OFFICIALS, of_action=of_action, chosen=chosen)


def tables(
    groups: list[Group],
    officials: list[Cadre],
    counts: Counts,
    *,
    link: Link,
    single: Callable[[Cadre], str],
) -> list[Table]:
    """No totals: a joint visit stands in the row of each of its officials."""
    found = []
    for group in groups:
        columns = [figure_column(figure, counts, link) for figure in group.figures]
        lines = [
            Line(
                official.name,
                cells(columns, official.pk),
                single(official),
                " · ".join(filter(None, [official.unit.name, post_of(official)])),
                official.pk,
            )
            for official in officials
        ]
        found.append(Table(group.name, str(group.label), _("Official"), columns, lines))
    return found
