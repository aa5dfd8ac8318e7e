"""The report per district (handbook 9.2): a place, and the places below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.models import District, Setting
from cadres.rules.levels import Level
from visits.reports.asked import NOW, Asked, ByChild
from visits.reports.counting import Busiest, Counts, Key, Number
from visits.reports.coverage import (
    Tile,
    Township,
    coverage,
    covered,
    has_tiles,
    townships_of,
)
from visits.reports.facts import LIMITS
from visits.reports.figures import (
    BURDEN,
    CAME,
    COVERAGE,
    EVERY,
    FIGURES,
    KINDS,
    LETTERS,
    OF_DISTRICTS,
    Figure,
    Group,
    figures,
    figures_of,
    groups_asked,
)
from visits.reports.last_visits import last_visits, unvisited_since
from visits.reports.mix import parts_of, words_of
from visits.reports.rollup import count_days
from visits.reports.table import (
    Cell,
    Column,
    Line,
    Link,
    Table,
    cells,
    figure_column,
    footers,
    number,
)
from visits.reports.todays_places import ByChildToday, rows_below
from visits.rules.shares import share
from visits.rules.small_counts import Told, told

SHOWN = ("code", "level", "name", "valid_to")  # of a place
ON_TOP = figures("person_visits", "onsite_decided", "onsite_settled")


@dataclass(frozen=True)
class DistrictReport:
    """Everything that the page and the CSV show; all figures are counted already."""

    asked: Asked
    groups: list[Group]
    rows: ByChild
    children: list[District]
    counts: Counts
    busiest: dict[Key, Busiest]
    last_days: dict[Key, date]
    former: list[District]
    tiles: list[Tile]
    # 0 where letters are counted exactly; else they are told in steps of so many.
    letters_in_steps_of: int = 0
    min_base: int = 0  # for a percentage

    @property
    def has_townships(self) -> bool:
        return self.rows.place.level < Level.TOWNSHIP


def groups_of(
    asked: Asked, chosen: str = EVERY, *, of: Sequence[Group] = OF_DISTRICTS
) -> list[Group]:
    of_action = asked.action is not None
    return groups_asked(of, of_action=of_action, chosen=chosen)


def _figures(groups: list[Group], rows: ByChild) -> list[Figure]:
    """Each once: those of the groups, and those on top of the page."""
    wanted = dict.fromkeys([*CAME.figures, *KINDS, *ON_TOP, *figures_of(groups)])
    if rows.place.level < Level.TOWNSHIP and not _has(groups, BURDEN):
        wanted |= dict.fromkeys(COVERAGE)
    return list(wanted)


def _has(groups: list[Group], wanted: Group) -> bool:
    return any(it.name == wanted.name for it in groups)


def district_report(
    asked: Asked,
    place: District,
    groups: list[Group] | None = None,
    *,
    is_exact: bool = False,
) -> DistrictReport:
    """Only the figures of `groups` are counted, and those on top of the page.

    `is_exact`: the reader may know how many letters there are. Others, and all files,
    have them in steps (handbook 9.3).
    """
    rows, groups = rows_below(asked, place), groups or groups_of(asked)
    wanted, townships = _figures(groups, rows), []
    if has_tiles(place) and not _has(groups, BURDEN):
        townships = townships_of(asked, rows)
        wanted = [it for it in wanted if it not in COVERAGE]
    counts, busiest = count_days(asked, rows, wanted)
    least, min_base = 0, 0
    if _has(groups, LETTERS):
        settings = Setting.objects.as_dict()
        least = 0 if is_exact else settings["report.min_cell"]
        min_base = settings["report.min_base"]
    if least:
        counts = _in_steps(counts, least)
    first = asked.action.first if asked.action else asked.period.first
    last = asked.action.last if asked.action else asked.period.last
    children = list(rows.children(first, last).only(*SHOWN))
    # Places that have gone since, or stand elsewhere today: as it was on the date.
    known = {child.pk for child in children}
    missing = (counts.keys() | {it.row for it in townships if it.row}) - known
    former: list[District] = []
    if missing:
        gone = District.objects.filter(pk__in=missing).order_by("code", "pk")
        former = list(gone.only(*SHOWN))
    if isinstance(rows, ByChildToday):
        moments = rows.last_visits(asked)
        last_at = rows.last_visits(asked, township=True) if townships else {}
    else:
        shown = [*children, *former] if _has(groups, CAME) else []
        moments = last_at = _last_visits(asked, shown, townships)
    tiles = coverage(asked, townships, last_at)
    counts.found |= covered(tiles)
    days: dict[Key, date] = {
        it.pk: timezone.localdate(moments[it.pk])
        for it in [*children, *former]
        if it.pk in moments
    }
    return DistrictReport(
        asked, groups, rows, children, counts, busiest, days, former, tiles,
        letters_in_steps_of=least, min_base=min_base,
    )  # fmt: skip


def _in_steps(counts: Counts, least: int) -> Counts:
    """What is under `least` is not there: no row stands here because of it."""
    of_letters = {figure.name for figure in LETTERS.figures}

    def known(name: str, number: Number) -> Number:
        if name not in of_letters:
            return number
        return told(int(number), least=least, is_exact=False).at_least

    found = {at: known(at[2], number) for at, number in counts.found.items()}
    return Counts(found, counts.periods)


def _last_visits(
    asked: Asked, places: list[District], townships: list[Township]
) -> dict[int, datetime]:
    wanted: dict[Level, set[int]] = {}
    for it in places:
        wanted.setdefault(Level(it.level), set()).add(it.pk)
    if townships:
        wanted.setdefault(Level.TOWNSHIP, set()).update(it.pk for it in townships)
    return last_visits(asked, {level: [*pks] for level, pks in wanted.items()})


def tables(
    report: DistrictReport, *, link: Link, drill: Callable[[District], str]
) -> list[Table]:
    found, below = [], _below(report.rows)
    for group in report.groups:
        if group.name == CAME.name:
            columns = _came(report, link)
        elif group.name == LETTERS.name:
            columns = _letters(report, link)
        else:
            columns = [figure_column(it, report.counts, link) for it in group.figures]
        lines = _lines(report, columns, drill)
        feet = footers(columns, report.asked.periods)
        label = str(group.label)
        found.append(Table(group.name, label, below, columns, lines, feet))
    return found


def _below(rows: ByChild) -> str:
    if rows.place.level >= Level.VILLAGE or rows.is_of_several:
        return _("Place")
    return _("Place below %(place)s") % {"place": rows.place.short_name}


def _lines(
    report: DistrictReport, columns: list[Column], drill: Callable[[District], str]
) -> list[Line]:
    lines = [
        Line(child.name, cells(columns, child.pk), drill(child), key=child.pk)
        for child in report.children
    ]
    lines += [
        Line(
            place.name,
            cells(columns, place.pk),
            note=_former_note(report, place),
            key=place.pk,
        )
        for place in report.former
    ]
    if report.rows.place.is_together:
        return lines
    own = _("%(place)s itself") % {"place": report.rows.place.name}
    lines.append(Line(own, cells(columns, None), note=_("no place below it is named")))
    return lines


def _former_note(report: DistrictReport, place: District) -> str:
    rows = report.rows
    if not isinstance(rows, ByChildToday):
        return _("as it was then")
    if place.pk in rows.divided:
        return _("divided since: not to be told apart")
    has_ended = place.valid_to is not None and place.valid_to < rows.today
    return _("no place of today is known for it") if has_ended else ""


def _came(report: DistrictReport, link: Link) -> list[Column]:
    counts = report.counts

    def plain(name: str) -> Column:
        return figure_column(FIGURES[name], counts, link)

    columns = [plain("visits"), plain("unconfirmed"), _mix(report, link)]
    if report.rows.is_above_county:
        columns.append(plain("place_visits"))
    columns += [plain("official_visits"), plain("dates")]
    columns += [_busiest(report, link), _escorts(report, link), plain("materials")]
    if report.rows.is_above_county:
        columns.append(_unvisited(report, link))
    columns.append(_days_since(report, link))
    return columns


def _mix(report: DistrictReport, link: Link) -> Column:
    def cell(key: Key, period: int) -> Cell:
        found = [report.counts.of(figure, key, period) for figure in KINDS]
        if not any(found):
            return Cell("")
        words = words_of(found)
        links = [
            (word, link(figure, key) if n and period == NOW else "")
            for word, figure, n in zip(words, KINDS, found, strict=True)
        ]
        return Cell(" · ".join(words), parts=parts_of(found), links=links)

    return Column(
        gettext_lazy("The four kinds of work"),
        FIGURES["visits"].unit,
        KINDS[0].definition,
        cell,
        is_additive=False,
        is_bar=True,
        in_csv=[figure_column(figure, report.counts, link) for figure in KINDS],
    )


def _busiest(report: DistrictReport, link: Link) -> Column:
    def cell(key: Key, period: int) -> Cell:
        week = report.busiest.get(key)
        if period != NOW or week is None:
            return Cell("")
        monday = date_format(week.monday, "MONTH_DAY_FORMAT")
        note = _("from %(monday)s") % {"monday": monday}
        url = link(FIGURES["visits"], key, week.monday)
        return Cell(number(week.visits), url, note)

    def monday_of(key: Key, period: int) -> Cell:
        week = report.busiest.get(key)
        if period != NOW or week is None:
            return Cell("")
        return Cell(f"{week.monday:%Y-%m-%d}", value=week.monday)

    def visits_of(key: Key, period: int) -> Cell:
        week = report.busiest.get(key)
        found = week.visits if week and period == NOW else None
        return Cell(cell(key, period).text, value=found)

    label, unit = gettext_lazy("Busiest week"), FIGURES["visits"].unit
    definition = gettext_lazy(
        "The most visits that began in one week of the period, and its Monday; "
        "of several such weeks the first."
    )
    monday_label = gettext_lazy("Monday of the busiest week")
    return Column(
        label,
        unit,
        definition,
        cell,
        is_additive=False,
        in_csv=[
            Column(label, unit, definition, visits_of, name="busiest_visits"),
            Column(
                monday_label,
                pgettext_lazy("unit of count", "date"),
                definition,
                monday_of,
                name="busiest_monday",
            ),
        ],
    )


def _escorts(report: DistrictReport, link: Link) -> Column:
    escorts, visits = FIGURES["escorts"], FIGURES["visits"]

    def cell(key: Key, period: int) -> Cell:
        people = report.counts.of(escorts, key, period)
        base = report.counts.of(visits, key, period)
        if not base:
            return Cell("")
        url = link(escorts, key) if period == NOW else ""
        return Cell(f"{people / base:.1f}", url, f"{number(people)} / {number(base)}")

    return Column(
        gettext_lazy("Average escorts"),
        pgettext_lazy("unit of count", "people a visit"),
        gettext_lazy(
            "Escorts (as logged, else as planned) divided by visits; both stand below."
        ),
        cell,
        is_additive=False,
        in_csv=[figure_column(escorts, report.counts, link)],
    )


def _unvisited(report: DistrictReport, link: Link) -> Column:
    unvisited, there = COVERAGE

    def cell(key: Key, period: int) -> Cell:
        base = report.counts.of(there, key, period)
        if not base:
            return Cell("")
        value = report.counts.of(unvisited, key, period)
        url = link(unvisited, key) if value else ""
        return Cell(number(value), url, _("of %(n)s") % {"n": number(base)})

    return Column(
        gettext_lazy("Townships long unvisited"),
        unvisited.unit,
        _(
            "Townships where nobody was for %(months)s months, up to the end of the "
            "period or today."
        )
        % {"months": report.asked.unvisited_months},
        cell,
        is_additive=True,
        in_csv=[figure_column(figure, report.counts, link) for figure in COVERAGE],
    )


# --- Letters --------------------------------------------------------------------------


def _letters(report: DistrictReport, link: Link) -> list[Column]:
    def plain(name: str) -> Column:
        return _letter_column(report, FIGURES[name], link)

    kept = [_kept(report, name, link) for name in LIMITS]
    more = ("letters_extended", "limits_late", "limits_overdue")
    return [plain("letters_received"), *kept, *(plain(name) for name in more)]


def _letter_column(report: DistrictReport, figure: Figure, link: Link) -> Column:
    """Exact, the rows behind it are open, too; a count in steps opens none."""
    least = report.letters_in_steps_of
    column = figure_column(figure, report.counts, link)
    if not least:
        return column

    def cell(key: Key, period: int) -> Cell:
        value = report.counts.of(figure, key, period)
        return Cell(str(Told(least, at_least=int(value))))

    steps = _(
        "Figures of letters leave the petition office in steps only, and none under "
        "%(n)s: no single letter can be told from them."
    )
    definition = format_lazy("{} {}", figure.definition, steps % {"n": least})
    return replace(column, cell=cell, definition=definition, is_additive=None)


def _kept(report: DistrictReport, name: str, link: Link) -> Column:
    """The limits that were kept, and below how many there were: with a percentage if
    these are enough for one and the counts are exact."""
    over, kept = FIGURES[f"{name}_over"], FIGURES[f"{name}_kept"]
    all_of_it = _letter_column(report, over, link)
    column = _letter_column(report, kept, link)

    def cell(key: Key, period: int) -> Cell:
        base = all_of_it.cell(key, period)
        part, whole = (int(report.counts.of(it, key, period)) for it in (kept, over))
        percent = None
        if not report.letters_in_steps_of:
            percent = share(part, whole, min_base=report.min_base)
        note = _("of %(n)s") % {"n": base.text} if whole else ""
        note = note if percent is None else f"{note} · {percent}%"
        return column.cell(key, period)._replace(note=note, note_url=base.url)

    return replace(column, cell=cell, in_csv=[all_of_it, column])


def _days_since(report: DistrictReport, link: Link) -> Column:
    places = {place.pk: place for place in [*report.children, *report.former]}

    def cell(key: Key, period: int) -> Cell:
        if period != NOW or not isinstance(key, int):
            return Cell("")
        day = report.last_days.get(key)
        if day is None:
            return Cell(_("never visited"), kind="late")
        days = (report.asked.as_of - day).days
        limit = timezone.localdate(unvisited_since(report.asked))
        url = places[key].get_absolute_url() if link(FIGURES["visits"], key) else ""
        kind = "late" if day < limit else "neutral"
        return Cell(str(days), url, kind=kind, value=days)

    return Column(
        gettext_lazy("Days since a visit"),
        pgettext_lazy("unit of count", "days"),
        gettext_lazy(
            "Days since anyone was here, up to the end of the period or today."
        ),
        cell,
        name="days_since",
    )
