"""Where the border of a place runs, as the office's own file has it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cadres.models.district import District


class Outline(models.Model):
    """The border of one place, from a GeoJSON file; the product comes with none."""

    place = models.OneToOneField(
        District, models.CASCADE, primary_key=True, related_name="outline"
    )
    # Rings of [longitude, latitude]: see `cadres.rules.outlines`.
    rings = models.JSONField()
    loaded_on = models.DateField()

    class Meta:
        verbose_name = _("outline")
        constraints = [
            models.CheckConstraint(
                name="outline_has_rings",
                condition=models.Q(rings__0__0__0__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.place_id)
