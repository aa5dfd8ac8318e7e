"""Who registers, routes, handles and reviews the demo's letters, unit by unit."""

from datetime import date

from cadres.demo.accounts import ACCOUNTS
from cadres.demo.names import Names
from cadres.demo.staff import Staff, silent_account
from cadres.demo.units import Units
from cadres.models import Account, District, RoleGrant, Unit
from cadres.rules.levels import Level
from cadres.rules.roles import Role


class Desks:
    """The people at each unit's desks; whoever is missing is made when first asked for.

    Those who can sign in sit at the desks of their own unit; the others cannot.
    """

    def __init__(
        self,
        names: Names,
        staff: Staff,
        units: Units,
        *,
        province: District,
        city: District,
        first: date,
    ) -> None:
        self._names = names
        self._staff = staff
        self._units = list(units.by_name.values())
        self._first = first
        self._made: list[Account] = []
        self._grants: list[RoleGrant] = []
        self._at: dict[tuple[int, str, int], Account] = {}
        self._governments = {
            Level.COUNTY: units[city, "人民政府办公室"],
            Level.PREFECTURE: units[province, "人民政府办公厅"],
        }
        for username, role in ACCOUNTS.items():
            account = staff.by_username[username]
            if account.unit:
                self._at[account.unit.pk, role, 1] = account

    def of(self, unit: Unit, role: str, number: int = 1) -> Account:
        """The first, second … person with that role in that unit."""
        key = (unit.pk, role, number)
        if key not in self._at:
            made = silent_account(self._staff, self._names.new(), unit)
            self._staff.by_username[made.username] = made
            self._made.append(made)
            self._grants.append(
                RoleGrant(account=made, role=role, unit=unit, first=self._first)
            )
            self._at[key] = made
        return self._at[key]

    def clerk(self, office: Unit) -> Account:
        return self.of(office, Role.CLERK)

    def officer(self, office: Unit) -> Account:
        return self.of(office, Role.PETITION_OFFICER)

    def handler(self, unit: Unit, number: int = 1) -> Account:
        return self.of(unit, Role.HANDLER, number)

    def head(self, unit: Unit) -> Account:
        return self.of(unit, Role.UNIT_HEAD)

    def reviewer(self, unit: Unit) -> Account:
        return self.of(unit, Role.REVIEW_OFFICER)

    def sealer(self, unit: Unit, number: int = 1) -> Account:
        return self.of(unit, Role.SEAL_OFFICER, number)

    def above(self, unit: Unit) -> Unit | None:
        """Who reviews what `unit` has decided: the organ one level above it."""
        return unit.superior or self._governments.get(Level(unit.level))

    def mistaken(self, right: Unit) -> Unit:
        """A department there, or of the county, that a letter goes to by mistake."""
        there = (right.place.pk, right.place.county_id)
        return next(
            it
            for it in self._units
            if it.place_id in there and it.kind == Unit.Kind.DEPARTMENT and it != right
        )

    def save(self) -> None:
        Account.objects.bulk_create(self._made)
        RoleGrant.objects.bulk_create(self._grants)
        self._made, self._grants = [], []
