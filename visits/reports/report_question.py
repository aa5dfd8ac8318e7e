"""One question to the reports, whoever answers it: page, file, or filed report."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadres.models import Account, Cadre, District, Unit
from visits.reports import district_report as by_district
from visits.reports import official_report as by_official
from visits.reports import subject_report as by_subject
from visits.reports.asked import Asked, ByOfficial, Rows
from visits.reports.counting import Counts, Key
from visits.reports.figures import (
    COVERAGE,
    KINDS,
    OF_BURDEN,
    OF_DISTRICTS,
    Figure,
    figures_of,
)
from visits.reports.letter_report import letters_asked
from visits.reports.letter_sheets import Caseload, caseload
from visits.reports.petition_report import PetitionReport, petition_report
from visits.reports.report_sheet import SheetTable, sheet_tables
from visits.reports.table import Table
from visits.reports.todays_places import rows_below
from visits.rules.periods import PeriodKind
from visits.rules.report_kinds import OF_LETTERS, Boundaries, ReportKind

# Beyond this, a report is asked for one unit or place after the other.
MOST_OFFICIALS = 2000
CHUNK = 500  # officials counted in one statement


@dataclass(frozen=True)
class Question:
    """`officials` are the rows of a report per official; `is_single`: of one alone.

    That of a petition office, or of its letters, is asked of the `office`, and is where
    that is. All others are asked of a place, by default per district.
    """

    asked: Asked
    place: District | None = None
    officials: Sequence[Cadre] = ()
    is_single: bool = False
    of_place: ReportKind = ReportKind.DISTRICTS
    office: Unit | None = None

    @classmethod
    def of_office(cls, asked: Asked, office: Unit) -> "Question":
        """Of the year in which the period ends."""
        year = asked.period.as_kind(PeriodKind.YEAR, today=asked.today)
        asked = replace(asked, period=year, action=None)
        return cls(
            asked, place=office.place, of_place=ReportKind.PETITION, office=office
        )

    @classmethod
    def of(cls, asked: Asked, place: District, kind: ReportKind) -> "Question":
        """Of a place, or of several together, which count as they were."""
        if place.is_together:
            asked = replace(asked, boundaries=Boundaries.THEN)
        return cls(asked, place=place, of_place=kind)

    @property
    def kind(self) -> ReportKind:
        return self.of_place if self.place else ReportKind.OFFICIALS

    @classmethod
    def of_letters(
        cls, asked: Asked, place: District | None = None, office: Unit | None = None
    ) -> "Question":
        """Of a period; an office has its letters, whatever the borders."""
        asked = replace(asked, action=None)
        if office:
            asked, place = replace(asked, boundaries=Boundaries.THEN), office.place
        return cls(asked, place=place, of_place=ReportKind.LETTERS, office=office)

    @property
    def known_place(self) -> District | None:
        """The place, if it is one of the list: several together are not."""
        return None if self.place and self.place.is_together else self.place

    @property
    def about(self) -> str:
        """Of what office or place, of which official, of how many."""
        if self.office:
            return self.office.name
        if self.place:
            return str(self.place.path)
        if self.is_single:
            return self.officials[0].name
        return _("%(n)s officials") % {"n": len(self.officials)}


@dataclass(frozen=True)
class Answer:
    """All is counted; `sheets` say it in the language of the moment."""

    question: Question
    district: by_district.DistrictReport | None = None
    subjects: by_subject.SubjectReport | None = None
    petition: PetitionReport | None = None
    letters: Caseload | None = None
    counts: Counts | None = None

    def sheets(self) -> list[SheetTable]:
        if self.petition:
            return self.petition.tables()
        if self.letters:
            return self.letters.tables()
        return sheet_tables(self._tables())

    def _tables(self) -> list[Table]:
        if self.district:
            return by_district.tables(
                self.district, link=no_link, drill=lambda _place: ""
            )
        if self.subjects:
            return by_subject.tables(
                self.subjects, link=no_link, drill=lambda _subject: ""
            )
        return by_official.tables(
            by_official.groups_of(self.question.asked),
            list(self.question.officials),
            self.counts or Counts(),
            link=no_link,
            single=lambda _official: "",
        )


def no_link(figure: Figure, key: Key, week: object = None) -> str:
    return ""


def officials_asked(reader: Account, asked: Asked) -> list[Cadre]:
    """All on whom this reader may report in the period.

    Raises:
        ValidationError: code `too_many`.
    """
    found = list(by_official.reported_officials(reader, asked)[: MOST_OFFICIALS + 1])
    if len(found) > MOST_OFFICIALS:
        raise ValidationError(
            gettext_lazy(
                "A report has at most %(most)s officials. Ask for one official, or let "
                "someone whose role holds in a smaller area ask."
            ),
            code="too_many",
            params={"most": MOST_OFFICIALS},
        )
    return found


def answer(question: Question) -> Answer:
    asked, place = question.asked, question.place
    if question.kind == ReportKind.LETTERS:
        office = question.office
        here = None if office else place
        letters = caseload(letters_asked(asked, here, office, is_of_others=True))
        return Answer(question, letters=letters)
    if question.office:
        return Answer(question, petition=petition_report(asked, question.office))
    if place and question.kind in by_subject.SUBJECTS:
        subjects = by_subject.subject_report(question.kind, asked, place)
        return Answer(question, subjects=subjects)
    if place:
        of = OF_BURDEN if question.kind == ReportKind.BURDEN else OF_DISTRICTS
        groups = by_district.groups_of(asked, of=of)
        found = by_district.district_report(asked, place, groups)
        return Answer(question, district=found)
    counts, groups = Counts(), by_official.groups_of(question.asked)
    for start in range(0, len(question.officials), CHUNK):
        part = list(question.officials[start : start + CHUNK])
        counts.found |= by_official.official_counts(question.asked, part, groups).found
    return Answer(question, counts=counts)


# --- Who may open the rows behind it --------------------------------------------------


def may_open_place(user: Account, place: District) -> bool:
    """Whether a role that holds here lets this account open the rows behind figures;
    of several places together, in each of them."""
    scopes = {
        it.place.pk: it.place
        for it in user.scopes("visits.open_report_rows")
        if it.place
    }
    return all(
        part.pk in scopes or any(it.contains(part) for it in scopes.values())
        for part in place.parts
    )


def openable_officials(user: Account, pks: list[int]) -> set[int]:
    if not user.has_perm("visits.open_report_rows"):
        return set()
    reach = Cadre.objects.reportable_by(user).in_reach(user, "visits.open_report_rows")
    return set(reach.filter(pk__in=pks).values_list("pk", flat=True))


def rows_at(kind: str, asked: Asked, place: District) -> Rows:
    if kind in by_subject.SUBJECTS:
        return by_subject.rows_of(kind, asked, place)
    return rows_below(asked, place)


def figures_at(kind: str, asked: Asked) -> list[Figure]:
    """Those that the report of a place shows: no others have rows to open."""
    if kind in OF_LETTERS:
        return []
    if kind in by_subject.SUBJECTS:
        return figures_of(by_subject.groups_of(kind, asked))
    if kind == ReportKind.BURDEN:
        return figures_of(OF_BURDEN)
    return [*figures_of(OF_DISTRICTS), *KINDS, *COVERAGE]


def openable_rows(question: Question) -> Rows | None:
    """The rows that the reader may open; None if none."""
    reader = question.asked.reader
    if question.kind in OF_LETTERS:
        return None
    if question.place:
        may = may_open_place(reader, question.place)
        return rows_at(question.kind, question.asked, question.place) if may else None
    pks = [official.pk for official in question.officials]
    opened = openable_officials(reader, pks)
    return ByOfficial(tuple(pk for pk in pks if pk in opened)) if opened else None
