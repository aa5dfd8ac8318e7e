"""Looks that are worth a question (handbook 12.4): about staff, never about writers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from visits.models import Access, LetterDraft, LetterEvent, NamedParty, PressureReport

# Outside of these hours, or on a Saturday or Sunday.
BEGINS, ENDS = time(7), time(20)
IN_BULK, WITHIN = 20, timedelta(hours=1)  # letters of one person before and after
BEFORE_REPORT = timedelta(days=30)

Looks = Any  # a query set of Access


def at_odd_hours(looks: Looks) -> Looks:
    return looks.filter(
        Q(at__time__lt=BEGINS) | Q(at__time__gte=ENDS) | Q(at__iso_week_day__in=(6, 7))
    )


def by_who_is_near(looks: Looks) -> Looks:
    """By people of a unit that the letter names, or of the unit of whom it names."""
    named = NamedParty.objects.in_force().filter(letter=OuterRef("letter"))
    theirs = (
        Q(unit=OuterRef("unit"))
        | Q(unit=OuterRef("by__unit"))
        | Q(official__unit=OuterRef("unit"))
        | Q(official=OuterRef("by__cadre"))
    )
    return looks.filter(Exists(named.filter(theirs)))


def in_bulk(looks: Looks) -> Looks:
    around = Access.objects.filter(
        by=OuterRef("by"),
        at__gte=OuterRef("at") - WITHIN,
        at__lte=OuterRef("at") + WITHIN,
    )
    many = around.values("by").annotate(n=Count("letter", distinct=True))
    return looks.filter(Exists(many.filter(n__gte=IN_BULK)))


def without_task(looks: Looks) -> Looks:
    """By people who have taken no step of the letter, nor drafted one."""
    events = LetterEvent.objects.filter(letter=OuterRef("letter"))
    acted = Q(by=OuterRef("by")) | Q(drafted_by=OuterRef("by"))
    drafts = LetterDraft.objects.filter(
        letter=OuterRef("letter"), drafted_by=OuterRef("by")
    )
    return looks.filter(
        ~Exists(events.filter(acted)), ~Exists(drafts), letter__isnull=False
    ).exclude(letter__handler=F("by"))


def before_pressure(looks: Looks) -> Looks:
    reports = PressureReport.objects.filter(
        letter=OuterRef("letter"),
        at__gt=OuterRef("at"),
        at__lte=OuterRef("at") + BEFORE_REPORT,
    )
    return looks.filter(Exists(reports))


@dataclass(frozen=True)
class Way:
    """In which way a look is odd, and how the looks are narrowed to those."""

    label: Any  # said in the reader's language
    narrow: Callable[[Looks], Looks]


# By the name of the filter in the list of looks.
WAYS = {
    "odd": Way(_("Nights, early mornings and weekends"), at_odd_hours),
    "near": Way(_("By people of a unit that the letter names"), by_who_is_near),
    "bulk": Way(_("Many letters within an hour"), in_bulk),
    "idle": Way(_("By people who have done nothing with the letter"), without_task),
    "pressed": Way(_("In the month before a report of pressure"), before_pressure),
}
