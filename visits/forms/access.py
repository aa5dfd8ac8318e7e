"""Filters of the log of looks."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import DayInput
from visits.models import Access
from visits.reports.odd_looks import WAYS


class FindAccessForm(forms.Form):
    """What cannot be understood narrows nothing. It is about staff, never writers."""

    who = forms.CharField(label=_("Who looked"), max_length=50, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All")), *Access.Kind.choices], required=False
    )
    first = forms.DateField(label=_("From"), widget=DayInput, required=False)
    last = forms.DateField(label=_("To"), widget=DayInput, required=False)

    def __init__(self, *args: Any, is_auditor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, way in WAYS.items():
            # The petition office may be the one whose pressure is reported.
            if is_auditor or name != "pressed":
                self.fields[name] = forms.BooleanField(label=way.label, required=False)

    def narrow(self, looks: Any) -> Any:
        self.is_valid()
        typed = self.cleaned_data
        if who := typed.get("who"):
            looks = looks.filter(
                Q(by__name__contains=who) | Q(by__username__icontains=who)
            )
        if kind := typed.get("kind"):
            looks = looks.filter(kind=kind)
        if first := typed.get("first"):
            looks = looks.filter(at__date__gte=first)
        if last := typed.get("last"):
            looks = looks.filter(at__date__lte=last)
        for name, way in WAYS.items():
            if typed.get(name):
                looks = way.narrow(looks)
        return looks
