"""What stands in the address of a report; whatever cannot be read is the default."""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import parse_qsl, quote_plus

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from cadres.models import Account, Cadre, District, Setting, Unit, together
from visits.actions.export_report import Exportable
from visits.forms.list_asked import list_in, pages_of
from visits.models import Action, FiledReport
from visits.reports.asked import Asked
from visits.reports.figures import EVERY
from visits.reports.petition_report import offices_of
from visits.reports.report_question import Question, officials_asked
from visits.rules.periods import PeriodKind, parse_period, period_of
from visits.rules.report_kinds import OF_BORDERS, OF_SEVERAL, Boundaries, ReportKind


def whole_number(text: str) -> int | None:
    """A primary key as typed, or None for what cannot be one."""
    fits = text.isascii() and text.isdecimal() and len(text) <= 18
    return int(text) if fits else None


def asked_in(
    data: Mapping[str, str],
    *,
    user: Account,
    today: date,
    kind: ReportKind | None = None,
) -> Asked:
    """Read the period or action; by default it is the current quarter.

    The borders of today are asked for in a `kind` of report that knows of them.
    """
    action = None
    if reference := data.get("action", ""):
        actions = Action.objects.reportable_to(user)
        action = actions.filter(reference=reference[:20]).first()
    period = parse_period(data.get("period", ""))
    months = Setting.objects.as_dict()["unvisited.months"]
    period = period or period_of(PeriodKind.QUARTER, today)
    is_now = kind in OF_BORDERS and data.get("borders") == Boundaries.NOW
    boundaries = Boundaries.NOW if is_now else Boundaries.THEN
    return Asked(user, today, period, action, months, boundaries)


def query_of(**parts: str | int) -> str:
    """As `urlencode`, which takes four times as long; the names are our own."""
    return "&".join(
        f"{name}={quote_plus(str(value))}"
        for name, value in parts.items()
        if value != ""
    )


def address_of(asked: Asked, **more: str | int) -> str:
    """The query string that asks the same again, with `more` to it."""
    if asked.boundaries == Boundaries.NOW:
        more = {"borders": Boundaries.NOW.value, **more}
    if asked.action:
        return query_of(action=asked.action.reference, **more)
    return query_of(period=asked.period.code, **more)


def group_in(data: Mapping[str, str], names: Sequence[str]) -> str:
    """The group of figures to show, by default the first; all, if that is wanted."""
    wanted = data.get("group", "")
    return wanted if wanted in (*names, EVERY) else names[0]


def week_in(data: Mapping[str, str]) -> date | None:
    """The Monday named by `week`, such as 2026-W48."""
    period = parse_period(data.get("week", ""))
    return period.first if period and period.kind == PeriodKind.WEEK else None


def week_code(monday: date) -> str:
    return period_of(PeriodKind.WEEK, monday).code


def report_places(user: Account, kind: str = "") -> list[District]:
    """The places whose report this account may read; each with all below it.

    Several are one in a `kind` of report whose rows they can be.
    """
    found: dict[int, District] = {}
    for scope in user.scopes("visits.view_district_report"):
        if scope.place:
            found.setdefault(scope.place.pk, scope.place)
    places = list(found.values())
    if places and kind in OF_SEVERAL:
        return [together(places)]
    return places


def place_in(data: Mapping[str, str], places: list[District]) -> District | None:
    """The place asked for, by default the first of one's own; None if not one's own."""
    if "place" not in data:
        return places[0] if places else None
    pk = whole_number(data["place"])
    own = next((place for place in places if place.pk == pk), None)
    if own or pk is None:
        return own
    place = District.objects.real().filter(pk=pk).first()
    if place and any(mine.contains(place) for mine in places):
        return place
    return None


def kind_in(data: Mapping[str, str], user: Account) -> ReportKind | None:
    """Which report is asked for, if this account may read it."""
    wanted = data.get("report", "")
    for kind in ReportKind:
        if wanted in ("", kind) and may_read(user, kind):
            return kind
    return None


