"""What all reports share: how they are asked, where figures lead, period and files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of_key
from cadres.http import AuthedRequest
from cadres.models import Cadre, District
from visits.forms.report import (
    address_of,
    asked_in,
    group_in,
    may_read,
    place_in,
    query_of,
    question_in,
    week_code,
)
from visits.reports.actions_offered import actions_offered
from visits.reports.asked import Asked
from visits.reports.counting import Key, Total
from visits.reports.ended_place import ended_place
from visits.reports.figures import EVERY, Figure, Group, groups_asked
from visits.reports.report_question import (
    Question,
    may_open_place,
    no_link,
    openable_officials,
)
from visits.reports.table import Link
from visits.rules.periods import Period, PeriodKind
from visits.rules.report_kinds import (
    OF_BORDERS,
    OF_LETTERS,
    Boundaries,
    ReportKind,
)

SWITCH = {
    ReportKind.DISTRICTS.value: _("By district"),
    ReportKind.OFFICIALS.value: _("By official"),
    ReportKind.UNITS.value: _("By unit"),
    ReportKind.ACTIONS.value: _("Unified actions"),
    ReportKind.TOPICS.value: _("Study topics"),
    ReportKind.BURDEN.value: _("Burden"),
    ReportKind.LETTERS.value: _("Letters"),
    ReportKind.PETITION.value: _("Petition office, yearly"),
}
OWN_LEVEL = "own"


def asked_by(request: AuthedRequest, kind: ReportKind | None = None) -> Asked:
    today = timezone.localdate()
    return asked_in(request.GET, user=request.user, today=today, kind=kind)


def place_asked(request: AuthedRequest, places: list[District]) -> District:
    """The one asked for, of those that `report_places` found."""
    place = place_in(request.GET, places)
    if place is None:
        raise Http404
    return place


def question_asked(request: AuthedRequest) -> Question:
    """As `question_in`, of the address that was asked for."""
    return question_in(request.GET, user=request.user, today=timezone.localdate())


def question_address(question: Question) -> str:
    """The query string that asks it again."""
    more: dict[str, str | int] = {"report": question.kind.value}
    if question.office:
        more["office"] = question.office.pk
    elif question.place:
        more["place"] = question.place.pk
    elif question.is_single:
        more["official"] = question.officials[0].pk
    return address_of(question.asked, **more)


def page_address(question: Question) -> str:
    """The page of the report."""
    if question.is_single:
        return official_address(question.asked, question.officials[0])
    place = {"place": question.place.pk} if question.place else {}
    if question.office:
        place = {"office": question.office.pk}
    address = reverse(f"visits:report_{question.kind.value}")
    return f"{address}?{address_of(question.asked, **place)}"


# --- Where figures lead: rows have names, so only those who may open them get links ---


def district_link(
    asked: Asked, place: District, kind: ReportKind = ReportKind.DISTRICTS
) -> Link:
    if not may_open_place(asked.reader, place):
        return no_link
    of = {} if kind == ReportKind.DISTRICTS else {"report": kind.value}
    query = address_of(asked, place=place.pk, **of)
    address = f"{reverse('visits:report_rows')}?{query}"

    def link(figure: Figure, key: Key, week: date | None = None) -> str:
        """For some hundred figures of a page: no word in it needs to be quoted."""
        found = f"{address}&figure={figure.name}"
        if key is not Total:
            found += f"&row={OWN_LEVEL if key is None else key}"
        return f"{found}&week={week_code(week)}" if week else found

    return link


def official_link(asked: Asked, officials: list[Cadre]) -> Link:
    openable = openable_officials(asked.reader, [official.pk for official in officials])
    address = f"{reverse('visits:report_rows')}?{address_of(asked)}"

    def link(figure: Figure, key: Key, week: date | None = None) -> str:
        """As in `district_link`."""
        if key not in openable:
            return ""
        return f"{address}&official={key}&figure={figure.name}"

    return link


def official_address(asked: Asked, official: Cadre) -> str:
    address = address_of_key("visits:report_official", official.pk)
    return f"{address}?{address_of(asked)}"


def day_rows(official: Cadre) -> Callable[[Period], str]:
    """The half-days of a month behind the days of a year, for who may open them."""
    address = reverse("visits:report_rows")

    def link(month: Period) -> str:
        query = query_of(period=month.code, official=official.pk, figure="days")
        return f"{address}?{query}"

    return link


# --- The frame of the page -----------------------------------------------------------


def choice_of_groups(
    request: AuthedRequest, asked: Asked, groups: Sequence[Group], **keep: int
) -> dict[str, Any]:
    """The groups of figures to choose from, and the one that is chosen."""
    groups = groups_asked(groups, of_action=asked.action is not None)
    chosen = group_in(request.GET, [group.name for group in groups])
    names = [*((it.name, it.label) for it in groups), (EVERY, _("All"))]
    return {
        "group": chosen,
        "groups": [
            {
                "label": label,
                "url": f"?{address_of(asked, group=name, **keep)}",
                "is_current": name == chosen,
            }
            for name, label in names
        ],
    }


def where(
    asked: Asked, place: District, places: list[District], group: str = ""
) -> dict[str, Any]:
    """The place, those above it, and the other ones that one may report on."""

    def at(place: District) -> str:
        return f"?{address_of(asked, place=place.pk, group=group)}"

    above = District.objects.real().filter(pk__in=place.chain_ids[:-1])
    together = [it for it in places if it.is_together and it.pk != place.pk]
    return ended_context(asked, place, places, group=group) | {
        "place": place,
        "chain": [
            (it.short_name, at(it))
            for it in [*together, *above.order_by("level")]
            if any(mine.contains(it) for mine in places)
        ],
        "other_places": [(it.path, at(it)) for it in places if it.pk != place.pk],
    }


def ended_context(
    asked: Asked, place: District, places: list[District], **keep: str
) -> dict[str, Any]:
    """That the place has ended, and the same question to what came of it."""
    ended = ended_place(asked, place)
    if ended is None:
        return {"ended": None}

    def at(heir: District) -> str:
        if not any(mine.contains(heir) for mine in places):
            return ""
        return f"?{address_of(asked, place=heir.pk, **keep)}"

    heirs = [(it, at(it.successor)) for it in ended.heirs]
    return {"ended": ended, "heirs": heirs}


def choice_of_borders(
    asked: Asked,
    is_together: bool = False,
    /,
    kind: str = ReportKind.DISTRICTS,
    **keep: int | str,
) -> list[dict[str, Any]]:
    """Whether places are counted as they were on the date, or as they are today.

    No choice for several together: each counts as it was.
    """
    if is_together:
        return []
    return [
        {
            "label": wanted.of(kind),
            "url": f"?{address_of(replace(asked, boundaries=wanted), **keep)}",
            "is_current": wanted == asked.boundaries,
        }
        for wanted in Boundaries
    ]


def frame(asked: Asked, context: dict[str, Any], **keep: int | str) -> dict[str, Any]:
    """Add the period picker and the switch; `keep` stays in the picker's links.

    Actions are offered unless `context` says otherwise.
    """
    period = asked.period
    if "actions" not in context:
        context["actions"] = actions_offered(asked.reader)
    is_today = asked.boundaries == Boundaries.NOW
    borders = {"borders": asked.boundaries.value} if is_today else {}

    def other(wanted: Period | None) -> str:
        if wanted is None:
            return ""
        return f"?{address_of(replace(asked, period=wanted, action=None), **keep)}"

    return context | {
        "section": "reports",
        "asked": asked,
        "previous": "" if asked.action else other(period.previous),
        "next": "" if asked.action else other(period.next),
        "kinds": [
            {
                "label": kind.label,
                "url": other(period.as_kind(kind, today=asked.today)),
                "is_current": kind == period.kind and not asked.action,
            }
            for kind in PeriodKind
        ],
        "keep": keep | borders,
        "switch": _switch(asked, keep),
    }


def _switch(asked: Asked, keep: Mapping[str, int | str]) -> list[dict[str, str]]:
    """All reports that one may read, of the same period and, if it has one, place."""
    found = []
    for name, label in SWITCH.items():
        if may_read(asked.reader, ReportKind(name)):
            has_place = name not in (ReportKind.OFFICIALS, *OF_LETTERS)
            # Several together have few reports: the others begin with the first.
            place = {"place": keep.get("place") or ""} if has_place else {}
            borders = asked.boundaries if name in OF_BORDERS else Boundaries.THEN
            of_kind = replace(asked, boundaries=borders)
            url = f"{reverse(f'visits:report_{name}')}?{address_of(of_kind, **place)}"
            found.append({"name": name, "label": str(label), "url": url})
    return found
