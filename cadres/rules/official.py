"""What is entered about an official in rows, and what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from cadres.rules.faults import Fault


@dataclass(frozen=True)
class PostHeld:
    """A title held in a unit; both days belong to it."""

    title: str
    unit: Any
    first: date
    last: date | None = None


@dataclass(frozen=True)
class Contact:
    """A place that an official keeps in touch with; both days belong to it."""

    place: Any
    first: date
    last: date | None = None


def faults_of_posts(posts: Sequence[PostHeld]) -> Iterator[Fault]:
    for row, post in enumerate(posts):
        if post.last and post.last < post.first:
            text = _("A post cannot end before it begins.")
            yield Fault(row, "last", "ends_first", text)


def faults_of_contacts(contacts: Sequence[Contact]) -> Iterator[Fault]:
    for row, contact in enumerate(contacts):
        if contact.last and contact.last < contact.first:
            text = _("A contact point cannot end so early.")
            yield Fault(row, "last", "ends_first", text)
        for other in contacts[:row]:
            if other.place == contact.place and _overlap(other, contact):
                text = _("This place is already a contact point in that time.")
                yield Fault(row, "place", "twice", text)
                break


def faults_of_homes(places: Sequence[Any]) -> Iterator[Fault]:
    for row, place in enumerate(places):
        if place in places[:row]:
            yield Fault(row, "place", "twice", _("This place is already named."))


def _overlap(one: Contact, other: Contact) -> bool:
    return (one.last is None or one.last >= other.first) and (
        other.last is None or other.last >= one.first
    )
