"""The yearly review of how personal data is handled (handbook 12.2; PIPL Art. 54).

About the work of staff alone. Each figure of looks is the number of rows of the list
behind it, which its address opens.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Avg, Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from cadres.models import Account, Incident, RoleGrant
from cadres.rules.roles import Role
from visits.models import Access, DataRequest, NamedParty
from visits.reports.odd_looks import WAYS
from visits.rules.periods import Period

MOST_UNITS = 10
# Whose permissions open names or what is sealed; a test holds it to the permissions.
REACHING_NAMES = (
    Role.PETITION_OFFICER,
    Role.HANDLER,
    Role.UNIT_HEAD,
    Role.REVIEW_OFFICER,
    Role.SEAL_OFFICER,
)
COUNTS = {
    "looks": Count("pk"),
    "people": Count("by", distinct=True),
    "letters": Count("letter", distinct=True),
}


@dataclass(frozen=True)
class LookLine:
    """Looks of one sort: how many, by how many people, at how many letters."""

    label: str | Promise
    looks: int
    people: int
    letters: int
    address: str = ""


@dataclass(frozen=True)
class AskedLine:
    """Requests of one kind about one's data; `days` on average until the answer."""

    label: str | Promise
    asked: int
    granted: int
    partly: int
    refused: int
    open: int
    days: int | None


@dataclass(frozen=True)
class HolderLine:
    """Who holds a role that opens names today, and how many of them never looked."""

    role: str | Promise
    people: int
    never: int


@dataclass(frozen=True)
class YearlyReview:
    period: Period
    total: LookLine
    kinds: list[LookLine]
    odd: list[LookLine]
    units: list[LookLine]
    asked: list[AskedLine]
    holders: list[HolderLine]
    incidents: list[Incident]


def yearly_review(user: Account, period: Period) -> YearlyReview:
    days = (period.first, period.last)
    looks = Access.objects.visible_to(user).filter(at__date__range=days)

    def line(label: str | Promise, counts: dict[str, int], **filters: str) -> LookLine:
        query = {"first": period.first, "last": period.last} | filters
        address = f"{reverse('visits:access_list')}?{urlencode(query)}"
        return LookLine(label, **counts, address=address)

    rows: Any = looks.order_by().values("kind").annotate(**COUNTS)
    by_kind = {row["kind"]: {name: row[name] for name in COUNTS} for row in rows}
    return YearlyReview(
        period=period,
        total=line("", looks.aggregate(**COUNTS)),
        kinds=[
            line(kind.label, by_kind[kind], kind=kind)
            for kind in Access.Kind
            if kind in by_kind
        ],
        odd=[
            line(way.label, way.narrow(looks).aggregate(**COUNTS), **{name: "on"})
            for name, way in WAYS.items()
        ],
        units=_units(looks),
        asked=_asked(user, days),
        holders=_holders(days),
        incidents=list(
            Incident.objects.visible_to(user)
            .filter(noticed_at__date__range=days)
            .order_by("noticed_at", "pk")
        ),
    )


def _units(looks: Any) -> list[LookLine]:
    rows = looks.filter(unit__isnull=False).values(label=F("unit__name"), of=F("unit"))
    most = rows.annotate(**COUNTS).order_by("-looks", "of")[:MOST_UNITS]
    return [
        LookLine(row["label"], *(row[name] for name in COUNTS)) for row in list(most)
    ]


def _asked(user: Account, days: tuple[Any, Any]) -> list[AskedLine]:
    """Without what is sealed or names the auditor: for them that does not exist."""
    named = NamedParty.objects.shutting_out(user, letter="letter")
    rows = DataRequest.objects.filter(
        ~Exists(named), at__date__range=days, letter__is_sealed=False
    )
    outcome = DataRequest.Outcome
    counted: dict[str, dict[str, Any]] = {
        row["kind"]: dict(row)
        for row in rows.values("kind").annotate(
            asked=Count("pk"),
            granted=Count("pk", filter=Q(outcome=outcome.GRANTED)),
            partly=Count("pk", filter=Q(outcome=outcome.PARTLY)),
            refused=Count("pk", filter=Q(outcome=outcome.REFUSED)),
            open=Count("pk", filter=Q(outcome="")),
            took=Avg(F("answered_at") - F("at")),
        )
    }
    names = ("asked", "granted", "partly", "refused", "open")
    found = []
    for kind in DataRequest.Kind:
        row = counted.get(kind, {})
        took = row.get("took")
        counts = {name: row.get(name, 0) for name in names}
        days_taken = None if took is None else took.days
        found.append(AskedLine(kind.label, **counts, days=days_taken))
    return found


def _holders(days: tuple[Any, Any]) -> list[HolderLine]:
    looked = Access.objects.filter(by=OuterRef("account"), at__date__range=days)
    grants = (
        RoleGrant.objects.active(on=timezone.localdate())
        .filter(account__is_active=True, role__in=REACHING_NAMES)
        .values("role")
        .annotate(
            people=Count("account", distinct=True),
            never=Count("account", distinct=True, filter=~Q(Exists(looked))),
        )
    )
    counted = {row["role"]: row for row in grants}
    return [
        HolderLine(role.label, row["people"], row["never"])
        for role in REACHING_NAMES
        if (row := counted.get(role))
    ]
