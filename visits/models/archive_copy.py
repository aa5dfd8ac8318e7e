"""What the archives got of a letter before who wrote was masked here (handbook 14)."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models.casework import Attachment
from visits.models.data_request import DataRequest
from visits.models.letter import Letter, LetterEvent
from visits.models.matter import MatterEvent


class ArchiveCopyQuerySet(models.QuerySet["ArchiveCopy"]):
    def fresh(self) -> Self:
        """Those of which nothing that they hold has changed since."""
        of_letter = Q(letter=OuterRef("letter"))
        later = Q(at__gt=OuterRef("made_at"))
        said = MatterEvent.objects.filter(later, matter__letter=OuterRef("letter"))
        asked = DataRequest.objects.filter(
            of_letter, later | Q(answered_at__gt=OuterRef("made_at"))
        )
        added = Attachment.objects.filter(of_letter, added_at__gt=OuterRef("made_at"))
        return self.filter(
            ~Exists(LetterEvent.objects.filter(of_letter, later)),
            ~Exists(added),
            ~Exists(asked),
            ~Exists(said),
            version=F("letter__version"),
        )

    def received(self) -> Self:
        """Those that the archives have, says the petition office."""
        return self.filter(acknowledged_at__isnull=False)

    def to_acknowledge(self) -> Self:
        return self.filter(verified_at__isnull=False, acknowledged_at__isnull=True)


class ArchiveCopy(models.Model):
    """One encrypted package with a letter, who wrote it, and its files.

    Made by `archive_letters`, proved where the archives keep it by `verify_archive`,
    acknowledged by the petition office. Only then is anything masked.
    """

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="archive_copies")
    name = models.CharField(_("package"), max_length=50, unique=True)
    sha256 = models.CharField(max_length=64)  # of the sealed package
    size = models.PositiveBigIntegerField()
    key = models.PositiveIntegerField()  # its number in ARCHIVE_KEYS
    version = models.PositiveIntegerField()  # of the letter
    made_at = models.DateTimeField(default=timezone.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    receipt = models.CharField(_("receipt of the archives"), max_length=50, blank=True)
    acknowledged_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    objects = ArchiveCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("archive copy")
        constraints = [
            models.CheckConstraint(
                name="archive_copy_acknowledged_once_verified",
                condition=Q(
                    acknowledged_at__isnull=True,
                    acknowledged_by__isnull=True,
                    receipt="",
                )
                | Q(
                    ~Q(receipt=""),
                    acknowledged_at__isnull=False,
                    acknowledged_by__isnull=False,
                    verified_at__isnull=False,
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name
