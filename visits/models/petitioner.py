"""Who wrote: the identity store, apart from the matter, encrypted, looked at by reason.

No index and no look-up on any of it: nobody is searched by person (handbook 12.1).
"""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Labelled, Unit
from cadres.models.condition import among
from cadres.models.encrypted import SealedTexts, read_sealed, write_sealed
from visits.models.letter import Letter, NamedParty, letters_seen_by
from visits.rules.masking import masked

OPEN_FOR = timedelta(minutes=15)


class Petitioner(Labelled):
    """One person or organisation on a letter: its writer, or a representative."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")
        # Of a child under 14 the contact is a guardian's (handbook 12.2).
        CHILD = "child", _("Child under 14")

    letter = models.ForeignKey(
        Letter, models.CASCADE, related_name="petitioners", db_index=False
    )
    seal_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # Name, address, contact; gone once it is masked, when 王某 is all that stays.
    identity = SealedTexts(null=True)
    masked_name = models.CharField(max_length=50, db_default="", editable=False)

    class Meta:
        constraints = [
            # Art. 20: a group sends at most five representatives.
            models.CheckConstraint(
                name="petitioner_at_most_five",
                condition=models.Q(position__gte=1, position__lte=5),
                violation_error_message=_("At most five representatives (Art. 20)."),
            ),
            models.UniqueConstraint(
                fields=["letter", "position"], name="petitioner_position_once"
            ),
            models.CheckConstraint(
                name="petitioner_sealed_or_masked",
                condition=models.Q(identity__isnull=True) | models.Q(masked_name=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id}.{self.position}"

    def write(self, *, name: str, address: str, contact: str) -> None:
        self.identity = write_sealed(
            {"name": name, "address": address, "contact": contact},
            purpose="petitioner",
            seal_id=self.seal_id,
        )

    def read(self) -> dict[str, str]:
        """In clear; only behind an `Access` written in the same transaction.

        Of one that is masked, what is left.
        """
        if self.identity is None:
            return {"name": self.masked_name, "address": "", "contact": ""}
        return read_sealed(self.identity, purpose="petitioner", seal_id=self.seal_id)

    def masked(self) -> dict[str, str]:
        known = self.read()
        return known if self.identity is None else masked(known, kind=self.kind)

    def mask(self) -> None:
        """Forget who it was; does not save."""
        self.masked_name, self.identity = self.masked()["name"], None


class AccessQuerySet(models.QuerySet["Access"]):
    def visible_to(self, user: Account) -> Self:
        """The auditor sees all; the petition office, the looks at its own letters.

        An auditor with a tie to whom a letter names learns nothing of it here either.
        """
        if user.has_perm("visits.audit_access"):
            named = NamedParty.objects.shutting_out(user, letter="letter")
            return self.exclude(models.Exists(named))
        if not user.has_perm("visits.route_letter"):
            return self.none()
        return self.filter(among("letter", letters_seen_by(user)))

    def opens(self, letter: Letter, user: Account) -> Self:
        """Looks of this person that still hold: for a quarter of an hour."""
        return self.filter(
            letter=letter,
            by=user,
            kind=Access.Kind.IDENTITY,
            at__gt=timezone.now() - OPEN_FOR,
        )


class Access(Labelled):
    """Someone looked at what is kept apart. Written before it is shown, never changed.

    A trigger refuses UPDATE, DELETE and TRUNCATE.
    """

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("Identity opened")
        SEALED = "sealed", _("Sealed letter opened")
        ATTACHMENT = "attachment", _("Attachment opened")
        PRINTED = "printed", _("Paper with the name made")
        NEW_CODE = "new_code", _("New code for the receipt made")
        EXPORT = "export", _("List exported")
        BOOKING = "booking", _("Contact of a booking opened")

    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, related_name="accesses"
    )
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(default=timezone.now)

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("look")
        indexes = [
            models.Index(fields=["letter", "by", "at"], name="access_letter_by"),
            models.Index(fields=["at", "id"], name="access_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                name="access_has_reason",
                condition=~models.Q(reason=""),
                violation_error_message=_("Say why you look."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.letter_id} {self.by_id}"
