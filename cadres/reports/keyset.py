"""Pages of a long list that go on after the last row seen, at one cost anywhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

ROWS = 50


@dataclass(frozen=True)
class Page:
    rows: Sequence[Any]
    previous_url: str
    next_url: str

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def page_of(
    rows: QuerySet[Any], query: QueryDict, *fields: str, size: int = ROWS
) -> Page:
    """The page of `rows` that `query` asks for, in the order of `fields`, then key.

    `after=` and `before=` name a row by its key alone, so that no name stands in an
    address. A key that is unknown, or not the reader's to see, begins at the beginning.
    """
    order = [*fields, "pk"]
    after, before = key_in(query.get("after")), key_in(query.get("before"))
    backwards = before is not None and after is None
    asked = before if backwards else after
    mark = None
    if asked is not None:
        mark = rows.filter(pk=asked).values_list(*order).first()
    if mark is None:
        found = list(rows.order_by(*order)[: size + 1])
        more = len(found) > size
        found = found[:size]
        return Page(found, "", _url(query, after=found[-1]) if more else "")
    step = "lt" if backwards else "gt"
    found = list(
        rows.filter(_beyond(order, mark, step)).order_by(
            *(f"-{field}" if backwards else field for field in order)
        )[: size + 1]
    )
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page(found, _url(query), "")
    has_previous = more if backwards else True
    has_next = True if backwards else more
    return Page(
        found,
        _url(query, before=found[0]) if has_previous else "",
        _url(query, after=found[-1]) if has_next else "",
    )


def key_in(text: str | None) -> int | None:
    """The key of a row that an address names, if it can be one."""
    if text and text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return None


def _beyond(order: Sequence[str], mark: Sequence[Any], step: str) -> Q:
    """All that stand beyond `mark` in the order: (a, b) > (x, y), written out."""
    beyond, equal = Q(), Q()
    for field, value in zip(order, mark, strict=True):
        beyond |= equal & Q(**{f"{field}__{step}": value})
        equal &= Q(**{field: value})
    return beyond


def _url(query: QueryDict, **marks: Model) -> str:
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    for name, row in marks.items():
        kept[name] = str(row.pk)
    return f"?{kept.urlencode()}"
