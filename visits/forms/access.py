"""Filters of the log of looks."""

from datetime import time
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import DayInput
from visits.models import Access, NamedParty

# A look outside of these hours, or on a Saturday or Sunday, is worth a question.
BEGINS, ENDS = time(7), time(20)


class FindAccessForm(forms.Form):
    """What cannot be understood narrows nothing. It is about staff, never writers."""

    who = forms.CharField(label=_("Who looked"), max_length=50, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All")), *Access.Kind.choices], required=False
    )
    first = forms.DateField(label=_("From"), widget=DayInput, required=False)
    last = forms.DateField(label=_("To"), widget=DayInput, required=False)
    odd = forms.BooleanField(
        label=_("Nights, early mornings and weekends"), required=False
    )
    near = forms.BooleanField(
        label=_("By people of a unit that the letter names"), required=False
    )

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
        if typed.get("odd"):
            looks = looks.filter(
                Q(at__time__lt=BEGINS)
                | Q(at__time__gte=ENDS)
                | Q(at__iso_week_day__in=(6, 7))
            )
        if typed.get("near"):
            named = NamedParty.objects.in_force().filter(letter=OuterRef("letter"))
            theirs = (
                Q(unit=OuterRef("unit"))
                | Q(unit=OuterRef("by__unit"))
                | Q(official__unit=OuterRef("unit"))
                | Q(official=OuterRef("by__cadre"))
            )
            looks = looks.filter(Exists(named.filter(theirs)))
        return looks
