"""Officials, places, visits and actions by a few characters, as far as one may see."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cadres.models import Account, Bigrams, Cadre
from cadres.models.search import pairs
from cadres.reports.place_search import find_places
from visits.models import Action, Visit

SHOWN = 8
LONGEST = 100


@dataclass
class Found:
    """A group of results; `more` says that there are others, never how many."""

    rows: Sequence[Any] = ()
    more: bool = False


@dataclass
class Results:
    text: str
    was_cut: bool = False
    officials: Found = field(default_factory=Found)
    places: Found = field(default_factory=Found)
    visits: Found = field(default_factory=Found)
    actions: Found = field(default_factory=Found)
    # The index answers for two neighbouring characters; for fewer it is not asked.
    too_short_for_visits: bool = False

    def __bool__(self) -> bool:
        groups = (self.officials, self.places, self.visits, self.actions)
        return any(group.rows for group in groups)


def search(reader: Account, typed: str) -> Results:
    """What `reader` may find; one query for each group."""
    text = " ".join(typed[: LONGEST * 4].split())
    results = Results(text[:LONGEST], was_cut=len(text) > LONGEST or len(typed) > 400)
    text = results.text
    if not text:
        return results
    results.officials = _some(_officials(reader, text))
    if reader.has_perm("cadres.view_district"):
        today = timezone.localdate()
        results.places = _some(find_places(text, on=today, limit=SHOWN + 1))
    if reader.has_perm("visits.view_visit"):
        if pairs(text):
            results.visits = _some(_visits(reader, text))
            actions = Action.objects.visible_to(reader).filter(name__icontains=text)
            results.actions = _some(actions.order_by("-first", "-pk"))
        else:
            results.too_short_for_visits = True
    return results


def _some(rows: QuerySet[Any] | list[Any]) -> Found:
    found = list(rows[: SHOWN + 1])
    return Found(found[:SHOWN], more=len(found) > SHOWN)


def _keys(text: str) -> str:
    """What is typed as the pinyin columns hold it: small letters without blanks."""
    return "".join(char for char in text.lower() if char.isalnum())


def _officials(reader: Account, text: str) -> QuerySet[Cadre]:
    wanted = Q(name__icontains=text)
    if key := _keys(text):
        wanted |= Q(pinyin__startswith=key) | Q(initials__startswith=key)
    today = timezone.localdate()
    officials = Cadre.objects.visible_to(reader).filter(wanted).with_post(on=today)
    return officials.select_related("unit").order_by("name", "pk")


def _visits(reader: Account, text: str) -> QuerySet[Visit]:
    """By two or more neighbouring characters of the purpose, or by reference."""
    return (
        Visit.objects.visible_to(reader)
        .alias(bigrams=Bigrams(F("purpose")))
        .filter(
            Q(bigrams__contains=pairs(text), purpose__icontains=text)
            | Q(reference=text.upper())
        )
        .select_related("unit")
        .order_by("-starts_on", "-pk")
    )
