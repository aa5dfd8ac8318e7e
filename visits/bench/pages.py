"""What is measured: pages as the people of each role open them.

Each is made from what is in the database; one that finds nothing to show there is left
out, and said to be.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Max, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from cadres.models import Account, Cadre, District
from cadres.rules.levels import Level
from cadres.rules.roles import Role
from visits.models import Letter, Visit

FLOOR = "floor page"
DEEP = 500_000  # rows before the deep page, if the list is as long
COMMON = ("供水", "征地补偿")  # 2 and 4 characters
Form = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """`who` opens `url`; with `fill`, the form there is sent with what it returns.

    `fill` gets the number of the attempt, and returns the fields it changes; `to` is
    where the form goes, if not to its own page. `follows` says that what is measured
    is the page that the answer leads to.
    """

    name: str
    who: Account | None
    url: str
    fill: Callable[[int], Form] | None = None
    to: str = ""
    follows: bool = False
    writes: bool = False


@dataclass
class World:
    """Who and what of the database is looked at."""

    on: date
    left_out: list[str] = field(default_factory=list)

    def someone(self, role: Role, level: Level | None = None) -> Account | None:
        """The first with that role in one place of that level, or anywhere."""
        accounts = Account.objects.filter(
            is_active=True,
            grants__role=role,
            grants__first__lte=self.on,
            grants__last__isnull=True,
        )
        if level is not None:
            accounts = accounts.filter(grants__place__level=level)
        places = Count("grants__place", distinct=True)
        one_place = accounts.annotate(places=places).filter(places__lte=1)
        return one_place.order_by("pk").first()

    def of_country(self) -> Account | None:
        """The first whose report has all provinces as its rows."""
        provinces = District.objects.real().filter(level=Level.PROVINCE)
        provinces = provinces.filter(valid_to__isnull=True)
        held = Account.objects.filter(
            is_active=True,
            grants__role=Role.DISTRICT_ADMIN,
            grants__place__in=provinces,
        ).annotate(places=Count("grants__place", distinct=True))
        everywhere = held.filter(places=provinces.count(), places__gt=1)
        return everywhere.order_by("pk").first()


def pages_of(world: World) -> Iterator[Page]:
    """The floor page first: all others are compared with it."""
    leader, liaison = world.someone(Role.LEADER), world.someone(Role.LIAISON)
    officer, clerk = world.someone(Role.PETITION_OFFICER), world.someone(Role.CLERK)
    handler = world.someone(Role.HANDLER)
    yield Page(FLOOR, leader, reverse("bench_floor"))
    for name, who in (
        ("leader", leader),
        ("liaison", liaison),
        ("petition officer", officer),
        ("handler", handler),
    ):
        yield Page(f"today, {name}", who, reverse("visits:today"))
    calendar = reverse("visits:calendar")
    yield Page("calendar, month", liaison, f"{calendar}?view=month")
    yield Page("calendar, week", liaison, calendar)
    yield Page("place picker", liaison, f"{reverse('cadres:place_pick')}?q=xz")
    yield from _visits(world, leader)
    yield from _letters(world, officer)
    matters = reverse("visits:matter_list")
    yield Page("matters", world.someone(Role.DISTRICT_ADMIN), matters)
    yield from _reports(world)
    yield from _writes(world, liaison, clerk)


def _visits(world: World, leader: Account | None) -> Iterator[Page]:
    coming = (
        Visit.objects.visible_to(leader)
        .to_come()
        .filter(starts_on__gte=world.on)
        .order_by("starts_at", "pk")
        .first()
        if leader
        else None
    )
    if coming is None:
        world.left_out.append("visit, briefing")
        return
    yield Page("visit", leader, coming.get_absolute_url())
    briefing = reverse("visits:visit_briefing", args=[coming.reference])
    yield Page("briefing", leader, briefing)


def _letters(world: World, officer: Account | None) -> Iterator[Page]:
    if officer is None:
        world.left_out.append("letters")
        return
    address = reverse("visits:letter_list")
    yield Page("letters, first page", officer, f"{address}?work=all")
    letters = Letter.objects.visible_to(officer).unsealed()
    deep = _deep(letters.order_by(F("due_on").asc(nulls_last=True), "pk"))
    newest = _deep(letters.order_by("-received_on", "-pk"))
    if deep is None or newest is None:
        world.left_out.append("letter")
        return
    everything = f"{address}?work=all&state=all&order=newest"
    yield Page("letters, all states", officer, everything)
    yield Page("letters, deep page", officer, f"{everything}&after={newest.reference}")
    yield Page("letters, near the limit", officer, f"{address}?work=near")
    for level in (Level.COUNTY, Level.PREFECTURE, Level.PROVINCE):
        place = getattr(newest, level.column)
        if place is not None:
            query = QueryDict(mutable=True)
            query.update({"work": "all", "place": place.path, "place_id": place.pk})
            yield Page(
                f"letters of a {level.name.lower()}",
                officer,
                f"{address}?{query.urlencode()}",
            )
    search = reverse("visits:letter_search")
    for words in COMMON:
        yield Page(
            f"search, {len(words)} characters",
            officer,
            address,
            fill=_words(words),
            to=search,
            follows=True,
        )
    yield Page("letter", officer, deep.get_absolute_url())


def _words(words: str) -> Callable[[int], Form]:
    return lambda _number: {"q": words}


def _deep(rows: "QuerySet[Letter]") -> Letter | None:
    """A row far down the list: in the middle, or behind DEEP others."""
    count = rows.count()
    if not count:
        return None
    return rows.select_related("place")[min(DEEP, count // 2)]


def _reports(world: World) -> Iterator[Page]:
    """The report of a prefecture or a county draws the tiles of coverage, too."""
    address = reverse("visits:report_districts")
    periods = (
        ("quarter", f"{world.on.year}-Q{(world.on.month + 2) // 3}"),
        ("year", str(world.on.year)),
    )
    asking = {"the country": world.of_country()}
    for level in (Level.PROVINCE, Level.PREFECTURE, Level.COUNTY):
        who = world.someone(Role.DISTRICT_ADMIN, level)
        asking[f"a {level.name.lower()}"] = who
    for place, who in asking.items():
        if who is None:
            world.left_out.append(f"report of {place}")
            continue
        for name, code in periods:
            url = f"{address}?period={code}"
            yield Page(f"report per district of {place}, {name}", who, url)
    who = world.someone(Role.DISTRICT_ADMIN)
    year = world.on.year
    letters = f"{address}?period={year}&group=letters"
    yield Page("letters and limits per district, year", who, letters)
    office = world.someone(Role.PETITION_OFFICER)
    yearly = reverse("visits:report_petition")
    yield Page("year of a petition office", office, f"{yearly}?period={year}")
    officials = reverse("visits:report_officials")
    yield Page("report per official, year", who, f"{officials}?period={year}")
    yield Page("where to go", who, reverse("visits:where_to_go"))


def _writes(
    world: World, liaison: Account | None, clerk: Account | None
) -> Iterator[Page]:
    """A booking and a letter; each attempt on another half-hour, with its own key."""
    official = (
        Cadre.objects.select_related("unit__place")
        .filter(pk__in=liaison.acts_for_ids())
        .order_by("pk")
        .first()
        if liaison
        else None
    )
    place = (
        District.objects.real()
        .valid(on=world.on)
        .within(official.unit.place)
        .filter(level=Level.TOWNSHIP)
        .order_by("pk")
        .first()
        if official
        else None
    )
    if liaison is None or official is None or place is None:
        world.left_out.append("book a visit")
    else:
        free_from = _free_from(official, world.on)
        yield Page(
            "book a visit",
            liaison,
            reverse("visits:visit_plan"),
            fill=lambda n: _booking(free_from, official.pk, place, n),
            writes=True,
        )
    if clerk is None or clerk.unit is None:
        world.left_out.append("register a letter")
        return
    where = clerk.unit.place
    yield Page(
        "register a letter",
        clerk,
        reverse("visits:letter_register"),
        fill=lambda _n: _registering(world.on, where),
        writes=True,
    )


def _free_from(official: Cadre, on: date) -> date:
    """The day after the last on which the official is taken, a month ahead or more."""
    last = official.diary.aggregate(last=Max("ends_at"))["last"]
    taken = timezone.localdate(last) if last else on
    return max(on + timedelta(days=30), taken + timedelta(days=1))


def _booking(first: date, official: int, place: District, number: int) -> Form:
    days, half_hour = divmod(number, 20)
    starts = 8 * 60 + 30 * half_hour
    ends = starts + 20
    return {
        "purpose": "设施农业",
        "mode": "announced",
        "client_key": str(uuid.uuid4()),
        "crowding_reason": "防汛",
        "stops-0-place": place.path,
        "stops-0-place_id": str(place.pk),
        "stops-0-day": (first + timedelta(days=days)).isoformat(),
        "stops-0-starts": f"{starts // 60:02}:{starts % 60:02}",
        "stops-0-ends": f"{ends // 60:02}:{ends % 60:02}",
        "stops-0-activities": ["study"],
        "team-0-official": str(official),
        "team-0-part": "lead",
    }


def _registering(on: date, place: District) -> Form:
    return {
        "received_on": timezone.localdate().isoformat(),
        "channel": "letter",
        "place": place.path,
        "place_id": str(place.pk),
        "request": "小区自来水时断时续",
        "facts": "三号楼以上每晚无水，住户四十六户。",
        "people": "1",
        "client_key": str(uuid.uuid4()),
    }
