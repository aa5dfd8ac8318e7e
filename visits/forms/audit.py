"""Filters of the audit log."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.forms.sheet import DayInput
from cadres.models import AuditEntry


class AuditListForm(forms.Form):
    first = forms.DateField(label=_("From"), widget=DayInput, required=False)
    last = forms.DateField(label=_("To"), widget=DayInput, required=False)
    who = forms.CharField(label=_("Who acted"), max_length=50, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[("", _("All")), *AuditEntry.Kind.choices],
        required=False,
    )
    what = forms.CharField(
        label=_("Number or name of the record"),
        max_length=50,
        required=False,
    )
    result = forms.ChoiceField(
        label=pgettext_lazy("of an act", "Result"),
        choices=[
            ("", _("All")),
            ("done", _("Done")),
            ("failed", _("Failed or refused")),
        ],
        required=False,
    )
    address = forms.GenericIPAddressField(label=_("Address"), required=False)
