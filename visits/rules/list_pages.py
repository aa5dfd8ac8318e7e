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
    QUESTIONS = "questions", _("Questions from the public")
    STUDIES = "studies", _("Investigations")
    PROBLEMS = "problems", _("Problems of investigations")
    AUDIT = "audit", _("Audit log")


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
    ListPage.QUESTIONS: ("show", "place"),
    ListPage.STUDIES: ("show", "area", "leader"),
    ListPage.PROBLEMS: ("show",),
    # Who and what are people on the staff, and records.
    ListPage.AUDIT: ("first", "last", "who", "kind", "what", "result", "address"),
}


NEEDS = {
    ListPage.LETTERS: "visits.view_letter",
    ListPage.MATTERS: "visits.view_matter",
    ListPage.VISITS: "visits.view_visit",
    ListPage.QUESTIONS: "visits.view_visit",
    ListPage.STUDIES: "visits.view_investigation",
    ListPage.PROBLEMS: "visits.view_investigation",
    ListPage.AUDIT: "cadres.read_audit",
}


def filter_of(page: str, asked: Mapping[str, str]) -> str:
    """The query that asks for the same rows again; empty for the list as it opens."""
    kept = [(name, value) for name, value in _typed(page, asked) if _is_plain(value)]
    return urlencode(kept)


def is_whole_filter(page: str, asked: Mapping[str, str]) -> bool:
    """Whether `filter_of` leaves nothing out: else it asks for more than was shown."""
    return all(_is_plain(value) for _name, value in _typed(page, asked))


def _typed(page: str, asked: Mapping[str, str]) -> list[tuple[str, str]]:
    typed = [(name, asked.get(name, "").strip()) for name in FILTERS[page]]
    return [(name, value) for name, value in typed if value]


def _is_plain(value: str) -> bool:
    return len(value) <= LONGEST and value.isprintable()
