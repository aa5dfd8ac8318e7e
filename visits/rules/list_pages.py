"""The list pages whose filter one may keep, and what of an address belongs to it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

LONGEST = 60  # characters of one value: a state, a key, a day


class ListPage(TextChoices):
    LETTERS = "letters", _("Letters")
    MATTERS = "matters", _("Matters")
    VISITS = "visits", _("Visits")


# Words that someone looked for are no filter: they may be a person's.
FILTERS: dict[str, tuple[str, ...]] = {
    ListPage.LETTERS: (
        "work",
        "state",
        "place",
        "category",
        "unit",
        "subject",
        "due",
        "order",
    ),
    ListPage.MATTERS: ("work", "state", "place", "due"),
    ListPage.VISITS: ("show", "first", "last"),
}


def filter_of(page: str, asked: Mapping[str, str]) -> str:
    """The query that asks for the same rows again; empty for the list as it opens."""
    kept = [
        (name, value)
        for name in FILTERS[page]
        if (value := asked.get(name, "").strip())
        and len(value) <= LONGEST
        and value.isprintable()
    ]
    return urlencode(kept)
