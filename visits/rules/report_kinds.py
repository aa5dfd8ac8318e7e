"""What a report is about, whose borders it counts by, and as what it leaves."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ReportKind(TextChoices):
    DISTRICTS = "districts", _("Report per district")
    OFFICIALS = "officials", _("Report per official")
    UNITS = "units", _("Report per unit")
    ACTIONS = "actions", _("Report per unified action")
    TOPICS = "topics", _("Report per study topic")
    BURDEN = "burden", _("Burden on places, and what came back")
    PETITION = "petition", _("Yearly report of the petition office")
    # Exports call the list of letters "letters".
    LETTERS = "caseload", _("Letters in figures")


# Asked of a place, by its borders of either day. An official is asked of wherever they
# went, and a petition office of its own letters: no borders cut these.
OF_BORDERS = (
    ReportKind.DISTRICTS,
    ReportKind.UNITS,
    ReportKind.ACTIONS,
    ReportKind.TOPICS,
    ReportKind.BURDEN,
    ReportKind.LETTERS,
)

# Of letters alone, whose rows no file has: they would undo its steps.
OF_LETTERS = (ReportKind.PETITION, ReportKind.LETTERS)

# Whose rows can be several places together, such as all provinces.
OF_SEVERAL = (ReportKind.DISTRICTS, ReportKind.BURDEN)


class Boundaries(TextChoices):
    THEN = "then", _("as on the date of the visit")
    NOW = "now", _("as they are today")

    def of(self, kind: str) -> str | Promise:
        """In words; a letter has no visit."""
        if self == Boundaries.THEN and kind == ReportKind.LETTERS:
            return _("as on the day of receipt")
        return self.label


class ExportFormat(TextChoices):
    XLSX = "xlsx", _("Excel workbook: figures, rows, definitions")
    DOCX = "docx", _("Word document, on the office’s own paper if it has one")
    CSV = "csv", _("CSV file: figures alone")
    PRINT = "print", _("Page to print, or to save as PDF")
