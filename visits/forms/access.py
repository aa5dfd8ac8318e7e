"""Filters of the log of looks."""

from datetime import time, timedelta
from typing import Any

from django import forms
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import DayInput
from visits.models import (
    Access,
    LetterDraft,
    LetterEvent,
    NamedParty,
    PressureReport,
)

# A look outside of these hours, or on a Saturday or Sunday, is worth a question.
BEGINS, ENDS = time(7), time(20)
IN_BULK, WITHIN = 20, timedelta(hours=1)  # letters of one person before and after
BEFORE_REPORT = timedelta(days=30)


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
    bulk = forms.BooleanField(label=_("Many letters within an hour"), required=False)
    idle = forms.BooleanField(
        label=_("By people who have done nothing with the letter"), required=False
    )
    pressed = forms.BooleanField(
        label=_("In the month before a report of pressure"), required=False
    )

    def __init__(self, *args: Any, is_auditor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_auditor:
            # The petition office may be the one that is reported.
            del self.fields["pressed"]

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
        if typed.get("bulk"):
            around = Access.objects.filter(
                by=OuterRef("by"),
                at__gte=OuterRef("at") - WITHIN,
                at__lte=OuterRef("at") + WITHIN,
            )
            many = around.values("by").annotate(n=Count("letter", distinct=True))
            looks = looks.filter(Exists(many.filter(n__gte=IN_BULK)))
        if typed.get("idle"):
            events = LetterEvent.objects.filter(letter=OuterRef("letter"))
            acted = Q(by=OuterRef("by")) | Q(drafted_by=OuterRef("by"))
            drafts = LetterDraft.objects.filter(
                letter=OuterRef("letter"), drafted_by=OuterRef("by")
            )
            looks = looks.filter(
                ~Exists(events.filter(acted)), ~Exists(drafts), letter__isnull=False
            ).exclude(letter__handler=F("by"))
        if typed.get("pressed"):
            reports = PressureReport.objects.filter(
                letter=OuterRef("letter"),
                at__gt=OuterRef("at"),
                at__lte=OuterRef("at") + BEFORE_REPORT,
            )
            looks = looks.filter(Exists(reports))
        return looks
