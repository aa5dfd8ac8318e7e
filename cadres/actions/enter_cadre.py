from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from cadres.actions.refusals import RowRefusal, stale
from cadres.models import Cadre, ContactPoint, District, Post, Unit
from cadres.reports.fingerprint import fingerprint
from cadres.rules.official import (
    Contact,
    PostHeld,
    faults_of_contacts,
    faults_of_homes,
    faults_of_posts,
)
from cadres.rules.pinyin import initials_of, pinyin_of

ROWS = ("posts", "contact_points", "home_places")


@transaction.atomic
def enter_cadre(**fields: Any) -> Cadre:
    """Enter an official with posts, contact points and home places.

    Raises:
        ValidationError: by argument; RowRefusal with the faults of rows.
    """
    return _write(Cadre(), **fields)


@transaction.atomic
def change_cadre(cadre: Cadre, *, seen: str, **fields: Any) -> Cadre:
    """Replace what is known about an official. `seen` is the fingerprint as shown.

    Raises:
        ValidationError: as in `enter_cadre`; code `stale`.
    """
    cadre = Cadre.objects.select_for_update(of=["self"]).get(pk=cadre.pk)
    if mark_of(cadre) != seen:
        raise stale()
    return _write(cadre, **fields)


def mark_of(cadre: Cadre) -> str:
    return fingerprint(cadre, related=ROWS)


def _write(
    cadre: Cadre,
    *,
    name: str,
    rank_band: str,
    unit: Unit,
    remit: str = "",
    left_on: date | None = None,
    posts: Sequence[PostHeld] = (),
    contact_points: Sequence[Contact] = (),
    home_places: Sequence[District] = (),
) -> Cadre:
    faults = {
        "posts": list(faults_of_posts(posts)),
        "contact_points": list(faults_of_contacts(contact_points)),
        "home_places": list(faults_of_homes(home_places)),
    }
    if any(faults.values()):
        text = _("The official cannot be saved like this.")
        raise RowRefusal(text, code="faults", faults=faults)
    cadre.name, cadre.rank_band, cadre.unit = name, rank_band, unit
    cadre.remit, cadre.left_on = remit, left_on
    cadre.pinyin, cadre.initials = pinyin_of(name)[:150], initials_of(name)[:50]
    cadre.full_clean()
    cadre.save()
    held = [
        Post(
            cadre=cadre,
            title=post.title,
            unit=post.unit,
            first=post.first,
            last=post.last,
        )
        for post in posts
    ]
    _keep_only(cadre.posts.all(), held)
    points = [
        ContactPoint(cadre=cadre, place=point.place, first=point.first, last=point.last)
        for point in contact_points
    ]
    _keep_only(cadre.contact_points.all(), points)
    cadre.home_places.set(home_places)
    return cadre


def _keep_only(rows: QuerySet[Any], wanted: Iterable[Model]) -> None:
    """Delete rows that are not wanted, write new ones: what stays is no change."""
    gone, new = list(rows), []
    for row in wanted:
        same = next((it for it in gone if _values(it) == _values(row)), None)
        if same:
            gone.remove(same)
        else:
            new.append(row)
    rows.filter(pk__in=[it.pk for it in gone]).delete()
    rows.model._default_manager.bulk_create(new)


def _values(row: Model) -> list[Any]:
    fields = row._meta.concrete_fields
    return [getattr(row, it.attname) for it in fields if not it.primary_key]
