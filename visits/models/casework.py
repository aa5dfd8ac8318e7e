"""What stands beside a letter: drafts, transfers, links, files, words of others."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Labelled, Unit
from cadres.models.encrypted import SealedTexts, read_sealed, write_sealed
from visits.models.letter import Letter, NamedParty, Recusal
from visits.models.visit import new_reference
from visits.rules.letter_states import Step


class LetterDraft(Labelled):
    """A step that a handler has prepared and the head of the unit decides."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Sent back")
        LAPSED = "lapsed", _("Overtaken by a step")

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="drafts")
    step = models.CharField(max_length=20, choices=Step)
    record = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    drafted_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "step"],
                condition=Q(state="pending"),
                name="letter_draft_one_waits",
                violation_error_message=_("A draft of this step waits already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} {self.step}"


class SealTransfer(models.Model):
    """Handing a sealed letter on; a second seal officer confirms (handbook 7.6, 3)."""

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="transfers")
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    sealed_reasons = SealedTexts()
    # Says who asks, and who confirms: then there is nobody to keep away from it.
    names_nobody = models.BooleanField(default=False)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(confirmed_at__isnull=True, refused_at__isnull=True),
                name="seal_transfer_one_waits",
                violation_error_message=_("A transfer waits for confirmation already."),
            ),
            models.CheckConstraint(
                name="seal_transfer_by_two",
                condition=Q(confirmed_by__isnull=True)
                | ~Q(confirmed_by=F("asked_by"))
                | Q(refused_at__isnull=False),
                violation_error_message=_("Another seal officer has to confirm."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} → {self.to_unit_id}"


class LetterLinkQuerySet(models.QuerySet["LetterLink"]):
    def visible_to(self, user: Account) -> Self:
        """Those whose both ends are in one's sight: one end tells of the other."""
        seen = Letter.objects.visible_to(user).values("pk")
        return self.filter(letter__in=seen, other__in=seen)


class LetterLink(Labelled):
    """Two letters are the same matter, says a person, and why (handbook 7.5).

    It joins matters, never people; it can be undone, and both histories show it.
    """

    class Kind(models.TextChoices):
        REPEATED = "repeated", _("Repeated, Art. 19(3)")
        ENDED = "ended", _("Same facts after the procedure ended, Art. 36(3)")
        RELATED = "related", _("Related")

    letter = models.ForeignKey(Letter, models.CASCADE, related_name="links")
    other = models.ForeignKey(Letter, models.CASCADE, related_name="linked_from")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = LetterLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="letter_link_not_to_itself", condition=~Q(letter=F("other"))
            ),
            models.UniqueConstraint(
                fields=["letter", "other"],
                condition=Q(undone_at__isnull=True),
                name="letter_link_once",
                violation_error_message=_("These two are linked already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} = {self.other_id}"


class Attachment(Labelled):
    """A file of a letter, kept encrypted under a random name; inherits the seal."""

    class State(models.TextChoices):
        PENDING = "pending", _("Being checked")
        CLEAN = "clean", _("Checked")
        REFUSED = "refused", _("Refused by the virus check")
        UNSCANNED = "no_scan", _("Not scanned for viruses")
        ARCHIVED = "archived", _("In the archive copy alone")

    # What may be read: without a scanner, files are, and say so.
    READABLE = (State.CLEAN, State.UNSCANNED)

    letter = models.ForeignKey(Letter, models.PROTECT, related_name="attachments")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The name it came with may name people; gone with the file once it is masked.
    sealed_name = SealedTexts(null=True, default=bytes)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)  # of what lies on the disk, sealed
    # A scan shows who wrote, unless whoever added it says that it does not.
    shows_identity = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    added_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    client_key = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("attachment")
        constraints = [
            models.UniqueConstraint(
                fields=["added_by", "client_key"],
                name="attachment_sent_once_per_person",
            ),
            models.CheckConstraint(
                name="attachment_not_empty", condition=Q(size__gt=0)
            ),
            models.CheckConstraint(
                name="attachment_named_or_archived",
                condition=Q(sealed_name__isnull=False) & ~Q(state="archived")
                | Q(sealed_name__isnull=True, state="archived"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)

    def name(self) -> str:
        """In clear; for those alone who may open the file."""
        sealed = bytes(self.sealed_name or b"")
        return read_sealed(sealed, purpose="attachment", seal_id=self.key)["name"]

    def name_it(self, name: str) -> None:
        self.sealed_name = write_sealed(
            {"name": name}, purpose="attachment", seal_id=self.key
        )


class Rating(Labelled):
    """The petitioner's own word on office and unit: voluntary, without a name.

    Shown in totals of five or more only (handbook 7.8).
    """

    class Grade(models.IntegerChoices):
        SATISFIED = 3, _("Satisfied")
        PARTLY = 2, _("Partly satisfied")
        DISSATISFIED = 1, _("Not satisfied")

    letter = models.OneToOneField(Letter, models.CASCADE, related_name="rating")
    office_grade = models.PositiveSmallIntegerField(
        _("petition office"), choices=Grade, null=True, blank=True
    )
    unit_grade = models.PositiveSmallIntegerField(
        _("handling unit"), choices=Grade, null=True, blank=True
    )
    on = models.DateField(default=timezone.localdate)

    class Meta:
        verbose_name = _("rating")

    def __str__(self) -> str:
        return f"{self.letter_id}"


class PressureReportQuerySet(models.QuerySet["PressureReport"]):
    def visible_to(self, user: Account) -> Self:
        """Seal officers and heads of the unit it went to, without a tie to it.

        Nor those who stepped back from the letter, or had it in hand themselves.
        """
        units = {
            *user.unit_ids("visits.seal_letter"),
            *user.unit_ids("visits.head_letter"),
        }
        named = NamedParty.objects.shutting_out(user, letter="letter")
        left = Recusal.objects.in_force().filter(
            account=user, letter=OuterRef("letter")
        )
        return self.filter(
            ~Exists(named),
            ~Exists(left),
            ~Q(opened_by__contains=[user.pk]),
            to_unit__in=units,
            to_unit__kind=Unit.Kind.DISCIPLINE,
        )


class PressureReport(Labelled):
    """ "I was pressured or punished" (handbook 12.4): sealed, to the organ above.

    Who had opened the file by then is kept with it as evidence.
    """

    class From(models.TextChoices):
        PETITIONER = "petitioner", _("Petitioner")
        STAFF = "staff", _("Someone on the staff")

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    seal_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    letter = models.ForeignKey(
        Letter, models.PROTECT, null=True, blank=True, related_name="pressure_reports"
    )
    source = models.CharField(max_length=10, choices=From)
    sealed_text = SealedTexts()
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    opened_by = models.JSONField(default=list)  # account ids that had the file
    reported_by = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    objects = PressureReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of pressure")
        indexes = [
            models.Index(fields=["to_unit", "at", "id"], name="pressure_of_unit")
        ]

    def __str__(self) -> str:
        return self.reference


class DocumentTemplate(models.Model):
    """The office's own paper for one kind of document; without one, ours is used."""

    kind = models.CharField(_("document"), max_length=20)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    file = models.BinaryField()
    added_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("document template")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit"], name="document_template_once_per_unit"
            )
        ]

    def __str__(self) -> str:
        return self.kind
