"""What someone should know: in the app, and once a day by mail."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, AccountEvent, Labelled, Unit
from visits.models.letter import Letter
from visits.models.matter import Matter
from visits.models.problem import Problem
from visits.models.session import ReceptionSession
from visits.models.talk import Question
from visits.models.visit import Visit
from visits.rules.letter_states import Clock
from visits.rules.warnings import clock_in


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: Account) -> Self:
        """Their own, of records that they may still see: else it would tell of one."""
        return self.filter(
            Q(letter__isnull=True) | Q(letter__in=Letter.objects.visible_to(user)),
            Q(visit__isnull=True) | Q(visit__in=Visit.objects.visible_to(user)),
            Q(matter__isnull=True) | Q(matter__in=Matter.objects.visible_to(user)),
            Q(session__isnull=True)
            | Q(session__in=ReceptionSession.objects.visible_to(user)),
            Q(question__isnull=True)
            | Q(question__in=Question.objects.visible_to(user)),
            Q(problem__isnull=True) | Q(problem__in=Problem.objects.visible_to(user)),
            Q(account_event__isnull=True)
            | Q(account_event__account=user)
            | Q(account_event__account__in=Account.objects.visible_to(user)),
            account=user,
        )

    def for_list(self) -> Self:
        return self.select_related(
            "letter__place",
            "visit",
            "matter__place",
            "session__place",
            "question__talk__stop__place",
            "problem__investigation",
            "unit",
            "account_event__account",
            "account_event__by",
        )

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def for_mail(self) -> Self:
        """Without the kinds that their reader has taken out of the daily mail."""
        quiet = NoticeChoice.objects.filter(
            account=OuterRef("account"), kind=OuterRef("kind")
        )
        return self.exclude(Exists(quiet))


class Notice(Labelled):
    """One thing for one person, at most once: `key` says what it is about.

    It carries no content: the page asks for the record anew, with its own rights.
    """

    class Kind(models.TextChoices):
        NEAR_LIMIT = "near_limit", _("A legal limit is near")
        LATE = "late", _("A legal limit has passed")
        ROUTED = "routed", _("A letter came to your unit")
        DECISION = "decision", _("Something waits for your decision")
        RETURNED = "returned", _("A draft was sent back")
        MOVED_EARLIER = "moved_earlier", _("A legal date moved to an earlier day")
        URGED = "urged", _("The petition office urges")
        PRESSURE = "pressure", _("Pressure was reported")
        TARGET_NEAR = "target_near", _("An internal target is near")
        TARGET_LATE = "target_late", _("An internal target has passed")
        URGENT = "urgent", _("A letter was marked as urgent")
        SUPERVISED = "supervised", _("The petition office supervises a letter")
        OPINION = "opinion", _("A review opinion was given")
        REPORTED = "reported", _("A unit has reported back")
        CALL = "call", _("A petitioner withdrew: someone else has to call")
        UNPROVEN = "unproven", _("A delivery is not proven yet")
        TO_CLOSE = "to_close", _("The petitioner’s window is over: check and close")
        TAKEN_OVER = "taken_over", _("Letters of a dissolved unit came to yours")
        LEFT_BEHIND = "left_behind", _("A dissolved unit’s letter cannot go on")
        HELD = "held", _("A matter was given into your hands as leader")
        HOLD_NEAR = "hold_near", _("The deadline of a leader-held matter is near")
        HOLD_LATE = "hold_late", _("The deadline of a leader-held matter has passed")
        RECUSAL = "recusal", _("Decide whether someone steps back")
        VACANT = "vacant", _("Someone has stepped back; name who takes over")
        MATTER_NEW = "matter_new", _("A matter came to your unit")
        MATTER_WAITS = "matter_waits", _("A matter waits for your decision")
        MATTER_ANSWER = "matter_answer", _("A later date was decided on")
        MATTER_BACK = "matter_back", _("A matter is reopened")
        MATTER_NEAR = "matter_near", _("The deadline of a matter is near")
        MATTER_LATE = "matter_late", _("The deadline of a matter has passed")
        MATTER_CALL = "matter_call", _("A matter was drawn for your call-back")
        QUESTION_NEAR = "question_near", _("A promised answer is due soon")
        QUESTION_LATE = "question_late", _("A promised answer is late")
        PROBLEM_UP = "problem_up", _("A problem was passed up to your unit")
        PROBLEM_REPLY = "problem_reply", _("A problem was answered from above")
        PROBLEM_NEW = "problem_new", _("A problem came to your unit")
        PROBLEM_NEAR = "problem_near", _("The deadline of a problem is near")
        PROBLEM_LATE = "problem_late", _("The deadline of a problem has passed")
        SESSION_OFF = "session_off", _("A reception session is cancelled")
        SESSION_MOVED = "session_moved", _("A reception session is moved")
        SESSION_LEAD = "session_lead", _("Another leader receives")
        EXPORT_READY = "export_ready", _("Your export is ready")
        EXPORT_FAILED = "export_failed", _("Your export could not be made")
        EXPORT_LET = "export_let", _("A report or list was exported with your approval")
        ACCOUNT = "account", _("Something changed in your sign-in, account or roles")
        FACTOR_RESET = "factor_reset", _("A reset of someone’s second factor")

    # Why someone gets a notice of each kind.
    WHY = {
        Kind.NEAR_LIMIT: _("It is yours to act on, or you watch over it."),
        Kind.LATE: _("It is yours to act on, or you watch over it."),
        Kind.ROUTED: _("Your unit is in charge of it."),
        Kind.DECISION: _("It waits for someone with your duty."),
        Kind.RETURNED: _("You had drafted it."),
        Kind.MOVED_EARLIER: _("It is yours to act on, or you watch over it."),
        Kind.URGED: _("It is with you or your unit."),
        Kind.PRESSURE: _("You look into such reports."),
        Kind.TARGET_NEAR: _("It is yours to act on, or you watch over it."),
        Kind.TARGET_LATE: _("It is yours to act on, or you watch over it."),
        Kind.URGENT: _("It is yours to act on, or you watch over it."),
        Kind.SUPERVISED: _("It is with you or your unit."),
        Kind.OPINION: _("It is with you or your unit."),
        Kind.REPORTED: _("You watch over it."),
        Kind.CALL: _("It waits for someone with your duty."),
        Kind.UNPROVEN: _("It is with you or your unit."),
        Kind.TO_CLOSE: _("It is with you or your unit."),
        Kind.TAKEN_OVER: _("Your unit is in charge of it."),
        Kind.LEFT_BEHIND: _("It names the successor, or has to do with it."),
        Kind.HELD: _("You hold it, or act for who does."),
        Kind.HOLD_NEAR: _("You hold it, act for who does, or watch over it."),
        Kind.HOLD_LATE: _("You hold it, act for who does, or watch over it."),
        Kind.RECUSAL: _("You head the office, or keep the letter."),
        Kind.VACANT: _("You head the office, or keep the letter."),
        Kind.MATTER_NEW: _("Your unit leads it."),
        Kind.MATTER_WAITS: _("You decided it, or act for who did."),
        Kind.MATTER_ANSWER: _("Your unit leads it."),
        Kind.MATTER_BACK: _("Your unit leads it, or you decided it."),
        Kind.MATTER_NEAR: _("Your unit leads it, or you decided it."),
        Kind.MATTER_LATE: _("Your unit leads it, or you decided it."),
        Kind.MATTER_CALL: _("You had no hand in it, and chance drew you."),
        Kind.QUESTION_NEAR: _("Your unit answers it, or you were there."),
        Kind.QUESTION_LATE: _("Your unit answers it, or you were there."),
        Kind.PROBLEM_UP: _("Your unit is to answer it."),
        Kind.PROBLEM_REPLY: _("You lead the investigation, or your unit the problem."),
        Kind.PROBLEM_NEW: _("Your unit leads it."),
        Kind.PROBLEM_NEAR: _("Your unit leads it, or you lead the investigation."),
        Kind.PROBLEM_LATE: _("Your unit leads it, or you lead the investigation."),
        Kind.SESSION_OFF: _("You planned it, book for it, or receive there."),
        Kind.SESSION_MOVED: _("You planned it, book for it, or receive there."),
        Kind.SESSION_LEAD: _("You planned it, book for it, or receive there."),
        Kind.EXPORT_READY: _("You asked for it. The file is kept for a day."),
        Kind.EXPORT_FAILED: _("You asked for it."),
        Kind.EXPORT_LET: _("You were named as who lets it out."),
        Kind.ACCOUNT: _("It is about your own account."),
        Kind.FACTOR_RESET: _("You asked for it, or it takes your confirmation."),
    }
    # What one may switch off. A legal limit, a decision that waits, pressure, recusal
    # and whatever came to one's unit stay in the app; the mail may leave them out.
    MAY_MUTE = frozenset(
        {
            Kind.TARGET_NEAR,
            Kind.TARGET_LATE,
            Kind.OPINION,
            Kind.REPORTED,
            Kind.TAKEN_OVER,
            Kind.HOLD_NEAR,
            Kind.MATTER_ANSWER,
            Kind.MATTER_NEAR,
            Kind.QUESTION_NEAR,
            Kind.PROBLEM_REPLY,
            Kind.PROBLEM_NEAR,
            Kind.SESSION_LEAD,
        }
    )

    account = models.ForeignKey(Account, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=13, choices=Kind)
    key = models.CharField(max_length=60)
    letter = models.ForeignKey(
        Letter, models.CASCADE, null=True, blank=True, related_name="+"
    )
    visit = models.ForeignKey(
        Visit, models.CASCADE, null=True, blank=True, related_name="+"
    )
    matter = models.ForeignKey(
        Matter, models.CASCADE, null=True, blank=True, related_name="+"
    )
    session = models.ForeignKey(
        ReceptionSession, models.CASCADE, null=True, blank=True, related_name="+"
    )
    question = models.ForeignKey(
        Question, models.CASCADE, null=True, blank=True, related_name="+"
    )
    problem = models.ForeignKey(
        Problem, models.CASCADE, null=True, blank=True, related_name="+"
    )
    account_event = models.ForeignKey(
        AccountEvent, models.CASCADE, null=True, blank=True, related_name="+"
    )
    # For a superior who may not see the letter: whose limit it is.
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+"
    )
    # Days left to the limit, for the two kinds that speak of one.
    days = models.SmallIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        indexes = [
            models.Index(fields=["account", "-id"], name="notice_newest"),
            models.Index(
                fields=["account"],
                condition=Q(read_at__isnull=True),
                name="notice_unread",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.key}"

    def get_absolute_url(self) -> str:
        """What it speaks of; a report of pressure is named by its key alone."""
        of_visits = self.visit or self.matter or self.session or self.question
        if about := self.letter or of_visits or self.problem:
            return about.get_absolute_url()
        if self.kind == self.Kind.PRESSURE:
            reference = self.key.rpartition(":")[2]
            return reverse("visits:pressure_detail", args=[reference])
        if self.kind in (self.Kind.RECUSAL, self.Kind.VACANT):
            return reverse("visits:recusal_list")
        if self.kind == self.Kind.ACCOUNT:
            return reverse("mfa_index")
        if self.account_event:
            return reverse(
                "cadres:account_detail", args=[self.account_event.account_id]
            )
        if self.kind.startswith("export_"):
            return reverse("visits:export_list")
        return reverse("visits:notice_list")

    @property
    def why(self) -> str | Promise:
        return self.WHY[self.Kind(self.kind)]

    @property
    def is_of_own_account(self) -> bool:
        return self.kind == self.Kind.ACCOUNT

    @property
    def is_past(self) -> bool:
        return self.kind in (
            self.Kind.LATE,
            self.Kind.TARGET_LATE,
            self.Kind.HOLD_LATE,
            self.Kind.MATTER_LATE,
            self.Kind.QUESTION_LATE,
            self.Kind.PROBLEM_LATE,
        )

    @property
    def clock(self) -> str | Promise:
        """Which legal clock it speaks of; empty for other kinds."""
        code = clock_in(self.key)
        return Clock(code).label if code in Clock.values else ""


class NoticeChoice(Labelled):
    """Where someone wants notices of one kind, if not in the app and in the mail."""

    class Channel(models.TextChoices):
        APP = "app", _("In the app only")
        NONE = "none", _("Not at all")

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=13, choices=Notice.Kind)
    channel = models.CharField(max_length=4, choices=Channel)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind"], name="notice_choice_once"
            ),
            models.CheckConstraint(
                name="notice_choice_legal_stays_in_the_app",
                condition=Q(channel="app") | Q(kind__in=sorted(Notice.MAY_MUTE)),
                violation_error_message=_("This kind always stands in the app."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.kind}"


class Digest(models.Model):
    """The mail of one day to one person; the row comes first, so it goes once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    on = models.DateField()
    notices = models.PositiveIntegerField()
    begun_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "on"], name="digest_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.on}"
