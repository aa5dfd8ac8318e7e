"""A list page as it leaves the product: its records with its own columns, no more.

Of a letter neither what it asks nor who asks: both stay in the product.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cadres.models import AuditEntry
from cadres.reports.audit_words import EntryInWords, in_words
from visits.models import Export, Letter, Matter, Visit
from visits.reports.letter_list import clock_name
from visits.reports.list_asked import ListAsked, rows_of, size_of
from visits.reports.report_paper import (
    STEP,
    Paper,
    Seen,
    marks_of,
    moment,
    watermark_of,
)
from visits.reports.report_sheet import SheetColumn, SheetLine, SheetTable, Value
from visits.rules.list_pages import ListPage


@dataclass(frozen=True)
class ListColumn:
    name: str
    label: Any
    definition: Any
    value: Callable[[Any], Value]


@dataclass(frozen=True)
class Sheet:
    """What a list exports; `marks` are what its page says beside the record."""

    columns: tuple[ListColumn, ...]
    reference: Callable[[Any], str]
    marks: Callable[[Any], Iterable[str]] | None = None
    read: Callable[[QuerySet[Any]], Iterable[Any]] = lambda rows: rows.iterator(
        chunk_size=STEP
    )


def _joined(words: Iterable[str]) -> str:
    return _(", ").join(words)


def _letter_marks(letter: Letter) -> Iterable[str]:
    if letter.is_urgent:
        yield _("urgent")
    if letter.due_on and letter.due_is_provisional:
        yield _("provisional")


def _matter_marks(matter: Matter) -> Iterable[str]:
    if matter.reopened:
        yield _("reopened")
    if matter.asked_due_on:
        yield _("later date asked for")


def _told(entries: QuerySet[AuditEntry]) -> Iterable[EntryInWords]:
    """In words, step by step: one look at the records for all of a step."""
    rows = entries.iterator(chunk_size=STEP)
    while some := list(islice(rows, STEP)):
        yield from in_words(some)


def _places(visit: Visit) -> str:
    stops = sorted(visit.stops.all(), key=lambda stop: stop.position)
    return _joined(stop.place.path for stop in stops)


def _officials(visit: Visit) -> str:
    return _joined(member.official.name for member in visit.team.all())


PLACE = ListColumn(
    "place",
    gettext_lazy("Place"),
    gettext_lazy("Where the matter is, with the places above it."),
    lambda it: it.place.path,
)
STATE = ListColumn(
    "state",
    gettext_lazy("State"),
    gettext_lazy("The step it had reached when it was exported."),
    lambda it: str(it.get_state_display()),
)
LEAD_UNIT = ListColumn(
    "lead_unit",
    gettext_lazy("Lead unit"),
    gettext_lazy("Who carries it out; empty while it is not assigned."),
    lambda it: it.lead_unit,
)
DEADLINE = ListColumn(
    "due",
    gettext_lazy("Deadline"),
    gettext_lazy("The day by which it shall be done, as agreed last."),
    lambda it: it.due_on,
)

SHEETS = {
    ListPage.LETTERS: Sheet(
        (
            PLACE,
            ListColumn(
                "channel",
                gettext_lazy("Channel"),
                gettext_lazy("How the letter came in."),
                lambda it: str(it.get_channel_display()),
            ),
            STATE,
            ListColumn(
                "category",
                gettext_lazy("Category"),
                gettext_lazy("The kind of request; empty while it is not sorted."),
                lambda it: str(it.get_category_display()),
            ),
            ListColumn(
                "subject",
                gettext_lazy("Subject"),
                gettext_lazy("What it is about, by the office’s list of subjects."),
                lambda it: str(it.subject or ""),
            ),
            ListColumn(
                "unit",
                gettext_lazy("Unit in charge"),
                gettext_lazy("Who handles it; empty while it is not assigned."),
                lambda it: str(it.unit or ""),
            ),
            ListColumn(
                "clock",
                gettext_lazy("Clock that ends first"),
                gettext_lazy(
                    "The legal limit or internal target that ends first; empty where "
                    "none is running."
                ),
                clock_name,
            ),
            ListColumn(
                "due",
                gettext_lazy("Due on"),
                gettext_lazy(
                    "The last safe day of that clock. It is provisional while no plan "
                    "of days off confirms it."
                ),
                lambda it: it.due_on,
            ),
        ),
        reference=lambda it: it.printed_reference,
        marks=_letter_marks,
    ),
    ListPage.MATTERS: Sheet(
        (
            ListColumn(
                "subject",
                pgettext_lazy("on the spot", "Matter"),
                gettext_lazy("What was raised, as it stands in the list."),
                lambda it: it.subject,
            ),
            PLACE,
            STATE,
            ListColumn(
                "decided_by",
                gettext_lazy("Decided by"),
                gettext_lazy("The official who decided, or has to."),
                lambda it: it.decided_by.name,
            ),
            LEAD_UNIT,
            DEADLINE,
            ListColumn(
                "first_due",
                gettext_lazy("First deadline"),
                gettext_lazy("The day that was set at first; it never changes."),
                lambda it: it.first_due_on,
            ),
        ),
        reference=lambda it: it.printed_reference,
        marks=_matter_marks,
    ),
    ListPage.VISITS: Sheet(
        (
            ListColumn(
                "first",
                gettext_lazy("First day"),
                gettext_lazy("The day on which the visit begins."),
                lambda it: it.starts_on,
            ),
            ListColumn(
                "last",
                gettext_lazy("Last day"),
                gettext_lazy("The day on which it ends; on most visits the same."),
                lambda it: it.ends_on,
            ),
            ListColumn(
                "purpose",
                gettext_lazy("Purpose or topic"),
                gettext_lazy("What it is for, as planned."),
                lambda it: it.purpose,
            ),
            ListColumn(
                "unit",
                gettext_lazy("Organised by"),
                gettext_lazy("The unit whose visit it is."),
                lambda it: str(it.unit),
            ),
            ListColumn(
                "places",
                gettext_lazy("Places"),
                gettext_lazy("Where it goes, in this order."),
                _places,
            ),
            ListColumn(
                "officials",
                gettext_lazy("Officials"),
                gettext_lazy("Who goes."),
                _officials,
            ),
            STATE,
        ),
        reference=lambda it: it.reference,
    ),
    ListPage.QUESTIONS: Sheet(
        (
            ListColumn(
                "text",
                gettext_lazy("Question"),
                gettext_lazy("What was asked, as it stands in the list."),
                lambda it: it.text,
            ),
            ListColumn(
                "place",
                gettext_lazy("Place"),
                gettext_lazy("Where it was asked, with the places above it."),
                lambda it: it.talk.stop.place.path,
            ),
            ListColumn(
                "asked_on",
                gettext_lazy("Asked on"),
                gettext_lazy("The day of the policy talk."),
                lambda it: timezone.localdate(it.talk.stop.starts_at),
            ),
            ListColumn(
                "theme",
                gettext_lazy("Policy talk"),
                gettext_lazy("What the talk was about."),
                lambda it: it.talk.theme,
            ),
            ListColumn(
                "answers",
                gettext_lazy("Who answers"),
                gettext_lazy("Who answered, or which unit promised an answer."),
                lambda it: str(it.answered_by or it.unit_name),
            ),
            STATE,
            ListColumn(
                "due",
                gettext_lazy("By when"),
                gettext_lazy("The day by which the answer was promised."),
                lambda it: it.due_on,
            ),
        ),
        reference=lambda it: it.reference,
    ),
    ListPage.STUDIES: Sheet(
        (
            ListColumn(
                "topic",
                gettext_lazy("Topic"),
                gettext_lazy("What is looked into."),
                lambda it: it.topic,
            ),
            ListColumn(
                "area",
                gettext_lazy("Subject area"),
                gettext_lazy("By the office’s list of areas."),
                lambda it: str(it.area or ""),
            ),
            ListColumn(
                "kind",
                gettext_lazy("Kind"),
                gettext_lazy("What kind of investigation it is."),
                lambda it: str(it.get_kind_display()),
            ),
            ListColumn(
                "leader",
                gettext_lazy("Led by"),
                gettext_lazy("The official who leads it, and their unit."),
                lambda it: f"{it.leader.name} · {it.leader.unit}",
            ),
            ListColumn(
                "opened",
                gettext_lazy("Opened on"),
                gettext_lazy("The day on which it began."),
                lambda it: it.opened_on,
            ),
            STATE,
        ),
        reference=lambda it: it.reference,
    ),
    ListPage.PROBLEMS: Sheet(
        (
            ListColumn(
                "text",
                gettext_lazy("Problem"),
                gettext_lazy("What was found, as it stands in the list."),
                lambda it: it.text,
            ),
            ListColumn(
                "topic",
                gettext_lazy("Topic"),
                gettext_lazy("The investigation that found it."),
                lambda it: it.investigation.topic,
            ),
            ListColumn(
                "leader",
                gettext_lazy("Led by"),
                gettext_lazy("The official who leads that investigation."),
                lambda it: it.investigation.leader.name,
            ),
            LEAD_UNIT,
            STATE,
            ListColumn(
                "passed_to",
                gettext_lazy("Passed up to"),
                gettext_lazy("The unit above that is to answer, if there is one."),
                lambda it: str(it.passed_to or ""),
            ),
            DEADLINE,
        ),
        reference=lambda it: it.reference,
    ),
    ListPage.AUDIT: Sheet(
        (
            ListColumn(
                "at",
                gettext_lazy("Time"),
                gettext_lazy("When it was done, by the office’s clock."),
                lambda it: moment(it.entry.at),
            ),
            ListColumn(
                "who",
                gettext_lazy("Who"),
                gettext_lazy("The account; empty for the server’s own acts."),
                lambda it: str(it.entry.account or ""),
            ),
            ListColumn(
                "kind",
                gettext_lazy("Kind"),
                gettext_lazy("The group that the act belongs to."),
                lambda it: str(it.entry.get_kind_display()),
            ),
            ListColumn(
                "act",
                gettext_lazy("Act"),
                gettext_lazy("What was done."),
                lambda it: it.act,
            ),
            ListColumn(
                "object",
                gettext_lazy("Record"),
                gettext_lazy("What it was done to."),
                lambda it: it.object,
            ),
            ListColumn(
                "changes",
                gettext_lazy("Change"),
                gettext_lazy("What stood there before and afterwards."),
                lambda it: it.in_words,
            ),
            ListColumn(
                "result",
                pgettext_lazy("of an act", "Result"),
                gettext_lazy("Whether it was done, or failed or was refused."),
                lambda it: it.result,
            ),
            ListColumn(
                "address",
                gettext_lazy("Address"),
                gettext_lazy("The network address it came from."),
                lambda it: it.entry.address or "",
            ),
            ListColumn(
                "source",
                gettext_lazy("By way of"),
                gettext_lazy("The page or command, or the database’s own role."),
                lambda it: f"{it.source} ({it.entry.source})",
            ),
        ),
        reference=lambda it: str(it.entry),
        read=_told,
    ),
}


def paper_of_list(
    asked: ListAsked,
    export: Export,
    *,
    most: int,
    tell: Callable[[int], None],
) -> Paper:
    """`tell` hears now and then how many rows there are by now.

    Raises:
        ValidationError: code `too_many`, if there are more than `most` rows.
    """
    now = export.at
    if size_of(asked, now=now, most=most) > most:
        raise ValidationError(
            gettext_lazy(
                "More than %(most)s rows are too many for this format. Narrow the "
                "list, or choose another format."
            ),
            code="too_many",
            params={"most": most},
        )
    sheet = SHEETS[asked.page]
    lines: list[SheetLine] = []
    pks: list[int] = []
    for row in sheet.read(rows_of(asked, now=now)[:most]):
        marks = sheet.marks(row) if sheet.marks else ()
        reference = sheet.reference(row)
        cells = [column.value(row) for column in sheet.columns]
        lines.append(SheetLine(reference, reference, " · ".join(marks), cells))
        pks.append(row.pk)
        if len(pks) % STEP == 0:
            tell(len(pks))
    title, day = str(asked.page.label), date_format(timezone.localdate(now))
    table = SheetTable(
        title,
        _("Reference"),
        [
            SheetColumn(it.name, str(it.label), "", str(it.definition))
            for it in sheet.columns
        ],
        lines,
        note_label=_("Marks") if sheet.marks else "",
    )
    heading = [(_("Filter"), asked.about), (_("As of"), day), *marks_of(export)]
    mark = watermark_of(export)
    seen = seen_in(asked.page, pks)
    return Paper(title, asked.about, day, heading, mark, [table], None, seen)


def seen_in(page: ListPage, pks: list[int]) -> Seen:
    found = {
        ListPage.LETTERS: Seen(letters=pks),
        ListPage.MATTERS: Seen(matters=pks),
        ListPage.VISITS: Seen(visits=set(pks)),
        ListPage.QUESTIONS: Seen(questions=pks),
        ListPage.STUDIES: Seen(studies=pks),
        ListPage.PROBLEMS: Seen(problems=pks),
    }
    return found.get(page, Seen())