def may_read_reports(user: Account) -> bool:
    return any(may_read(user, kind) for kind in ReportKind)


def may_export(user: Account) -> bool:
    """Whether there is a report or a list that is theirs to take."""
    return may_read_reports(user) or bool(pages_of(user))


def question_in(data: Mapping[str, str], *, user: Account, today: date) -> Question:
    """The report that an address speaks of: `report`, and what that report is asked.

    Raises:
        ValidationError: code `too_many` officials.
        PermissionDenied, Http404: it is not this account's to read.
    """
    kind = kind_in(data, user)
    if kind is None:
        raise PermissionDenied
    asked = asked_in(data, user=user, today=today, kind=kind)
    if kind == ReportKind.PETITION:
        return Question.of_office(asked, office_in(data, user=user))
    if kind == ReportKind.LETTERS and "office" in data:
        return Question.of_letters(asked, office=office_in(data, user=user))
    if kind != ReportKind.OFFICIALS:
        place = place_in(data, report_places(user, kind))
        if place is None:
            raise Http404
        if kind == ReportKind.LETTERS:
            return Question.of_letters(asked, place)
        return Question.of(asked, place, kind)
    if "official" not in data:
        return Question(asked, officials=officials_asked(user, asked))
    pk = whole_number(data["official"])
    known = Cadre.objects.reportable_by(user).with_post(on=asked.today)
    official = get_object_or_404(known.select_related("unit__place"), pk=pk)
    return Question(asked, officials=[official], is_single=True)


def office_in(
    data: Mapping[str, str], *, user: Account, offices: list[Unit] | None = None
) -> Unit:
    """The petition office asked for, by default one's own; Http404 if there is none.

    `offices` are theirs, where that is known already.
    """
    offices = offices_of(user) if offices is None else offices
    if "office" in data:
        pk = whole_number(data["office"])
        offices = [office for office in offices if office.pk == pk]
    if not offices:
        raise Http404
    return offices[0]


def filed_in(reference: str, *, user: Account) -> FiledReport:
    """One that may be seen; its page is nobody's who reads no reports.

    Raises:
        PermissionDenied, Http404: it is not this account's to read.
    """
    if not may_read_reports(user):
        raise PermissionDenied
    known = FiledReport.objects.visible_to(user).select_related(
        "place", "office__place", "action", "filed_by", "unit"
    )
    return get_object_or_404(known, reference=reference)


def exported_in(data: Mapping[str, str], *, user: Account, today: date) -> Exportable:
    """What an export is asked of: a report of now, one that was filed, or a list."""
    if "list" in data:
        return list_in(data, user=user)
    if "filed" in data:
        return filed_in(data["filed"][:8].replace("\0", ""), user=user)
    return question_in(data, user=user, today=today)


def asked_again(query: str, *, user: Account, today: date) -> Exportable:
    """What a kept query string asks today.

    Raises:
        ValidationError, PermissionDenied, Http404: as above, or its action is not
            this account's to report on any more: no other period stands in for it.
    """
    data = dict(parse_qsl(query))
    asked = exported_in(data, user=user, today=today)
    if isinstance(asked, Question) and "action" in data and not asked.asked.action:
        raise Http404
    return asked


def may_read(user: Account, kind: ReportKind) -> bool:
    if kind == ReportKind.PETITION:
        return user.has_perm("visits.route_letter")
    if kind == ReportKind.LETTERS:
        kinds = (ReportKind.DISTRICTS, ReportKind.PETITION)
        return any(may_read(user, kind) for kind in kinds)
    if kind == ReportKind.OFFICIALS:
        return user.has_perm("visits.view_official_report")
    if kind == ReportKind.TOPICS and not user.has_perm("visits.view_investigation"):
        return False
    return user.has_perm("visits.view_district_report")
