"""Pages of a long list that go on after a row, whatever lies before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass
class Page(Generic[Row]):
    rows: Sequence[Row]
    # The rows next to which the neighbouring pages lie; None where there is none.
    before: Row | None
    after: Row | None


def page_of(
    rows: "QuerySet[Row]",
    *keys: str,
    size: int,
    after: Row | None = None,
    before: Row | None = None,
) -> Page[Row]:
    """The page that follows `after`, or comes before `before`; else the first.

    `keys` are as for `order_by` and name one row; one query, no count, no offset.
    """
    backwards = before is not None
    edge = before if backwards else after
    order = [_turned(key) for key in keys] if backwards else list(keys)
    if edge is not None:
        rows = rows.filter(_beyond(edge, order))
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    there_are_earlier = more if backwards else edge is not None
    there_are_later = True if backwards else more
    return Page(
        found,
        before=found[0] if there_are_earlier else None,
        after=found[-1] if there_are_later else None,
    )


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _beyond(edge: Any, keys: Sequence[str]) -> Q:
    """Rows that come after `edge` in the order of `keys`."""
    beyond, same = Q(pk__in=[]), Q()
    for key in keys:
        name = key.lstrip("-")
        value = getattr(edge, name)
        beyond |= same & Q(**{f"{name}__{'lt' if key[0] == '-' else 'gt'}": value})
        same &= Q(**{name: value})
    # The first key's bound is implied; said aloud, an index can begin there.
    name, value = keys[0].lstrip("-"), getattr(edge, keys[0].lstrip("-"))
    bound = Q(**{f"{name}__{'lte' if keys[0][0] == '-' else 'gte'}": value})
    return bound & beyond


def page_with_blanks_last(
    rows: "QuerySet[Row]",
    *keys: str,
    size: int,
    after: Row | None = None,
    before: Row | None = None,
) -> Page[Row]:
    """As `page_of`, where the first key may be empty: those rows come at the end.

    One query more on the page where the empty ones begin; an index serves both parts.
    """
    blank, rest = f"{keys[0].lstrip('-')}__isnull", keys[1:]
    parts: list[tuple[QuerySet[Row], Sequence[str]]] = [
        (rows.filter(**{blank: False}), keys),
        (rows.filter(**{blank: True}), rest),
    ]
    backwards = before is not None
    edge = before if backwards else after
    at_blank = edge is not None and getattr(edge, keys[0].lstrip("-")) is None
    if backwards:
        parts = [(part, [_turned(key) for key in its]) for part, its in reversed(parts)]
    if edge is not None and at_blank != backwards:
        parts = parts[1:]
    found: list[Row] = []
    for part, its in parts:
        if len(found) > size:
            break
        if edge is not None and part is parts[0][0]:
            part = part.filter(_beyond(edge, its))
        found += part.order_by(*its)[: size + 1 - len(found)]
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    there_are_earlier = more if backwards else edge is not None
    there_are_later = True if backwards else more
    return Page(
        found,
        before=found[0] if there_are_earlier else None,
        after=found[-1] if there_are_later else None,
    )
