"""What the public page shows of one letter: no content, no name (handbook 7.8)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.functional import Promise

from cadres.models import Setting, Unit
from visits.models import Access, Letter, Rating
from visits.rules.clocks import INTERNAL
from visits.rules.letter_states import ANSWERS, ASKABLE, Category, Clock, Step
from visits.rules.lookup import ELSEWHERE, PLAIN, is_answered_elsewhere

NO_RATING = timedelta(days=7)  # after staff made a new code


@dataclass(frozen=True)
class Progress:
    """Days are None where there is none; `unit` and `office`, where it is not said."""

    reference: str
    received_on: date
    words: str | Promise
    unit: Unit | None = None
    office: Unit | None = None
    accepted_on: date | None = None
    due_on: date | None = None
    answered_on: date | None = None
    # Whether a review or a re-review can be asked for, and until when if that is known.
    may_ask: str = ""
    ask_until: date | None = None
    rate_until: date | None = None
    rating: Rating | None = None
    # The day on which staff last made a new code, if they did.
    new_code_on: date | None = None

    @property
    def is_elsewhere(self) -> bool:
        return self.office is None


def progress_of(letter: Letter, *, on: date) -> Progress:
    if is_answered_elsewhere(is_sealed=letter.is_sealed, category=letter.category):
        return Progress(
            letter.printed_reference,
            letter.received_on,
            ELSEWHERE,
            new_code_on=new_code_day(letter),
        )
    answered_on = answered_day(letter)
    until = rate_until(answered_on)
    new_code_on = new_code_day(letter)
    may_rate = until and until >= on and not is_code_new(new_code_on, on=on)
    ask, ask_until = _window(letter, on)
    return Progress(
        reference=letter.printed_reference,
        received_on=letter.received_on,
        words=PLAIN[letter.state],
        unit=letter.unit,
        office=letter.office,
        accepted_on=letter.accepted_on,
        # An office's own target is no promise of the law.
        due_on=None if letter.due_clock in INTERNAL else letter.due_legal_on,
        answered_on=answered_on,
        may_ask=ask,
        ask_until=ask_until,
        rate_until=until if may_rate else None,
        rating=Rating.objects.filter(letter=letter).first(),
        new_code_on=new_code_on,
    )


def answered_day(letter: Letter) -> date | None:
    """The day of the last answer, opinion or reply."""
    answers = letter.events.filter(step__in=ANSWERS).order_by("-pk")
    return answers.values_list("on", flat=True).first()


def new_code_day(letter: Letter) -> date | None:
    made = letter.accesses.filter(kind=Access.Kind.NEW_CODE).order_by("-at")
    at = made.values_list("at", flat=True).first()
    return timezone.localdate(at) if at else None


def is_code_new(made_on: date | None, *, on: date) -> bool:
    """Whether it was made so lately that whoever made it may still have it at hand."""
    return made_on is not None and on < made_on + NO_RATING


def rate_until(answered_on: date | None) -> date | None:
    """The last day for a rating, itself included."""
    if answered_on is None:
        return None
    return answered_on + timedelta(days=Setting.objects.as_dict()["rating.window_days"])


def _window(letter: Letter, on: date) -> tuple[str, date | None]:
    """C9 or C11 while open; without a proven delivery it has no end (7.3, rule 5)."""
    if letter.state not in ASKABLE or letter.category == Category.SUGGESTION:
        return "", None
    is_reviewed = letter.events.filter(step=Step.REVIEW).exists()
    wanted = Clock.ASK_REREVIEW if is_reviewed else Clock.ASK_REVIEW
    clock = letter.clocks.filter(clock=wanted).first()
    if clock is None:
        return wanted, None
    return (wanted, clock.legal_on) if clock.legal_on >= on else ("", None)
