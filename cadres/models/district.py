"""Places: from province to village, as the two national lists have them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cadres.addresses import address_of_key
from cadres.models.labelled import Labelled
from cadres.models.search import Bigrams
from cadres.rules.levels import ANCESTORS, Kind, Level

if TYPE_CHECKING:
    from cadres.models.account import Account

COUNTRY = 0  # the level above the provinces: of all places, or of several
NAMED = 3  # of several places, before the others are a number


class DistrictQuerySet(models.QuerySet["District"]):
    def visible_to(self, user: "Account") -> Self:
        """Places are public knowledge: all of them, for whoever is signed in."""
        return self if user.is_authenticated else self.none()

    def real(self) -> Self:
        """Without the dummy rows that exist in the code lists alone."""
        return self.filter(is_virtual=False)

    def valid(self, *, on: date) -> Self:
        """Places that exist on that day (`valid_to` is the last day)."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on
        )

    def within(self, place: "District") -> Self:
        """The place itself and everything below it."""
        return self.filter(**{place.subtree_column: place.pk})

    def right_below(self, place: "District") -> Self:
        """The next places down; what hangs on a dummy row counts as its children."""
        # One look-up by parent: an OR over a join reads the whole table for each row.
        above = District.objects.filter(
            Q(pk=place.pk) | Q(parent=place, is_virtual=True)
        )
        return self.real().filter(parent__in=above.values("pk"))


