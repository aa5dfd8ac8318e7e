"""What all reports share: how they are asked, where figures lead, period and files."""

from datetime import date
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cadres.http import AuthedRequest
from cadres.models import Account, Cadre, District
from visits.forms.report import (
    address_of,
    asked_in,
    place_in,
    query_of,
    report_places,
    week_code,
)
from visits.models import Action
from visits.reports.asked import Asked
from visits.reports.counting import Key, Total
from visits.reports.figures import Figure
from visits.reports.table import Link
from visits.rules.periods import Period, PeriodKind

ACTIONS_OFFERED = 50
OWN_LEVEL = "own"


def asked_by(request: AuthedRequest) -> Asked:
    return asked_in(request.GET, user=request.user, today=timezone.localdate())


def place_asked(request: AuthedRequest) -> District:
    place = place_in(request.GET, report_places(request.user))
    if place is None:
        raise Http404
    return place


# --- Where figures lead: rows have names, so only those who may open them get links ---


def no_link(figure: Figure, key: Key, week: date | None = None) -> str:
    return ""


def district_link(asked: Asked, place: District) -> Link:
    if not may_open_place(asked.reader, place):
        return no_link
    address = reverse("visits:report_rows")

    def link(figure: Figure, key: Key, week: date | None = None) -> str:
        row = {} if key is Total else {"row": OWN_LEVEL if key is None else str(key)}
        weeks = {"week": week_code(week)} if week else {}
        query = address_of(asked, place=place.pk, figure=figure.name, **row, **weeks)
        return f"{address}?{query}"

    return link


def may_open_place(user: Account, place: District) -> bool:
    """Whether a role that holds here lets this account open the rows behind figures."""
    return any(
        scope.place is not None and scope.place.contains(place)
        for scope in user.scopes("visits.open_report_rows")
    )


def official_link(asked: Asked, officials: list[Cadre]) -> Link:
    openable = openable_officials(asked.reader, [official.pk for official in officials])
    address = reverse("visits:report_rows")

    def link(figure: Figure, key: Key, week: date | None = None) -> str:
        if key not in openable:
            return ""
        query = address_of(asked, official=str(key), figure=figure.name)
        return f"{address}?{query}"

    return link


def openable_officials(user: Account, pks: list[int]) -> set[int]:
    if not user.has_perm("visits.open_report_rows"):
        return set()
    reach = Cadre.objects.reportable_by(user).in_reach(user, "visits.open_report_rows")
    return set(reach.filter(pk__in=pks).values_list("pk", flat=True))


def official_address(asked: Asked, official: Cadre) -> str:
    address = reverse("visits:report_official", args=[official.pk])
    return f"{address}?{address_of(asked)}"


# --- The frame of the page -----------------------------------------------------------


def frame(asked: Asked, context: dict[str, Any], **keep: int) -> dict[str, Any]:
    """Add the period picker and the switch; `keep` stays in the picker's links."""
    period = asked.period
    actions = Action.objects.reportable_to(asked.reader).order_by("-first", "-pk")

    def other(wanted: Period | None) -> str:
        return f"?{query_of(period=wanted.code, **keep)}" if wanted else ""

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
        "actions": actions[:ACTIONS_OFFERED],
        "keep": keep,
        "switch": {
            name: f"{reverse(f'visits:report_{name}')}?{address_of(asked)}"
            for name, permission in (
                ("districts", "visits.view_district_report"),
                ("officials", "visits.view_official_report"),
                ("letters", "visits.view_district_report"),
            )
            if asked.reader.has_perm(permission)
        },
    }


# --- Files ----------------------------------------------------------------------------


def made(asked: Asked) -> list[tuple[str, str]]:
    """What a file says about itself: of when, made when and by whom."""
    if asked.action:
        period, days = asked.action.name, (asked.action.first, asked.action.last)
    else:
        period, days = asked.period.name, (asked.period.first, asked.period.last)
    span = " – ".join(date_format(day, "DATE_FORMAT") for day in days)
    now = date_format(timezone.localtime(), "DATETIME_FORMAT")
    by = asked.reader.name or asked.reader.username
    return [(_("Period"), f"{period} ({span})"), (_("Made"), f"{now}, {by}")]


def csv_file(body: str, name: str, asked: Asked) -> HttpResponse:
    """`name` is ours; the period is a code or a random reference: safe in a header."""
    period = asked.action.reference if asked.action else asked.period.code
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="{quote(f"{name}-{period}")}.csv"'
    )
    return response
