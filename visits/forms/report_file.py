"""What is typed when a report is filed or taken out of the product."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import DayInput, plain_helper
from cadres.models import Account
from visits.rules.report_kinds import ExportFormat


class FileReportForm(forms.Form):
    note = forms.CharField(
        label=_("What it is for"),
        max_length=100,
        required=False,
        help_text=_("Such as the meeting it is put before. It stands in the list."),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"client_key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("note", "client_key")


# What the files of a list have in them, where it is not what those of a report have.
OF_LISTS = {
    ExportFormat.XLSX: _("Excel workbook: rows, definitions"),
    ExportFormat.CSV: _("CSV file: rows"),
}


class ExportReportForm(forms.Form):
    purpose = forms.CharField(
        label=_("Purpose"),
        min_length=4,
        max_length=200,
        help_text=_(
            "What it is needed for, in a few words. It stands in the file and in the "
            "log of exports, with your name and the time."
        ),
    )
    approver = forms.TypedChoiceField(
        label=_("Approved by"),
        help_text=_(
            "Who lets it out: a head or director where you work, or the official you "
            "act for. They are told; the name stands in the file and in the log."
        ),
    )
    format = forms.ChoiceField(
        label=_("Format"),
        choices=ExportFormat.choices,
        initial=ExportFormat.XLSX,
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,
        approvers: Sequence[Account],
        is_list: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if is_list:
            formats = cast("forms.ChoiceField", self.fields["format"])
            formats.choices = [(it, OF_LISTS.get(it, it.label)) for it in ExportFormat]
        known = {str(it.pk): it for it in approvers}
        field = cast("forms.TypedChoiceField", self.fields["approver"])
        nobody = [] if len(known) == 1 else [("", _("Choose…"))]
        field.choices = [*nobody, *((pk, _named(it)) for pk, it in known.items())]
        field.coerce = known.get
        self.helper = plain_helper("purpose", "approver", "format")


def _named(account: Account) -> str:
    return f"{account} · {account.unit}" if account.unit else str(account)


class FindExportForm(forms.Form):
    """What cannot be understood narrows nothing."""

    who = forms.CharField(label=_("Who exported"), max_length=50, required=False)
    kind = forms.ChoiceField(
        label=_("Format"),
        choices=[("", _("All")), *ExportFormat.choices],
        required=False,
    )
    first = forms.DateField(label=_("From"), widget=DayInput, required=False)
    last = forms.DateField(label=_("To"), widget=DayInput, required=False)

    def __init__(self, *args: Any, is_auditor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_auditor:
            del self.fields["who"]

    def narrow(self, rows: Any) -> Any:
        self.is_valid()
        typed = self.cleaned_data
        if who := typed.get("who"):
            rows = rows.filter(
                Q(by__name__contains=who) | Q(by__username__icontains=who)
            )
        if kind := typed.get("kind"):
            rows = rows.filter(format=kind)
        if first := typed.get("first"):
            rows = rows.filter(at__date__gte=first)
        if last := typed.get("last"):
            rows = rows.filter(at__date__lte=last)
        return rows
