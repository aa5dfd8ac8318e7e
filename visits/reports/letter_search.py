"""Letters by words of what is asked and answered, by place and by reference.

Never by who wrote: identities are not in `search_text`, and stand encrypted elsewhere
(handbook 12.1).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Lower, StrIndex
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from cadres.models import Bigrams, District
from cadres.models.search import pairs
from cadres.rules.levels import Level
from visits.models.letter import LetterQuerySet
from visits.models.visit import ALPHABET

LONGEST = 100
MOST_WORDS = 5
MOST_PLACES = 20
AROUND = 28  # characters on each side of a hit
LEVELS = [Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]
# What people leave out when they name a place; the empty one: they left nothing out.
ENDINGS = ("", "区", "县", "市", "镇", "乡", "街道", "村", "社区", "村委会", "居委会")
REFERENCE = re.compile(f"[{ALPHABET}]{{8}}")


@dataclass(frozen=True)
class Wanted:
    """What someone looks for: words, or one reference."""

    text: str
    words: tuple[str, ...]
    reference: str = ""

    @property
    def too_short(self) -> list[str]:
        """Words without two neighbouring characters: the index cannot answer."""
        return [] if self.reference else [it for it in self.words if not pairs(it)]


def wanted_in(typed: str) -> Wanted:
    words = typed.replace("\x00", " ")[:LONGEST].split()
    text = " ".join(words)
    signs = re.sub(r"[\s\-–—‐]", "", text).upper()
    if REFERENCE.fullmatch(signs):
        return Wanted(text, tuple(words), signs)
    return Wanted(text, tuple(words[:MOST_WORDS]))


def search_letters(letters: LetterQuerySet, wanted: Wanted) -> LetterQuerySet:
    """Those of `letters` (as far as one may see) that have every word.

    A word is found in request, facts and replies, or as the name of a county or of a
    place below it. Sealed letters have no text to be found by: only their reference.
    """
    if wanted.reference:
        return letters.filter(reference=wanted.reference)
    if not wanted.words or wanted.too_short:
        return letters.none()
    letters = letters.alias(bigrams=Bigrams(F("search_text")))
    places = _places_called(wanted.words)
    for word in wanted.words:
        hit = Q(pk__in=[])
        for column, ids in places.get(word, {}).items():
            hit |= Q(**{f"{column}__in": ids}, is_sealed=False)
        letters = letters.filter(hit | _says(word))
    return letters


def _says(word: str) -> Q:
    """The text as it stands, cheap to look at, and the pairs that the index answers.

    Which of the two ways is shorter, PostgreSQL decides by how common the pairs are;
    of `strpos` it expects nothing, so that they alone count.
    """
    # Chinese knows no capitals; without them the text need not be turned.
    is_plain = word.lower() == word.upper()
    text: Any = F("search_text") if is_plain else Lower("search_text")
    stands = GreaterThan(StrIndex(text, Value(word.lower())), Value(0))
    return Q(stands, bigrams__contains=pairs(word))


def _places_called(words: Sequence[str]) -> dict[str, dict[str, list[int]]]:
    """For each word the places of that name, by the column they stand in.

    Names are written out with their endings, so that the index of names answers.
    """
    names = {f"{word}{end}": word for end in reversed(ENDINGS) for word in words}
    named = (
        District.objects.real()
        .valid(on=timezone.localdate())
        .filter(level__in=LEVELS, name__in=names)
    )
    found: dict[str, dict[str, list[int]]] = {}
    for place in named.only("name", "level").order_by("level", "pk")[:MOST_PLACES]:
        columns = found.setdefault(names[place.name], {})
        columns.setdefault(place.subtree_column, []).append(place.pk)
    return found


@dataclass(frozen=True)
class Snippet:
    """The words around a hit; the template marks what is in the middle."""

    before: str
    hit: str
    after: str


def snippet(text: str, wanted: str) -> Snippet | None:
    """Around the first word of `wanted` that stands in `text`."""
    lowered = text.lower()
    # Few letters change their length when lowered; then the place would be wrong.
    if len(lowered) != len(text):
        lowered = text
    for word in wanted.split():
        at = lowered.find(word.lower())
        if at >= 0:
            end = at + len(word)
            before, after = text[max(at - AROUND, 0) : at], text[end : end + AROUND]
            return Snippet(
                ("…" if at > AROUND else "") + " ".join(before.split("\n")),
                text[at:end],
                " ".join(after.split("\n")) + ("…" if end + AROUND < len(text) else ""),
            )
    return None
