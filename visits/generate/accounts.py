"""Accounts above and below the city, beside those of the demo, which are the city's.

`district-nation` to `district-county`, and so on: all with the demo's password.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from cadres.demo.accounts import make_demo_password
from cadres.models import Account, District, RoleGrant, Unit
from cadres.rules.levels import Level
from cadres.rules.roles import Role
from visits.demo.lands import CITY, PROVINCE

COUNTY = "320312"
AREAS = {"province": PROVINCE, "city": CITY, "county": COUNTY}
OF_AREA = {"district": Role.DISTRICT_ADMIN, "reader": Role.REPORT_READER}
OF_OFFICE = {"clerk": Role.CLERK, "petition": Role.PETITION_OFFICER}


def make_accounts(today: date) -> None:
    """Write the accounts and what they hold, since before the first letter."""
    password, first = make_demo_password(), today - timedelta(days=800)
    for username, role, unit, places in _wanted():
        account = Account.objects.create(
            username=username, name=username, unit=unit, password=password
        )
        holds: list[dict[str, Any]] = [{"place": it} for it in places]
        RoleGrant.objects.bulk_create(
            RoleGrant(account=account, role=role, first=first, **held)
            for held in holds or [{"unit": unit}]
        )


def _wanted() -> Iterator[tuple[str, str, Unit, list[District]]]:
    """User name, role, unit, and where the role holds, if not in the unit."""
    now = District.objects.filter(valid_to__isnull=True)
    whole = list(now.filter(level=Level.PROVINCE).order_by("code"))
    for level, code in AREAS.items():
        place = now.get(code=code)
        for name, role in OF_AREA.items():
            yield f"{name}-{level}", role, _unit(place, Unit.Kind.PARTY), [place]
        for name, role in OF_OFFICE.items():
            yield f"{name}-{level}", role, _unit(place, Unit.Kind.PETITION), []
    for name, role in OF_AREA.items():
        yield f"{name}-nation", role, _unit(whole[0], Unit.Kind.PARTY), whole


def _unit(place: District, kind: str) -> Unit:
    found = Unit.objects.filter(place=place, kind=kind).first()
    return found or Unit.objects.filter(kind=kind).order_by("level", "pk")[0]
