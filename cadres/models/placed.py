"""What happens at a place keeps the places above it, as they were on its date."""

from collections.abc import Collection

from django.db import models
from django.utils.translation import gettext_lazy as _

from cadres.models.district import District
from cadres.models.labelled import Labelled
from cadres.rules.levels import ANCESTORS


def _ancestor() -> "models.ForeignKey[District | None, District | None]":
    return models.ForeignKey(
        District, models.PROTECT, null=True, editable=False, related_name="+"
    )


class Placed(Labelled):
    """A record at a place, with its ancestors on the day it happened.

    Reports add up by these columns, so a township that later moves to another
    district leaves the past alone (domain handbook 2.3, trap 9), and every question
    about a subtree is one equality on an indexed column.
    """

    place = models.ForeignKey(
        District, models.PROTECT, verbose_name=_("place"), related_name="+"
    )
    province = _ancestor()
    prefecture = _ancestor()
    county = _ancestor()
    township = _ancestor()
    village = _ancestor()

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Without a query for each ancestor: those come with the place, untyped."""
        super().clean_fields(exclude={*(exclude or ()), *ANCESTORS})

    def settle_at(self, place: District) -> None:
        """Take `place` and the ancestors it has now."""
        self.place = place
        for column in ANCESTORS:
            setattr(self, f"{column}_id", getattr(place, f"{column}_id"))
