"""Reports per official and per district, the rows behind each figure, and CSV."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.addresses import address_of_key
from cadres.http import AuthedRequest
from cadres.models import Cadre, Setting
from visits.forms.report import address_of, report_places, whole_number
from visits.reports import district_report as by_district
from visits.reports import official_report as by_official
from visits.reports.asked import BEFORE, YEAR_BEFORE, Asked, ByOfficial
from visits.reports.counting import Counts, Key, Total, count
from visits.reports.facts import PLACE
from visits.reports.figure_rows import rows_behind
from visits.reports.figures import (
    FIGURES,
    KINDS,
    LETTERS,
    OF_DISTRICTS,
    OF_OFFICIALS,
    Figure,
)
from visits.reports.mix import mix
from visits.reports.table import Link, number
from visits.reports.where_to_go import counts_letters
from visits.reports.year_strip import year_strip
from visits.rules.report_kinds import ReportKind
from visits.rules.shares import share
from visits.views.report_frame import (
    asked_by,
    choice_of_borders,
    choice_of_groups,
    day_rows,
    district_link,
    frame,
    official_link,
    place_asked,
    where,
)

# --- Per district ----------------------------------------------------------------


@require_safe
@permission_required("visits.view_district_report", raise_exception=True)
def report_districts(request: AuthedRequest) -> HttpResponse:
    asked = asked_by(request, ReportKind.DISTRICTS)
    places = report_places(request.user, ReportKind.DISTRICTS)
    if not places and "place" not in request.GET:
        return render(request, "visits/reports/districts.html", frame(asked, {}))
    place = place_asked(request, places)
    choice = choice_of_groups(request, asked, OF_DISTRICTS, place=place.pk)
    group = choice["group"]
    around = where(asked, place, places, group) | {
        "borders": choice_of_borders(
            asked,
            place.is_together,
            kind=ReportKind.LETTERS if group == LETTERS.name else ReportKind.DISTRICTS,
            place=place.pk,
            group=group,
        )
    }
    if around["ended"] and around["ended"].is_over:
        context = frame(asked, around, place=place.pk, group=group)
        return render(request, "visits/reports/districts.html", context)
    groups = by_district.groups_of(asked, group)
    report = by_district.district_report(
        asked, place, groups, is_exact=counts_letters(request.user, place)
    )
    link, query = district_link(asked, place), address_of(asked)
    context = (
        choice
        | around
        | {
            "cards": district_cards(report, link),
            "tables": by_district.tables(
                report,
                link=link,
                drill=lambda below: f"?{query}&place={below.pk}&group={group}",
            ),
            "mix": mix(report.counts, Total, link, **period_names(asked)),
            "tiles": report.tiles,
            "this_report": address_of(asked, report="districts", place=place.pk),
            "is_empty": not report.counts.of("visits"),
            "letters_in_steps_of": report.letters_in_steps_of,
        }
    )
    return render(
        request,
        "visits/reports/districts.html",
        frame(asked, context, place=place.pk, group=group),
    )


def district_cards(
    report: by_district.DistrictReport, link: Link
) -> list[dict[str, Any]]:
    names = ["visits", "place_visits", "official_visits", "person_visits"]
    if not report.rows.is_above_county:
        names.remove("place_visits")
    cards = [card(FIGURES[name], report.counts, Total, link) for name in names]
    unconfirmed = report.counts.of("unconfirmed")
    if unconfirmed:
        line = _("of which not yet confirmed: %(n)s") % {"n": number(unconfirmed)}
        cards[0]["line"] = " · ".join(filter(None, [line, cards[0]["line"]]))
    decided = report.counts.of("onsite_decided")
    settled = card(FIGURES["onsite_settled"], report.counts, Total, link)
    settled["line"] = of_all(int(report.counts.of("onsite_settled")), int(decided))
    cards.append(settled)
    if report.has_townships:
        there = report.counts.of("townships_all")
        unvisited = card(FIGURES["townships_unvisited"], report.counts, Total, link)
        unvisited["line"] = _("of %(n)s townships, for %(months)s months") % {
            "n": number(there),
            "months": report.asked.unvisited_months,
        }
        cards.append(unvisited)
    return cards


def period_names(asked: Asked) -> dict[str, str]:
    """Of what is asked, and of the period before; an action has none before."""
    if asked.action:
        return {"now": asked.action.name, "before": ""}
    before = asked.period.previous
    return {"now": asked.period.name, "before": before.name if before else ""}


def of_all(part: int, whole: int) -> str:
    """Both counts, and the percentage when the base is large enough for one."""
    least = Setting.objects.as_dict()["report.min_base"]
    percent = share(part, whole, min_base=least)
    counts = _("%(part)s of %(whole)s matters decided") % {"part": part, "whole": whole}
    return counts if percent is None else f"{counts} · {percent}%"


def card(figure: Figure, counts: Counts, key: Key, link: Link) -> dict[str, Any]:
    value = counts.of(figure, key)
    lines = []
    if figure.source != PLACE:
        for at, words in (
            (BEFORE, _("before: %(n)s")),
            (YEAR_BEFORE, _("last year: %(n)s")),
        ):
            if at < counts.periods:
                lines.append(words % {"n": number(counts.of(figure, key, at))})
    return {
        "caption": figure.label,
        "value": number(value),
        "line": " · ".join(lines),
        "url": link(figure, key) if value else "",
    }


# --- Per official ----------------------------------------------------------------


@require_safe
@permission_required("visits.view_official_report", raise_exception=True)
def report_officials(request: AuthedRequest) -> HttpResponse:
    asked = asked_by(request)
    officials = by_official.reported_officials(request.user, asked)
    after = whole_number(request.GET.get("after", ""))
    before = whole_number(request.GET.get("before", ""))
    choice = choice_of_groups(request, asked, OF_OFFICIALS)
    group = choice["group"]
    page = officials
    if after is not None:
        page = officials.filter(by_official.beyond(officials, after, backwards=False))
    elif before is not None:
        page = officials.filter(
            by_official.beyond(officials, before, backwards=True)
        ).reverse()
    found = list(page[: by_official.PAGE + 1])
    more, listed = len(found) > by_official.PAGE, found[: by_official.PAGE]
    is_back = after is None and before is not None
    if is_back:
        listed.reverse()
    has_next, has_previous = (True, more) if is_back else (more, after is not None)
    pager = {}
    if listed:
        pager = {
            "previous_url": has_previous
            and f"?{address_of(asked, before=listed[0].pk, group=group)}",
            "next_url": has_next
            and f"?{address_of(asked, after=listed[-1].pk, group=group)}",
        }
    groups, query = by_official.groups_of(asked, group), address_of(asked)
    tables = by_official.tables(
        groups,
        listed,
        by_official.official_counts(asked, listed, groups),
        link=official_link(asked, listed),
        single=lambda official: (
            f"{address_of_key('visits:report_official', official.pk)}?{query}"
        ),
    )
    context = choice | {
        "tables": tables,
        "officials": listed,
        "page": pager,
        "this_report": address_of(asked, report="officials"),
    }
    return render(
        request, "visits/reports/officials.html", frame(asked, context, group=group)
    )


@require_safe
@permission_required("visits.view_official_report", raise_exception=True)
def report_official(request: AuthedRequest, pk: int) -> HttpResponse:
    asked = asked_by(request)
    officials = Cadre.objects.reportable_by(request.user).with_post(on=asked.today)
    official = get_object_or_404(officials.select_related("unit"), pk=pk)
    groups = by_official.groups_of(asked)
    counts = by_official.official_counts(asked, [official], groups)
    link = official_link(asked, [official])
    may_open = link(FIGURES["visits"], official.pk) != ""
    rows = ByOfficial((official.pk,))
    visits = FIGURES["visits"]
    kinds = count(asked, rows, KINDS)
    year = asked.action.first.year if asked.action else asked.period.last.year
    context = {
        "official": official,
        "back": f"{reverse('visits:report_officials')}?{address_of(asked)}",
        "this_report": address_of(asked, report="officials", official=official.pk),
        "groups": [
            (
                group.label,
                [card(it, counts, official.pk, link) for it in group.figures],
                group.figures,
            )
            for group in groups
        ],
        "mix": mix(kinds, official.pk, link, **period_names(asked)),
        "strip_year": year,
        "strip": may_open
        and year_strip(asked, official.pk, year, link=day_rows(official)),
        "may_open": may_open,
        "rows": rows_behind(asked, rows, visits, key=official.pk) if may_open else None,
        "all_rows": link(visits, official.pk),
        "figure": visits,
    }
    return render(request, "visits/reports/official.html", frame(asked, context))
