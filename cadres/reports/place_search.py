"""Places by what is typed: a name, its pinyin or initials, a code; words narrow.

Levels down to townships and villages are asked apart, each by its own index, so that an
answer costs milliseconds with every village of the country (performance.md).
"""

import re
from datetime import date

from django.db.models import BooleanField, Case, F, Q, QuerySet, When

from cadres.models import Bigrams, District
from cadres.models.search import pairs
from cadres.rules.levels import CODE_DIGITS, Level

SHOWN = 12
LONGEST = 300  # a full path
MOST_WORDS = 6
MOST_NARROWING = 60  # places that one word may stand for


def words_of(text: str) -> list[str]:
    """The words of what is typed, also of a full path: 江苏 / 徐州 → 江苏, 徐州."""
    words = [re.sub(r"[\x00'’]", "", word) for word in re.split(r"[\s/·,，、]+", text)]
    return [word for word in words if word][-MOST_WORDS:]


def find_places(text: str, *, on: date, limit: int = SHOWN) -> list[District]:
    """The places that exist on that day and match: higher ones first, then exact ones.

    The last word names the place, those before it places above: "徐州 gl".
    """
    *above, word = words_of(text[:LONGEST]) or [""]
    places = _searchable(on)
    within = _within(above, places)
    if not word or within is None:
        return []
    upper = places.filter(within, level__lt=Level.VILLAGE)
    found = list(_ranked(upper.filter(_matches(word)), word)[:limit])
    villages = places.filter(within, level=Level.VILLAGE)
    for query in _village_queries(villages, word):
        if len(found) < limit:
            known = {place.pk for place in found}
            found += [it for it in query[:limit] if it.pk not in known]
    return found[:limit]


def named_exactly(text: str, *, on: date, limit: int = SHOWN) -> list[District]:
    """The places that are called just that, by name, short name, full path or code."""
    *above, word = words_of(text[:LONGEST]) or [""]
    places = _searchable(on)
    within = _within(above, places)
    if not word or within is None:
        return []
    if word.isascii() and word.isdigit():
        rows = places.filter(within, code=word)
    else:
        # The prefix is what the index knows.
        rows = places.filter(
            within, Q(name=word) | Q(short_name=word), name__startswith=word
        ).filter(level__in=Level.values)
    found = list(rows.order_by("level", "code")[: limit + 1])
    return [it for it in found if it.path == text.strip()] or found


def _searchable(on: date) -> QuerySet[District]:
    places = District.objects.valid(on=on).real()
    return places.alias(bigrams=Bigrams(F("name")))


def _within(words: list[str], places: QuerySet[District]) -> Q | None:
    """Below the places that these words stand for; None if there are none."""
    within = Q()
    for word in words:
        rows = places.filter(within, level__lt=Level.VILLAGE).filter(_matches(word))
        if _is_latin(word):
            # Syllables are short: for townships they would say next to nothing.
            rows = rows.filter(level__lte=Level.COUNTY)
        found = _ranked(rows, word).values_list("level", "pk")[:MOST_NARROWING]
        # A township is the parent of its villages, and that column has an index.
        here = Q(pk__in=[])
        for level, pk in found:
            column = "parent" if level == Level.TOWNSHIP else Level(level).column
            here |= Q(**{column: pk})
        if not here or not found:
            return None
        within &= here
    return within


def _is_latin(word: str) -> bool:
    return word.isascii() and not word.isdigit()


def _matches(word: str) -> Q:
    """What a word may be, for places above the villages."""
    if word.isascii() and word.isdigit():
        return Q(code__startswith=word)
    if _is_latin(word):
        typed = word.lower()
        return Q(initials__startswith=typed) | Q(pinyin__startswith=typed)
    named = Q(aliases__contains=[word])
    if grams := pairs(word):
        return named | Q(bigrams__contains=grams, name__contains=word)
    return named | Q(name__startswith=word)


def _ranked(rows: QuerySet[District], word: str) -> QuerySet[District]:
    typed = word.lower()
    exact = Q(name=word) | Q(short_name=word) | Q(initials=typed) | Q(pinyin=typed)
    begins = Q(name__startswith=word)
    return rows.annotate(is_exact=_flag(exact), begins=_flag(begins)).order_by(
        "level", "-is_exact", "-begins", "code"
    )


def _flag(truth: Q) -> Case:
    return Case(When(truth, then=True), default=False, output_field=BooleanField())


def _village_queries(
    villages: QuerySet[District], word: str
) -> list[QuerySet[District]]:
    """The best first, each in the order of its index, so that a few rows are read."""
    if word.isascii() and word.isdigit():
        if len(word) < CODE_DIGITS[Level.PREFECTURE]:
            return []  # a province alone would say nothing
        return [villages.filter(code__startswith=word).order_by("code")]
    if _is_latin(word):
        typed = word.lower()
        return [
            villages.filter(**{f"{key}__startswith": typed}).order_by(key, "code")
            for key in ("initials", "pinyin")
        ]
    begins = villages.filter(name__startswith=word).order_by("name", "code")
    if not (grams := pairs(word)):
        return [begins]
    inside = villages.filter(Q(bigrams__contains=grams, name__contains=word))
    return [begins, inside]
