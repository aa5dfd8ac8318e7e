"""A letter with two matters is entered as two, both or none (handbook 7.1)."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid5

from django.db import transaction

from visits.actions.register_letter import Registered, register_letter
from visits.rules.letter_states import is_sealed_for

# What both matters have in common; the rest belongs to one of them.
SHARED = (
    "by",
    "now",
    "office",
    "place",
    "received_on",
    "channel",
    "petitioners",
    "people",
    "stop",
    "is_oral",
    "is_read_back",
    "identity_document",
    "keep_name_secret",
    "no_phone_calls",
    "help_wanted",
)


@transaction.atomic
def register_mixed(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> list[Registered]:
    """Register `first`, all of `register_letter`, and `second`, what differs there.

    The one that is sealed points to the other, never the other way: whoever handles
    the request must not learn of an accusation.

    Raises:
        Refusal, ValidationError: all of `register_letter`.
    """
    shared = {name: first[name] for name in SHARED if name in first}
    both = [
        dict(first),
        shared | dict(second) | {"client_key": uuid5(first["client_key"], "second")},
    ]
    if _is_sealed(both[0]) and not _is_sealed(both[1]):
        both.reverse()
    one = register_letter(**both[0])
    return [one, register_letter(**both[1], split_from=one.letter)]


def _is_sealed(arguments: Mapping[str, Any]) -> bool:
    names = any(
        arguments.get(name)
        for name in ("complains_about_someone", "named_officials", "named_units")
    )
    return is_sealed_for(arguments.get("category"), names)
