"""What petitioners ask about their own data (handbook 12.2; PIPL Arts. 44–50)."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Labelled
from cadres.models.encrypted import SealedTexts, read_sealed, write_sealed
from visits.models.letter import Letter
from visits.models.visit import new_reference


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def visible_to(self, user: Account) -> Self:
        """Those of the petition office that keeps the letter; of sealed ones, theirs
        who may see the sealed letter.
        """
        office = Q(pk__in=[])
        for scope in user.scopes("visits.route_letter"):
            office |= scope.q(place="letter__office__place", unit="letter__office")
        reach = office & Q(letter__is_sealed=False)
        if user.has_perm("visits.seal_letter"):
            reach |= Q(letter__is_sealed=True)
        return self.filter(reach, letter__in=Letter.objects.visible_to(user))

    def unanswered(self) -> Self:
        return self.filter(outcome="")


class DataRequest(Labelled):
    """One request from the petitioner's own page; answered with reasons.

    What was asked may name people: it is kept encrypted, and each reading is a look.
    """

    class Kind(models.TextChoices):
        SEE = "see", _("See what is kept about me")
        CORRECT = "correct", _("Correct it")
        DELETE = "delete", _("Delete it")

    class Asker(models.TextChoices):
        SELF = "self", _("I wrote the letter")
        RELATIVE = "relative", _("A close relative of mine wrote it, who has died")

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("Done as asked")
        PARTLY = "partly", _("Done in part")
        REFUSED = "refused", _("Not done")

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    seal_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="data_requests")
    kind = models.CharField(_("what is asked"), max_length=7, choices=Kind)
    asker = models.CharField(_("who asks"), max_length=8, choices=Asker)
    # Gone once who wrote the letter is masked.
    sealed_text = SealedTexts(null=True)
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(
        _("answer"), max_length=7, choices=Outcome, blank=True, default=""
    )
    # The petitioner reads it on a page that shows no names: nor does it.
    reasons = models.CharField(_("reasons"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request about data")
        indexes = [models.Index(fields=["at", "id"], name="data_request_order")]
        constraints = [
            models.CheckConstraint(
                name="data_request_answered_with_reasons",
                condition=Q(
                    outcome="",
                    reasons="",
                    answered_by__isnull=True,
                    answered_at__isnull=True,
                )
                | ~Q(outcome="")
                & ~Q(reasons="")
                & Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["letter", "kind"],
                condition=Q(outcome=""),
                name="data_request_open_once",
                violation_error_code="open",
                violation_error_message=_(
                    "You have asked for this already; the answer will stand here."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("visits:data_request_detail", args=[self.reference])

    def write(self, text: str) -> None:
        self.sealed_text = write_sealed(
            {"text": text}, purpose="data_request", seal_id=self.seal_id
        )

    def read(self) -> str:
        """In clear; only behind an `Access` written in the same transaction."""
        texts = read_sealed(
            bytes(self.sealed_text or b""),
            purpose="data_request",
            seal_id=self.seal_id,
        )
        return texts["text"]
