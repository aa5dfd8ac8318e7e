"""Units by the names that people type, and the names to offer them."""

from django.db.models import Q, QuerySet
from django.utils import timezone

from cadres.models import Account, Cadre, District, Unit
from visits.models import Letter

MOST = 300  # names offered


def around(place: District) -> list[int]:
    """The place and those above it."""
    above = [place.province_id, place.prefecture_id, place.county_id, place.township_id]
    return [pk for pk in (*above, place.pk) if pk]


def units_named(text: str, near: District) -> list[Unit]:
    """The units of these names, of each the one closest to the place `near`.

    Several names are divided by commas; a name that no unit at the place or above it
    bears is left out: it stays as it was typed.
    """
    names = [it.strip() for it in text.replace("，", ",").replace("、", ",").split(",")]
    names = [it for it in dict.fromkeys(names) if it and "\x00" not in it]
    rows = Unit.objects.filter(
        name__in=names, place__in=around(near), dissolved_into=None
    )
    found = {unit.name: unit for unit in rows.order_by("level", "pk")}
    return [found[name] for name in names if name in found]


def names_near(place: District) -> list[str]:
    rows = Unit.objects.filter(place__in=around(place), dissolved_into=None)
    return list(rows.order_by("-level", "name").values_list("name", flat=True)[:MOST])


def people_near(place: District) -> list[Cadre]:
    """Officials of those units, with their posts, to be offered by name."""
    today = timezone.localdate()
    here = Q(left_on__isnull=True) | Q(left_on__gte=today)
    rows = Cadre.objects.filter(here, unit__place__in=around(place))
    near = rows.with_post(on=today).select_related("unit")
    return list(near.order_by("-unit__level", "unit__name", "pinyin", "pk")[:MOST])


def leaders_for(user: Account, letter: Letter) -> QuerySet[Cadre]:
    """Before whom a letter may be put: officials in one's sight, and those from the
    level of the receiving office down to the place that the letter is about."""
    near = Q(
        unit__place__in=around(letter.place),
        unit__place__level__gte=letter.office.place.level,
    )
    still_here = Q(left_on__isnull=True) | Q(left_on__gte=timezone.localdate())
    seen = Q(pk__in=Cadre.objects.visible_to(user).values("pk"))
    rows = Cadre.objects.filter(still_here, near | seen).select_related("unit")
    return rows.order_by("unit__level", "unit__name", "name", "pk")


def unit_named(text: str, near: District) -> Unit | None:
    """The unit of this name at the place or above it, if this system has it."""
    return next(iter(units_named(text, near)), None)