class District(Labelled):
    """A place of the national lists: a province, a county, a village.

    A code alone does not name a place: codes are used again (domain handbook 2.3,
    trap 2), so each row is one code in one period of validity.
    """

    code = models.CharField(
        _("code"),
        max_length=12,
        validators=[RegexValidator(r"^[0-9]+\Z", _("A code has only digits."))],
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    kind = models.CharField(_("kind"), max_length=24, choices=Kind)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=100)
    path = models.CharField(_("full path"), max_length=300)
    pinyin = models.CharField(max_length=300, editable=False)
    initials = models.CharField(max_length=100, editable=False)
    aliases = ArrayField(models.CharField(max_length=100), default=list, blank=True)

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    managed_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("managed by"),
        related_name="manages",
    )
    # Each place stands in the column of its own level, too. A prefecture-level city
    # without counties is its own county (trap 5).
    province = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    prefecture = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    county = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    township = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )
    village = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )

    is_virtual = models.BooleanField(_("only in the code lists"), default=False)
    is_zone = models.BooleanField(_("zone, not a district in law"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    source_list = models.CharField(
        _("source"),
        max_length=12,
        choices=[
            ("civil", _("Civil affairs list")),
            ("statistics", _("Statistical list")),
            ("local", _("Entered locally")),
        ],
    )
    successors = models.ManyToManyField(
        "self",
        through="Succession",
        symmetrical=False,
        related_name="predecessors",
        verbose_name=_("successors"),
    )

    # What stands for several places has these: see `together`.
    several: "tuple[District, ...]" = ()
    is_country = False

    objects = DistrictQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="district_code_and_start_unique",
                violation_error_message=_(
                    "This code already has a place from that day on."
                ),
            ),
            ExclusionConstraint(
                name="district_code_one_at_a_time",
                # As numbers, codes make a GiST index ten times as quick as texts.
                expressions=[
                    (Cast("code", models.BigIntegerField()), RangeOperators.EQUAL),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_to"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "This code belongs to another place in that period."
                ),
            ),
            models.CheckConstraint(
                name="district_valid_from_before_to",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("A place cannot end before it begins."),
            ),
            models.CheckConstraint(
                name="district_code_fits_level",
                condition=Q(level=Level.PROVINCE, code__regex=r"^[0-9]{2}$")
                | Q(level=Level.PREFECTURE, code__regex=r"^[0-9]{4}$")
                | Q(level=Level.COUNTY, code__regex=r"^[0-9]{6}$")
                | Q(level=Level.TOWNSHIP, code__regex=r"^[0-9]{9}$")
                | Q(level=Level.VILLAGE, code__regex=r"^[0-9]{12}$"),
                violation_error_message=_("The code does not fit the level."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["level", "initials", "code"], name="district_initials"
            ),
            models.Index(fields=["level", "pinyin", "code"], name="district_pinyin"),
            models.Index(fields=["level", "name", "code"], name="district_name"),
            # Apart from the villages, which are fifteen times as many.
            models.Index(
                fields=["level"],
                condition=Q(level__lt=Level.VILLAGE),
                name="district_above_villages",
            ),
            GinIndex(
                Bigrams(F("name")),
                name="district_name_bigrams",
                condition=Q(level__lt=Level.VILLAGE),
            ),
            GinIndex(
                Bigrams(F("name")),
                name="district_village_bigrams",
                condition=Q(level=Level.VILLAGE),
            ),
            GinIndex(fields=["aliases"], name="district_aliases"),
        ]

    def __str__(self) -> str:
        return self.path

    def get_absolute_url(self) -> str:
        return address_of_key("cadres:place_detail", self.pk)

    @property
    def subtree_column(self) -> str:
        """The ancestor column in which this place stands for its whole subtree."""
        return Level(self.level).column

    @property
    def is_together(self) -> bool:
        """Whether it is no place of its own: see `together`."""
        return self.level == COUNTRY

    @property
    def parts(self) -> "tuple[District, ...]":
        """The places it stands for: itself, or several."""
        return self.several or (self,)

    @property
    def is_countyless_city(self) -> bool:
        """Whether this city has townships and no counties (trap 5)."""
        return self.level == Level.PREFECTURE and self.county_id == self.pk

    @property
    def chain_ids(self) -> list[int]:
        """The place and all places above it, top first, each once."""
        ids: list[int] = []
        for column in ANCESTORS:
            pk = getattr(self, f"{column}_id")
            if pk and pk not in ids:
                ids.append(pk)
        return ids

    def contains(self, other: Any) -> bool:
        """Whether `other` (a place or a record at a place) lies in this subtree."""
        if self.is_together:
            return self.is_country or any(it.contains(other) for it in self.several)
        return bool(getattr(other, f"{self.subtree_column}_id") == self.pk)


def together(places: Iterable[District]) -> District:
    """Places as one, such as those one may report on; one alone is itself.

    Those below another one are in it. All provinces of today are the country. It is no
    row of any list, so never saved.
    """
    known = list(places)
    parts = [
        place
        for place in known
        if not any(it.level < place.level and it.contains(place) for it in known)
    ]
    if len(parts) == 1:
        return parts[0]
    parts.sort(key=lambda it: it.code)
    if _are_the_country(parts):
        return the_country(parts)
    found = _above(_joined(tuple(it.path for it in parts)), parts)
    found.short_name = _joined(tuple(it.short_name for it in parts))
    return found


def the_country(provinces: Sequence[District] = ()) -> District:
    found = _above(_("The whole country"), provinces)
    found.is_country = True
    return found


def _above(name: Any, parts: Sequence[District]) -> District:
    found = District(pk=0, level=COUNTRY, name=name, short_name=name, path=name)
    found.several = tuple(parts)
    return found


def _are_the_country(places: Sequence[District]) -> bool:
    """Whether all provinces of today are among them."""
    provinces = {it.pk for it in places if it.level == Level.PROVINCE}
    if len(provinces) < 2:
        return False
    wanted = District.objects.real().filter(level=Level.PROVINCE, valid_to__isnull=True)
    return not wanted.exclude(pk__in=provinces).exists()


def _named(names: tuple[str, ...]) -> str:
    first, more = gettext(", ").join(names[:NAMED]), len(names) - NAMED
    if more <= 0:
        return first
    return gettext("%(names)s and %(n)d more") % {"names": first, "n": more}


_joined: Any = lazy(_named, str)  # in the language of whoever reads it


class Succession(Labelled):
    """What became of a place, and why."""

    class Reason(models.TextChoices):
        RENAMED = "renamed", _("Renamed")
        RECODED = "recoded", _("New code")
        MERGED = "merged", _("Merged")
        SPLIT = "split", _("Split")
        MOVED = "moved", _("Land moved")
        UPGRADED = "upgraded", _("Upgraded")

    predecessor = models.ForeignKey(
        District, models.CASCADE, related_name="succession_to"
    )
    successor = models.ForeignKey(
        District, models.CASCADE, related_name="succession_from"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason)
    on = models.DateField(_("on"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor", "on"], name="succession_once"
            ),
            models.CheckConstraint(
                name="succession_not_to_itself",
                condition=~Q(predecessor=F("successor")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id} ({self.reason})"


class Venue(Labelled):
    """A spot inside a place: a village hall, a firm, a school, a reception room."""

    class Kind(models.TextChoices):
        HALL = "hall", _("Village hall")
        FIRM = "firm", _("Firm")
        SCHOOL = "school", _("School")
        HOSPITAL = "hospital", _("Hospital")
        RECEPTION = "reception", _("Reception room")
        SITE = "site", _("Project site")
        OTHER = "other", _("Other")

    place = models.ForeignKey(District, models.PROTECT, related_name="venues")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OTHER)

    class Meta:
        verbose_name = _("venue")
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name"],
                name="venue_name_once_per_place",
                violation_error_message=_("This place already has such a venue."),
            )
        ]

    def __str__(self) -> str:
        return self.name
