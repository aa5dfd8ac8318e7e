"""Accounts, what they may do and where, and for whom they act."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import connection, models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cadres.models.cadre import Cadre
from cadres.models.condition import among, keys_of, written_once
from cadres.models.district import District
from cadres.models.labelled import Labelled
from cadres.models.unit import Unit
from cadres.rules.levels import Level
from cadres.rules.roles import SEPARATE, Role

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Scope:
    """Where a role holds: a subtree of places, a unit, or (both None) nowhere.

    A role without place and unit speaks only of the account's own official.
    """

    place: District | None
    unit_id: int | None

    @property
    def is_narrow(self) -> bool:
        """Whether it has so few units and visits that keys are read first: a city."""
        return self.place is None or self.place.level >= Level.PREFECTURE

    def q(self, *, place: str, unit: str) -> Q:
        """The rows in this scope, given the paths to their place and unit.

        `place` leads to a District, or to a record with its ancestor columns when it
        is empty or ends in "__".
        """
        if self.unit_id is not None:
            return Q(**{unit: self.unit_id})
        if self.place is None:
            return Q(pk__in=[])
        prefix = place if not place or place.endswith("__") else f"{place}__"
        return Q(**{f"{prefix}{self.place.subtree_column}": self.place.pk})

    def covers(
        self, *, place: District | None = None, unit: Unit | None = None
    ) -> bool:
        """Whether a place, or else a unit, lies in this scope."""
        if self.unit_id is not None:
            return unit is not None and unit.pk == self.unit_id
        target = unit.place if unit else place
        return bool(self.place and target and self.place.contains(target))


@dataclass(frozen=True)
class Ties:
    """Officials, units and accounts, by key; see `Account.ties`."""

    officials: frozenset[int]
    units: frozenset[int]
    accounts: frozenset[int]  # one's own, and what looks like one's second


TIES = """
WITH RECURSIVE given(account, day) AS (SELECT %s::bigint, %s::date), officials(id) AS (
  SELECT cadre_id FROM cadres_account, given WHERE id = account AND cadre_id IS NOT NULL
  UNION SELECT cadre_id FROM cadres_mandate, given WHERE account_id = account
), units(id) AS (
  (SELECT unit_id FROM cadres_account, given WHERE id = account
   UNION SELECT unit_id FROM cadres_rolegrant, given
   WHERE account_id = account AND (last IS NULL OR last >= day)
   UNION SELECT unit_id FROM cadres_cadre WHERE id IN (SELECT id FROM officials)
   UNION SELECT unit_id FROM cadres_post, given
   WHERE cadre_id IN (SELECT id FROM officials) AND (last IS NULL OR last >= day))
  UNION
  SELECT tied.id FROM units
  JOIN cadres_unit here ON here.id = units.id
  JOIN cadres_unit tied
    ON tied.id = here.superior_id OR tied.dissolved_into_id = here.id
)
SELECT id, 'official' FROM officials UNION ALL
SELECT id, 'unit' FROM units WHERE id IS NOT NULL UNION ALL
SELECT id, 'account' FROM ({same_person}) AS same
"""


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: "Account") -> Self:
        """Those that some administrator's role lets one look at."""
        return self._in_scopes(user, "cadres.view_account")

    def manageable_by(self, user: "Account") -> Self:
        return self._in_scopes(user, "cadres.manage_accounts")

    def grantable_by(self, user: "Account") -> Self:
        """Whose roles and mandates one may set; never one's own."""
        return self._in_scopes(user, "cadres.manage_roles").exclude(pk=user.pk)

    def confirmable_by(self, user: "Account") -> Self:
        """Whose second factors one may help to reset, as the second of two people."""
        others = self.exclude(pk__in=self.model.objects.same_person(user).values("pk"))
        return others._in_scopes(user, "cadres.confirm_reset")

    def colleagues_of(self, user: "Account") -> Self:
        """Open accounts of the own official's unit, without one's own."""
        if not user.cadre:
            return self.none()
        others = self.filter(unit=user.cadre.unit_id, is_active=True)
        return others.exclude(pk=user.pk)

    def matching(self, text: str) -> Self:
        typed = text.strip()
        return self.filter(Q(name__contains=typed) | Q(username__icontains=typed))

    def with_grants(self) -> Self:
        """With `grants_today` at hand: one query for all of them."""
        rows = RoleGrant.objects.active(on=timezone.localdate())
        related = rows.select_related("place", "unit")
        return self.prefetch_related(
            models.Prefetch("grants", related, to_attr="grants_today")
        )

    def working_in(self, units: "Iterable[int]", *, on: date | None = None) -> Self:
        """Active accounts that hold a role in one of these units on that day."""
        held = RoleGrant.objects.active(on=on or timezone.localdate())
        holders = held.filter(unit__in=list(units)).values("account")
        return self.filter(is_active=True, pk__in=holders).order_by("name", "pk")

    def holding(self, role: str, *, on: date) -> Self:
        held = RoleGrant.objects.active(on=on).filter(role=role)
        return self.filter(pk__in=held.values("account"))

    def _in_scopes(self, user: "Account", permission: str) -> Self:
        """Accounts of the units there; one without a unit is the command line's."""
        return self.filter(user.reach(permission, place="unit__place", unit="unit"))

    def same_person(self, account: "Account") -> Self:
        """The account, and others that look like the same person's second one.

        One official has one account; beyond that, the same e-mail, or the same name in
        the same unit without two e-mails or officials that tell them apart.
        """
        alike = Q(name=account.name, unit=account.unit_id)
        if account.email:
            alike &= Q(email="")
        if account.cadre_id:
            alike &= Q(cadre__isnull=True)
        if account.email:
            alike |= Q(email__iexact=account.email)
        return self.filter(Q(pk=account.pk) | (alike & Q(unit__isnull=False)))


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, username: str, password: str, **fields: Any) -> "Account":
        account: Account = self.model(username=username, **fields)
        account.set_password(password)
        account.full_clean()
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        account: Account = self.get(username__iexact=username)
        return account


