"""What a report is about, whose borders it counts by, and as what it leaves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReportKind(TextChoices):
    DISTRICTS = "districts", _("Report per district")
    OFFICIALS = "officials", _("Report per official")
    UNITS = "units", _("Report per unit")
    ACTIONS = "actions", _("Report per unified action")
    TOPICS = "topics", _("Report per study topic")
    BURDEN = "burden", _("Burden on places, and what came back")


# Whose rows are the places below a place, by the borders of either day.
OF_BORDERS = (ReportKind.DISTRICTS, ReportKind.BURDEN)

# Whose rows can be the provinces.
OF_COUNTRY = (ReportKind.DISTRICTS, ReportKind.BURDEN)


class Boundaries(TextChoices):
    THEN = "then", _("as on the date of the visit")
    NOW = "now", _("as they are today")


class ExportFormat(TextChoices):
    XLSX = "xlsx", _("Excel workbook: figures, rows, definitions")
    DOCX = "docx", _("Word document, on the office’s own paper if it has one")
    CSV = "csv", _("CSV file: figures alone")
    PRINT = "print", _("Page to print, or to save as PDF")
