"""Letters that may be about the same matter: by place, subject and wording.

Never by person, and never about what is sealed or out of the reader's sight. What it
finds is a hint; that two letters are one matter is said by a person.
"""

from dataclasses import dataclass
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
    seen = Letter.objects.visible_to(reader).unsealed()
    seen = seen.filter(received_on__gte=on - BACK).select_related("place", "subject")
    if besides:
        seen = seen.exclude(pk=besides.pk)
    found: dict[int, Letter] = {}
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = '{TIMEOUT}'")
            if place and place.township_id:
                near = seen.open().filter(township=place.township_id)
                if subject:
                    near = near.filter(subject=subject)
                for letter in near.order_by("due_on", "pk")[:CANDIDATES]:
                    found[letter.pk] = letter
            if phrases(text):
                for letter in worded_alike(seen, text)[:CANDIDATES]:
                    found[letter.pk] = letter
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError:
        return []
    wanted = set(pairs(text))
    rows = [_why(letter, place, subject, wanted) for letter in found.values()]
    likely = [row for row in rows if row]
    likely.sort(key=lambda row: (-row.weight, -row.letter.received_on.toordinal()))
    return likely[:SHOWN]


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
