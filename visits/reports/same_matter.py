"""Letters that may be about the same matter: by place, subject and wording.

Never by person, and never about what is sealed. It looks through what came to the
offices for which someone registers; of a letter that is not in their hands it says that
it is there, and not what it says. What it finds is a hint; that two letters are one
matter is said by a person.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cadres.models import Account, Bigrams, District
from cadres.models.search import pairs
from visits.models import ContentSubject, Letter

BACK = timedelta(days=730)
SHOWN = 5
CANDIDATES = 40  # rows read from each of the two ways, whatever the table holds
PHRASES = 8  # asked of the index; each is four neighbouring characters
PHRASE = 4
ALIKE = 4  # pairs of characters in common, from which on wording counts
# A hint that takes longer is not worth waiting for; the entry goes on without it.
TIMEOUT = "100ms"


@dataclass(frozen=True)
class SameMatter:
    """A letter that may be the same matter, and why."""

    letter: Letter
    reasons: list[str]
    weight: int
    is_seen: bool = False  # whether the reader may open it


def phrases(text: str) -> list[list[str]]:
    """Pieces of four characters, spread over the text, as the pairs of the index."""
    pieces = [text[i : i + PHRASE] for i in range(len(text) - PHRASE + 1)]
    whole = [found for it in pieces if len(found := pairs(it)) == PHRASE - 1]
    step = max(1, -(-len(whole) // PHRASES))
    return whole[::step]


def worded_alike(letters: QuerySet[Letter], text: str) -> QuerySet[Letter]:
    """Those with one of the phrases of `text`, found through the bigram index."""
    wanted = Q(pk__in=[])
    for phrase in phrases(text):
        wanted |= Q(bigrams__contains=phrase)
    return letters.alias(bigrams=Bigrams(F("search_text"))).filter(wanted)


def same_matter(
    reader: Account,
    *,
    place: District | None,
    subject: ContentSubject | None,
    text: str,
    on: date,
    besides: Letter | None = None,
) -> list[SameMatter]:
    """At most SHOWN letters, the likeliest first; nothing if the text says nothing."""
    desk = Letter.objects.at_desk(reader).filter(received_on__gte=on - BACK)
    desk = desk.select_related("place", "subject").order_by("-received_on", "-pk")
    if besides:
        desk = desk.exclude(pk=besides.pk)
    found: dict[int, Letter] = {}
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT}'")
            if place and place.township_id:
                near = desk.open().filter(township=place.township_id)
                if subject:
                    near = near.filter(subject=subject)
                for letter in near[:CANDIDATES]:
                    found[letter.pk] = letter
            if phrases(text):
                for letter in worded_alike(desk, text)[:CANDIDATES]:
                    found[letter.pk] = letter
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError:
        pass  # what was found by the place alone is better than nothing
    wanted = set(pairs(text))
    rows = [_why(letter, place, subject, wanted) for letter in found.values()]
    likely = [row for row in rows if row]
    likely.sort(key=lambda row: (-row.weight, -row.letter.received_on.toordinal()))
    return _seen_by(reader, likely[:SHOWN])


def _seen_by(reader: Account, likely: list[SameMatter]) -> list[SameMatter]:
    keys = [row.letter.pk for row in likely]
    seen = Letter.objects.visible_to(reader).filter(pk__in=keys)
    pks = set(seen.values_list("pk", flat=True)) if likely else set()
    return [replace(row, is_seen=row.letter.pk in pks) for row in likely]


def _why(
    letter: Letter,
    place: District | None,
    subject: ContentSubject | None,
    wanted: set[str],
) -> SameMatter | None:
    reasons, weight = [], 0
    if place and place.village_id and letter.village_id == place.village_id:
        reasons.append(_("same village"))
        weight += 4
    elif place and place.township_id and letter.township_id == place.township_id:
        reasons.append(_("same township"))
        weight += 3
    if subject and letter.subject_id == subject.pk:
        reasons.append(_("same subject"))
        weight += 2
    alike = len(wanted & set(pairs(letter.search_text)))
    if alike >= ALIKE:
        text = ngettext("%(n)s word alike", "%(n)s words alike", alike)
        reasons.append(text % {"n": alike})
        weight += min(alike, 12)
    # One likeness alone, and be it the place, says too little.
    if len(reasons) < 2 and alike < 2 * ALIKE:
        return None
    return SameMatter(letter, reasons, weight)
