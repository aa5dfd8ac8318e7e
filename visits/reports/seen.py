"""What a record is to one reader, for pages that ask many questions about it.

Who may know and change one is said by the model's querysets; here their conditions
are written out once for a request (see `Condition`).
"""

from django.db.models.expressions import RawSQL
from django.utils import timezone

from cadres.models import Account
from cadres.models.condition import Condition, keys_of, written_once
from visits.models import Matter, Question, Visit


def is_seen(reader: Account) -> Condition:
    return written_once(
        reader, "seen", lambda: Condition(Visit.objects.visible_to(reader))
    )


def is_own(reader: Account) -> Condition:
    return written_once(reader, "own", lambda: Condition(Visit.objects.own_of(reader)))


def is_counted(reader: Account) -> Condition:
    return written_once(
        reader, "counted", lambda: Condition(Visit.objects.countable_by(reader))
    )


def own_hidden(reader: Account) -> RawSQL:
    """Keys of the hidden visits that are the reader's own: they may count these."""

    def written() -> RawSQL:
        own = Visit.objects.own_of(reader)
        return keys_of(own.filter(hidden_until__gt=timezone.now()))

    return written_once(reader, "own hidden", written)


def is_changeable(reader: Account) -> Condition:
    return written_once(
        reader, "changeable", lambda: Condition(Visit.objects.changeable_by(reader))
    )


def is_seen_matter(reader: Account) -> Condition:
    return written_once(
        reader, "matters", lambda: Condition(Matter.objects.visible_to(reader))
    )


def is_seen_question(reader: Account) -> Condition:
    return written_once(
        reader, "questions", lambda: Condition(Question.objects.visible_to(reader))
    )