class Account(AbstractBaseUser):
    """Someone who signs in. What they may do comes from their roles alone."""

    # Unique without regard to case, by the constraint below.
    username = models.CharField(_("user name"), max_length=50)
    name = models.CharField(_("name"), max_length=50)
    email = models.EmailField(_("e-mail"), blank=True)
    cadre = models.OneToOneField(
        Cadre,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("official"),
        related_name="account",
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="accounts"
    )
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    # None: never, or before this was kept.
    password_set_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Who this is at the office's identity provider; empty: no sign-in from there.
    provider_subject = models.CharField(
        _("name at the identity provider"), max_length=200, blank=True
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = AccountManager.from_queryset(AccountQuerySet)()

    class Meta:
        verbose_name = _("account")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="account_username_unique",
                violation_error_message=_("This user name is taken."),
            ),
            models.UniqueConstraint(
                fields=["provider_subject"],
                condition=~Q(provider_subject=""),
                name="account_provider_subject_unique",
                violation_error_message=_(
                    "Another account has this name at the identity provider."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and any(
            backend.has_perm(self, perm, obj) for backend in auth.get_backends()
        )

    def has_perms(self, perm_list: "Iterable[str]", obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(
            backend.has_module_perms(self, app_label)  # type: ignore[attr-defined]
            for backend in auth.get_backends()
        )

    def scopes(self, perm: str) -> list[Scope]:
        """Where the account holds this permission today."""
        if not self.is_active:
            return []
        return [
            scope
            for backend in auth.get_backends()
            for scope in backend.scopes(self, perm)  # type: ignore[attr-defined]
        ]

    def reach(self, perm: str, *, place: str, unit: str = "") -> Q:
        """The rows in any scope of this permission, as `Scope.q` says of each.

        Whose role holds in many places asks one question for all of a level. Without
        the path of a `unit`, only scopes of places count.
        """
        prefix = place if not place or place.endswith("__") else f"{place}__"
        is_of_unit = prefix.endswith("unit__place__")
        keys: dict[str, list[int]] = {}
        found = Q(pk__in=[])
        for scope in self.scopes(perm):
            if scope.unit_id is not None and unit:
                keys.setdefault(unit, []).append(scope.unit_id)
            elif scope.place is not None and not (is_of_unit and scope.is_narrow):
                column = f"{prefix}{scope.place.subtree_column}"
                keys.setdefault(column, []).append(scope.place.pk)
        for column, pks in keys.items():
            found |= Q(**({f"{column}__in": pks} if pks[1:] else {column: pks[0]}))
        if is_of_unit and any(it.is_narrow and it.place for it in self.scopes(perm)):
            found |= among(prefix.removesuffix("__place__"), self._units_near(perm))
        return found

    def _units_near(self, perm: str) -> RawSQL:
        """The units at the places of narrow scopes, found by their places' keys.

        In a join PostgreSQL takes the units of a city to be many more than they are,
        and reads those of the country.
        """

        def written() -> RawSQL:
            here = Q()
            for it in self.scopes(perm):
                if it.place and it.is_narrow:
                    here |= Q(**{it.place.subtree_column: it.place.pk})
            places = keys_of(District.objects.filter(here))
            return keys_of(Unit.objects.filter(among("place", places)))

        return written_once(self, f"units: {perm}", written)

    @cached_property
    def grants_today(self) -> "list[RoleGrant]":
        active = self.grants.active(on=timezone.localdate())
        return list(active.select_related("place", "unit"))

    @property
    def is_of_discipline_organ(self) -> bool:
        """Whether a role of theirs holds in such an organ today."""
        units = [grant.unit for grant in self.grants_today if grant.unit]
        return any(unit.kind == Unit.Kind.DISCIPLINE for unit in units)

    def reaches(
        self, perm: str, *, place: District | None = None, unit: Unit | None = None
    ) -> bool:
        """Whether the account holds the permission for that place, or else unit."""
        return any(scope.covers(place=place, unit=unit) for scope in self.scopes(perm))

    @property
    def role_names(self) -> list[str]:
        return [grant.get_role_display() for grant in self.grants_today]

    def acts_for_ids(self) -> list[int]:
        """Officials whose affairs this account may handle today: own and mandates."""
        return self._acts_for_ids

    @cached_property
    def _acts_for_ids(self) -> list[int]:
        own = [self.cadre_id] if self.cadre_id else []
        mandates = self.mandates.active(on=timezone.localdate())
        return own + list(mandates.values_list("cadre_id", flat=True))

    def unit_ids(self, perm: str) -> list[int]:
        """The units (not places) in which the account holds this permission today."""
        return [scope.unit_id for scope in self.scopes(perm) if scope.unit_id]

    def own_unit_ids(self) -> set[int]:
        """Every unit this person belongs to: by account, by post, by role."""
        ids = {self.unit_id, *(grant.unit_id for grant in self.grants_today)}
        if self.cadre:
            ids.add(self.cadre.unit_id)
        return {pk for pk in ids if pk is not None}

    @cached_property
    def ties(self) -> "Ties":
        """Whom a letter may name so that this person keeps away from it.

        One's own official and every one ever acted for, before, now or from a later
        day on; every unit one belongs to or will, or that these officials belong to;
        the units above those, and units that were dissolved into any of them.
        """
        same = Account.objects.same_person(self).values("id")
        sql, values = same.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(
                TIES.format(same_person=sql), (self.pk, timezone.localdate(), *values)
            )
            rows = cursor.fetchall()
        kinds = ("official", "unit", "account")
        return Ties(*(frozenset(pk for pk, it in rows if it == kind) for kind in kinds))

    @cached_property
    def office_level(self) -> int:
        """The level of the account's unit; the lowest when it has none."""
        return self.unit.level if self.unit else Level.VILLAGE


class DatedQuerySet(models.QuerySet[Any]):
    def active(self, *, on: date) -> Self:
        """Those that hold on that day; `first` and `last` both belong to them."""
        return self.filter(Q(last__isnull=True) | Q(last__gte=on), first__lte=on)

    def overlapping(self, first: date, last: date | None) -> Self:
        rows = self.filter(Q(last__isnull=True) | Q(last__gte=first))
        return rows.filter(first__lte=last) if last else rows

    def not_over(self, *, on: date) -> Self:
        """Those that hold on that day or will."""
        return self.filter(Q(last__isnull=True) | Q(last__gte=on))


DAYS = Func(
    F("first"),
    F("last"),
    Value("[]"),
    function="daterange",
    output_field=DateRangeField(),
)


class RoleGrant(Labelled):
    """An account holds a role, somewhere, for a time."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    place = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("place"),
        related_name="+",
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("unit"),
        related_name="+",
    )
    first = models.DateField(_("from"), default=timezone.localdate)
    last = models.DateField(_("to"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "place", "unit", "first"],
                nulls_distinct=False,
                name="role_grant_once",
            ),
            models.CheckConstraint(
                name="role_grant_place_or_unit",
                condition=Q(place__isnull=True) | Q(unit__isnull=True),
                violation_error_message=_("Name a place or a unit, not both."),
            ),
            models.CheckConstraint(
                name="role_grant_first_before_last",
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                violation_error_message=_("A role cannot end before it begins."),
            ),
            ExclusionConstraint(
                name="role_grant_three_administrators",
                expressions=[
                    (F("account"), RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                    (F("role"), RangeOperators.NOT_EQUAL),
                ],
                condition=Q(role__in=SEPARATE),
                violation_error_code="three_administrators",
                violation_error_message=_(
                    "System administrator, security administrator and auditor must be "
                    "three different people."
                ),
            ),
            ExclusionConstraint(
                name="role_grant_security_admin_alone",
                expressions=[
                    (F("account"), RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                    (
                        Case(
                            When(role=Role.SECURITY_ADMIN, then=Value(1)),
                            default=Value(0),
                            output_field=models.IntegerField(),
                        ),
                        RangeOperators.NOT_EQUAL,
                    ),
                ],
                violation_error_code="security_admin_alone",
                violation_error_message=_(
                    "A security administrator holds no other role."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.role}"

    @property
    def where(self) -> str:
        """The place or unit in words; empty if it speaks of the own official."""
        return str(self.place or self.unit or "")


class Mandate(models.Model):
    """An account acts on behalf of an official for a time; every record says so."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="mandates")
    cadre = models.ForeignKey(Cadre, models.CASCADE, related_name="mandates")
    first = models.DateField(_("from"), default=timezone.localdate)
    last = models.DateField(_("to"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "cadre", "first"], name="mandate_once"
            ),
            models.CheckConstraint(
                name="mandate_first_before_last",
                condition=Q(last__isnull=True) | Q(last__gte=F("first")),
                violation_error_message=_("A mandate cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} for {self.cadre_id}"
