"""Pages of a long list that lie next to a row seen, at one cost anywhere in it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

ROWS = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    # The rows next to which the neighbouring pages lie; None where there is none.
    before: Row | None
    after: Row | None
    # What the address asked for besides, if an address did.
    query: QueryDict | None = None

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def previous_url(self) -> str:
        return self._url("before", self.before)

    @property
    def next_url(self) -> str:
        return self._url("after", self.after)

    def _url(self, edge: str, row: Row | None) -> str:
        if row is None:
            return ""
        query = self.query.copy() if self.query else QueryDict(mutable=True)
        for name in ("after", "before"):
            query.pop(name, None)
        query[edge] = str(getattr(row, name_of(type(row))))
        return f"?{query.urlencode()}"


def page_of(
    rows: "QuerySet[Row]",
    *keys: str,
    size: int = ROWS,
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


def page_with_blanks_last(
    rows: "QuerySet[Row]",
    *keys: str,
    size: int = ROWS,
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


def first_page(query: QueryDict, *dropped: str, **changed: str) -> str:
    """The address of the list from its start, other than asked for now in these."""
    kept = query.copy()
    for name in ("before", "after", *dropped):
        kept.pop(name, None)
    for name, value in changed.items():
        kept[name] = value
    return f"?{kept.urlencode()}"


def page_asked(
    rows: "QuerySet[Row]", query: QueryDict, *keys: str, size: int = ROWS
) -> Page[Row]:
    """The page that an address asks for by `?after=` or `?before=`, a row's key.

    By its key alone, so that no name stands in an address; by the random reference
    where there is one, as gaps between keys would tell of rows one may not see. A key
    that is unknown, or not the reader's to see, begins at the beginning; so does one
    behind the last row.
    """
    return _asked(page_of, rows, query, *keys, size=size)


def page_asked_blanks_last(
    rows: "QuerySet[Row]", query: QueryDict, *keys: str, size: int = ROWS
) -> Page[Row]:
    """As `page_asked`, where the first key may be empty: those rows come at the end."""
    return _asked(page_with_blanks_last, rows, query, *keys, size=size)


def _asked(
    of: Callable[..., Page[Row]],
    rows: "QuerySet[Row]",
    query: QueryDict,
    *keys: str,
    size: int,
) -> Page[Row]:
    edges: dict[str, Row] = {}
    for name in ("after", "before"):
        by, typed = name_of(rows.model), query.get(name)
        key = key_in(typed) if by == "pk" else typed
        row = rows.filter(**{by: key}).first() if key else None
        if row and not edges:
            edges[name] = row
    page = of(rows, *keys, size=size, **edges)
    if edges and not page.rows:
        page = of(rows, *keys, size=size)
    return replace(page, query=query)


def name_of(model: type[Model]) -> str:
    """By which field an address names a row."""
    has_one = any(field.name == "reference" for field in model._meta.fields)
    return "reference" if has_one else "pk"


def key_in(text: str | None) -> int | None:
    """The key of a row that an address names, if it can be one."""
    if text and text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return None


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _beyond(edge: Any, keys: Sequence[str]) -> Q:
    """Rows that come after `edge` in the order of `keys`: (a, b) > (x, y), spelled."""
    beyond, same = Q(pk__in=[]), Q()
    for key in keys:
        name = key.lstrip("-")
        value = getattr(edge, name)
        beyond |= same & Q(**{f"{name}__{'lt' if key[0] == '-' else 'gt'}": value})
        same &= Q(**{name: value})
    # The first key's bound is implied; said aloud, an index can begin there.
    first = keys[0].lstrip("-")
    bound = f"{first}__{'lte' if keys[0][0] == '-' else 'gte'}"
    return Q(**{bound: getattr(edge, first)}) & beyond
