"""The life of a letter: its states, and the steps between them (handbook 7.4).

One table drives everything: which steps a page offers, what each must record, which
clocks it stops and starts, on which article it rests, and the drawing in docs/.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LetterState(TextChoices):
    REGISTERED = "registered", _("Registered")
    FORWARDED = "forwarded", _("Forwarded")
    ASSIGNED = "assigned", _("Assigned")
    ESCALATED = "escalated", _("Before the leadership")
    SEALED = "sealed", _("Sealed, with the competent organ")
    GUIDED = "guided", _("Guided to another way")
    OBJECTION = "objection", _("Objection pending")
    ACCEPTED = "accepted", _("Accepted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    DISPUTE = "dispute", _("Units disagree")
    HANDLING = "handling", _("Being handled")
    EXTENDED = "extended", _("Extended")
    ANSWERED = "answered", _("Answered")
    UNDER_REVIEW = "under_review", _("Under review")
    REVIEW_ANSWERED = "review_answered", _("Review answered")
    UNDER_REREVIEW = "under_rereview", _("Under re-review")
    ENDED = "ended", _("Procedure ended")
    SUPERVISED = "supervised", _("Supervised")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")


class Category(TextChoices):
    """What a letter is decides its track (handbook 7.2); only a person decides that."""

    SUGGESTION = "suggestion", _("Suggestion")
    ACCUSATION = "accusation", _("Accusation")
    REQUEST_OTHER = "request_other", _("Request with another legal way")
    REQUEST = "request", _("Request under the petition procedure")
    LITIGATION = "litigation", _("Litigation-related")


class Clock(TextChoices):
    """The legal clocks (handbook 7.3); their lengths are rows of `ClockRule`.

    The last four run to a day that somebody has set: an office's own targets, which
    are no legal limits, and the limit of a law other than the Regulations.
    """

    ROUTE = "C1", _("Route")
    URGENT = "C2", _("Urgent report")
    NOTICE = "C3", _("Notice of acceptance")
    NOTICE_FORWARDED = "C4", _("Notice of acceptance after forwarding")
    OBJECT = "C5", _("Objection to being named")
    REPORT = "C6", _("Report back")
    HANDLE = "C7", _("Handle")
    EXTENSION = "C8", _("Handle, extended")
    ASK_REVIEW = "C9", _("Ask for a review")
    REVIEW = "C10", _("Review")
    ASK_REREVIEW = "C11", _("Ask for a re-review")
    REREVIEW = "C12", _("Re-review")
    STAGE = "T0", _("Route: the office’s own target")
    STUDY = "T1", _("Study the suggestion")
    OTHER_LAW = "T2", _("Limit of another law")
    CARRY_OUT = "T3", _("Carry out the opinion")


class Step(TextChoices):
    """What can happen to a letter, in the words of the table."""

    RECEIVE = "receive", _("Register")
    FORWARD = "forward", _("Forward")
    ASSIGN = "assign", _("Assign")
    PROPOSE = "propose", _("Propose to the leadership")
    SEAL = "seal", _("Hand to the competent organ")
    GUIDE = "guide", _("Guide to the right way")
    OBJECT = "object", _("Object")
    AGREE = "agree", _("Agree to the objection")
    REFUSE = "refuse", _("Refuse the objection")
    ACCEPT = "accept", _("Accept, and give notice")
    NOT_ACCEPT = "not_accept", _("Not accept, and give notice")
    DISPUTE = "dispute", _("Put the dispute to the common superior")
    NAME_UNIT = "name_unit", _("Name the unit in charge")
    DECIDE = "decide", _("Record the leadership’s decision")
    INQUIRE = "inquire", _("Record an inquiry")
    HEAR = "hear", _("Record a hearing")
    MEDIATE = "mediate", _("Record a mediation")
    EXTEND = "extend", _("Extend")
    ANSWER = "answer", _("Issue the opinion")
    REPLY = "reply", _("Reply to the suggestion")
    ASK_REVIEW = "ask_review", _("Record the request for review")
    REVIEW = "review", _("Give the review opinion")
    ASK_REREVIEW = "ask_rereview", _("Record the request for re-review")
    REREVIEW = "rereview", _("Give the re-review opinion")
    CLOSE = "close", _("Close")
    SUPERVISE = "supervise", _("Supervise")
    HELP = "help", _("Help or guide")
    ARCHIVE = "archive", _("Archive")
    # What is recorded in a state, and leaves it as it is.
    SORT = "sort", _("Set the category")
    SPLIT = "split", _("Split off a second matter")
    FIND_ACCUSATION = "find_accusation", _("Seal as an accusation")
    NAME_HANDLER = "name_handler", _("Name the handler")
    DELIVER = "deliver", _("Record the delivery")
    REPORT_URGENT = "report_urgent", _("Report as urgent")
    REPORT_BACK = "report_back", _("Report back to the petition office")
    PAUSE_FOR_HEARING = "pause_for_hearing", _("Record a re-review hearing")
    URGE = "urge", _("Urge")
    WITHDRAW = "withdraw", _("Record that the petitioner withdraws")
    NOT_TAKE_UP = "not_take_up", _("Not take up a late request")
    MARK_URGENT = "mark_urgent", _("Mark as urgent")
    CALL_BACK = "call_back", _("Record the call after the withdrawal")
    HAND_ON = "hand_on", _("Hand to the successor of the dissolved unit")
    # Not steps of a letter: what was registered wrong is put right.
    CORRECT = "correct", _("Correct the registration")
    CORRECT_PEOPLE = "correct_people", _("Correct who wrote")
    # Years after the end, by the product itself.
    MASK_IDENTITY = "mask_identity", _("Who wrote is masked")


class Actor(TextChoices):
    """By whom, as the letter stands to them; see `LetterQuerySet.actors`."""

    CLERK = "clerk", _("intake clerk")
    OFFICE = "office", _("petition officer")
    SEALER = "sealer", _("seal officer")
    UNIT = "unit", _("handling unit")
    HEAD = "head", _("head of the handling unit")
    SUPERIOR = "superior", _("common superior")
    REVIEWER = "reviewer", _("review officer")
    ADMIN = "admin", _("administrator of units")
    # Less than a part: who only takes down a request, a report or help (7.3; 37).
    ABOVE = "above", _("organ above")
    FORMER = "former", _("unit that handled it")
    PRODUCT = "product", _("by itself, as set")


@dataclass(frozen=True)
class Move:
    """One row of the table. `target` None leaves the state as it is."""

    step: Step
    sources: frozenset[str]
    target: LetterState | None
    by: tuple[Actor, ...]
    article: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()  # what may be recorded, too
    stops: tuple[Clock, ...] = ()
    starts: tuple[Clock, ...] = ()
    categories: frozenset[str] | None = None  # None: whatever the category


S = LetterState
C = Clock
AT_UNIT = (S.FORWARDED, S.ASSIGNED)
WORKERS = (Actor.UNIT, Actor.HEAD)
OVER = (S.ENDED, S.CLOSED)
# A request may come to the office that has the letter, or to the organ above itself.
ASKED = (Actor.OFFICE, Actor.ABOVE)
UNDER_WAY = (
    S.OBJECTION, S.ACCEPTED, S.DISPUTE, S.HANDLING, S.EXTENDED, S.ANSWERED,
    S.UNDER_REVIEW, S.REVIEW_ANSWERED, S.UNDER_REREVIEW, S.SUPERVISED,
)  # fmt: skip
TO_ARCHIVE = (*OVER, S.NOT_ACCEPTED, S.GUIDED)
OPEN = [S.REGISTERED, *AT_UNIT, S.ESCALATED, *UNDER_WAY, S.SEALED]


def _move(
    step: Step,
    sources: Collection[str],
    target: LetterState | None,
    by: Actor | tuple[Actor, ...],
    article: str,
    needs: str = "",
    stops: tuple[Clock, ...] = (),
    starts: tuple[Clock, ...] = (),
    categories: Collection[str] | None = None,
) -> Move:
    names = needs.split()
    return Move(
        step,
        frozenset(sources),
        target,
        by if isinstance(by, tuple) else (by,),
        article,
        tuple(name for name in names if not name.endswith("?")),
        tuple(name.rstrip("?") for name in names if name.endswith("?")),
        stops,
        starts,
        frozenset(categories) if categories else None,
    )


NOTICES = (C.ROUTE, C.NOTICE, C.NOTICE_FORWARDED, C.OBJECT)
FORWARDING = (C.NOTICE_FORWARDED, C.OBJECT)
REQUESTS = {Category.REQUEST, Category.REQUEST_OTHER}
NOT_SUGGESTIONS = {*REQUESTS, Category.LITIGATION}

TABLE: tuple[Move, ...] = (
    _move(Step.RECEIVE, (), S.REGISTERED, Actor.CLERK, "17, 22, 23"),
    _move(
        Step.FORWARD, [S.REGISTERED], S.FORWARDED, Actor.OFFICE, "22",
        "to_unit reasons", (C.ROUTE, C.NOTICE), FORWARDING,
    ),
    _move(
        Step.ASSIGN, [S.REGISTERED], S.ASSIGNED, Actor.OFFICE, "22",
        "to_unit report_on reasons", (C.ROUTE, C.NOTICE), (*FORWARDING, C.REPORT),
    ),
    _move(
        Step.PROPOSE, [S.REGISTERED], S.ESCALATED, Actor.OFFICE, "22, 25",
        "proposal", (C.ROUTE,), (C.URGENT,),
    ),
    _move(
        Step.SEAL, [S.REGISTERED], S.SEALED, Actor.SEALER, "30",
        "to_unit reasons", (C.ROUTE, C.NOTICE),
    ),
    _move(
        Step.GUIDE, [S.REGISTERED], S.GUIDED, Actor.OFFICE, "22, 28",
        "where_to", (C.ROUTE, C.NOTICE),
    ),
    _move(
        Step.OBJECT, AT_UNIT, S.OBJECTION, WORKERS, "23(3)", "reasons", (C.OBJECT,)
    ),
    _move(
        Step.AGREE, [S.OBJECTION], S.REGISTERED, Actor.OFFICE, "23(3)", "decision",
        (C.NOTICE_FORWARDED, C.REPORT), (C.ROUTE,),
    ),
    # Back to where the objection came from: forwarded, or assigned with its date.
    _move(Step.REFUSE, [S.OBJECTION], S.FORWARDED, Actor.OFFICE, "23(3)", "decision"),
    _move(
        Step.ACCEPT, (S.REGISTERED, *AT_UNIT), S.ACCEPTED, WORKERS, "23, 31, 34",
        "accepted_on route delivered_how target_on? limit_on? limit_law?", NOTICES,
        (C.HANDLE, C.STUDY, C.OTHER_LAW),
    ),
    _move(
        Step.NOT_ACCEPT, (S.REGISTERED, *AT_UNIT), S.NOT_ACCEPTED, WORKERS,
        "19(3), 23, 36(3)", "ground where_to delivered_how", (*NOTICES, C.REPORT),
    ),
    _move(Step.DISPUTE, [S.ACCEPTED], S.DISPUTE, WORKERS, "24", "reasons"),
    # The office of the joint conference sits in the petition office.
    _move(
        Step.NAME_UNIT, [S.DISPUTE], S.ACCEPTED, (Actor.SUPERIOR, Actor.OFFICE), "24",
        "to_unit decision",
    ),
    _move(
        Step.DECIDE, [S.ESCALATED], S.FORWARDED, Actor.OFFICE, "22, 25",
        "to_unit decision report_on?", (C.URGENT, C.NOTICE), (*FORWARDING, C.REPORT),
    ),
    _move(
        Step.INQUIRE, (S.ACCEPTED, S.HANDLING, S.EXTENDED), S.HANDLING, WORKERS,
        "33", "facts law?",
    ),
    _move(
        Step.HEAR, (S.ACCEPTED, S.HANDLING, S.EXTENDED), S.HANDLING, WORKERS, "33",
        "held_on facts",
    ),
    _move(
        Step.MEDIATE, (S.ACCEPTED, S.HANDLING, S.EXTENDED), S.HANDLING, WORKERS,
        "33", "facts agreement",
    ),
    _move(
        Step.EXTEND, [S.HANDLING], S.EXTENDED, Actor.HEAD, "34",
        "days reasons told_on", (C.HANDLE,), (C.EXTENSION,), [Category.REQUEST],
    ),
    _move(
        Step.ANSWER, (S.HANDLING, S.EXTENDED), S.ANSWERED, Actor.HEAD, "32, 34",
        "outcome facts reasons opinion legal_basis remedy delivered_how received_on?",
        (C.HANDLE, C.EXTENSION, C.OTHER_LAW), (C.ASK_REVIEW,), NOT_SUGGESTIONS,
    ),
    _move(
        Step.REPLY, [S.HANDLING], S.ANSWERED, Actor.HEAD, "29",
        "adopted reasons delivered_how received_on?", (C.STUDY,), (),
        [Category.SUGGESTION],
    ),
    _move(
        Step.ASK_REVIEW, (S.ANSWERED, S.SUPERVISED, S.CLOSED), S.UNDER_REVIEW, ASKED,
        "35", "to_unit requested_on reasons?", (C.ASK_REVIEW, C.CARRY_OUT),
        (C.REVIEW,), REQUESTS,
    ),
    _move(
        Step.REVIEW, [S.UNDER_REVIEW], S.REVIEW_ANSWERED, Actor.REVIEWER, "35",
        "result reasons delivered_how received_on?", (C.REVIEW,), (C.ASK_REREVIEW,),
    ),
    _move(
        Step.ASK_REREVIEW, (S.REVIEW_ANSWERED, S.SUPERVISED, S.CLOSED),
        S.UNDER_REREVIEW, ASKED, "36", "to_unit requested_on reasons?",
        (C.ASK_REREVIEW, C.CARRY_OUT), (C.REREVIEW,), REQUESTS,
    ),
    _move(
        Step.REREVIEW, [S.UNDER_REREVIEW], S.ENDED, Actor.REVIEWER, "36",
        "result reasons delivered_how received_on?", (C.REREVIEW,),
    ),
    # The petition office never closes on behalf of a handling unit (handbook 3).
    _move(
        Step.CLOSE, (S.ANSWERED, S.REVIEW_ANSWERED, S.SUPERVISED), S.CLOSED,
        WORKERS, "35, 36", "delivery_checked reasons?",
        (C.ASK_REVIEW, C.ASK_REREVIEW, C.CARRY_OUT),
    ),
    _move(
        Step.SUPERVISE, (S.ANSWERED, S.REVIEW_ANSWERED), S.SUPERVISED, Actor.OFFICE,
        "32, 40", "reasons carry_out_by", (), (C.CARRY_OUT,),
    ),
    _move(Step.HELP, OVER, None, (Actor.OFFICE, Actor.FORMER), "37", "help_given"),
    _move(
        Step.ARCHIVE, TO_ARCHIVE, S.ARCHIVED, Actor.OFFICE, "–",
        "retention",
    ),
    # Only a person sets the category, and can change it (handbook 7.2).
    _move(
        Step.SORT, (S.REGISTERED, S.ESCALATED, *AT_UNIT), None,
        (Actor.OFFICE, *WORKERS), "22, 29–31",
        "category named_official? named_unit?",
    ),
    # Later the track is laid; an accusation that is found leaves it all the same.
    _move(
        Step.FIND_ACCUSATION, UNDER_WAY, S.REGISTERED,
        (Actor.OFFICE, *WORKERS, Actor.REVIEWER), "30",
        "reasons named_official? named_unit?",
    ),
    _move(
        Step.SPLIT, (S.REGISTERED, S.ESCALATED, *AT_UNIT, *UNDER_WAY), None,
        (Actor.OFFICE, *WORKERS, Actor.REVIEWER), "22", "split_into",
    ),
    _move(
        Step.NAME_HANDLER,
        (*AT_UNIT, S.ACCEPTED, S.HANDLING, S.EXTENDED, S.ANSWERED), None,
        (Actor.HEAD, Actor.UNIT), "–", "handler",
    ),
    _move(
        Step.DELIVER, (S.ANSWERED, S.REVIEW_ANSWERED, S.SUPERVISED), None,
        (*WORKERS, Actor.OFFICE), "35, 36", "delivered_how received_on?",
        (), (C.ASK_REVIEW, C.ASK_REREVIEW),
    ),
    # Whoever has it in hand reports danger at once, sealed letters included.
    _move(
        Step.REPORT_URGENT, set(S) - {S.ARCHIVED}, None,
        (Actor.OFFICE, *WORKERS, Actor.SEALER, Actor.REVIEWER, Actor.FORMER), "25",
        "reported_to",
        (C.URGENT,),
    ),
    # The petition office writes down a report that came to it on another way.
    _move(
        Step.REPORT_BACK,
        (S.ASSIGNED, S.ACCEPTED, S.DISPUTE, S.HANDLING, S.EXTENDED, S.ANSWERED,
         S.UNDER_REVIEW, S.REVIEW_ANSWERED, S.UNDER_REREVIEW, S.SUPERVISED, *OVER),
        None, (*WORKERS, Actor.FORMER, Actor.OFFICE), "22", "report",
        (C.REPORT, C.CARRY_OUT),
    ),
    _move(
        Step.PAUSE_FOR_HEARING, [S.UNDER_REREVIEW], None, Actor.REVIEWER, "36",
        "hearing_first hearing_last",
    ),
    _move(
        Step.URGE,
        (*AT_UNIT, S.OBJECTION, S.ACCEPTED, S.DISPUTE, S.HANDLING, S.EXTENDED,
         S.UNDER_REVIEW, S.UNDER_REREVIEW, S.SUPERVISED),
        None, Actor.OFFICE, "39", "reasons",
    ),
    _move(
        Step.WITHDRAW, (*AT_UNIT, S.ACCEPTED, S.HANDLING, S.EXTENDED), None, WORKERS,
        "–", "statement",
    ),
    # No request is turned away because of its day alone: a person says why (7.3, 5).
    _move(
        Step.NOT_TAKE_UP, (S.ANSWERED, S.REVIEW_ANSWERED, S.SUPERVISED, S.CLOSED),
        None, ASKED, "35, 36", "requested_on reasons", (), (), REQUESTS,
    ),
    # Danger that nobody had noticed at registration.
    _move(
        Step.MARK_URGENT,
        (S.REGISTERED, *AT_UNIT, S.ESCALATED, S.OBJECTION, S.ACCEPTED, S.DISPUTE,
         S.HANDLING, S.EXTENDED),
        None, (Actor.OFFICE, *WORKERS), "22, 25", "danger urgent_reason",
        (), (C.URGENT,),
    ),
    # By someone else than who recorded the withdrawal (handbook 12.4).
    _move(
        Step.CALL_BACK,
        (*AT_UNIT, S.OBJECTION, S.ACCEPTED, S.DISPUTE, S.HANDLING, S.EXTENDED,
         S.ANSWERED, S.REVIEW_ANSWERED, S.SUPERVISED, *TO_ARCHIVE),
        None, (Actor.OFFICE, *WORKERS), "–", "called_on free_will call_words",
    ),
    # Nobody takes it on a page: it comes with the end of a unit.
    _move(Step.HAND_ON, OPEN, None, (), "24", "to_unit"),
    # Like the first one, taken on a page of their own.
    _move(Step.CORRECT, (), None, (Actor.CLERK, Actor.OFFICE), "–", "reasons"),
    _move(Step.CORRECT_PEOPLE, (), None, (Actor.CLERK, Actor.OFFICE), "–"),
    _move(Step.MASK_IDENTITY, (), None, (Actor.PRODUCT,), "–", "archive_receipt"),
)  # fmt: skip

# What a handler prepares and the head of the unit decides.
DRAFTED = (Step.ANSWER, Step.REPLY, Step.EXTEND)
ROW = {move.step: move for move in TABLE}
# Who took one of these for the petition office, or the common superior, has had a hand
# in the matter and does not review it; who only wrote something down has not.
OFFICE_DECIDES = [
    Step.FORWARD, Step.ASSIGN, Step.PROPOSE, Step.DECIDE, Step.GUIDE, Step.AGREE,
    Step.REFUSE, Step.NAME_UNIT, Step.SORT, Step.SPLIT, Step.SUPERVISE,
]  # fmt: skip
# The accusation track knows C1 alone; so do litigation matters (handbook 7.3, 6).
ONLY_ROUTE = {Category.ACCUSATION, Category.LITIGATION}
# A handling unit sees the matter while it works on it (handbook 12.3); registered ones
# are in a unit's hands when it received them itself. When they are OVER it sees them
# until they are archived: it may owe a report still, or help (Arts. 22, 37).
# One that was not accepted stays until it is archived: the unit writes the notice.
IN_UNIT = [
    S.REGISTERED, S.FORWARDED, S.ASSIGNED, S.OBJECTION, S.ACCEPTED, S.DISPUTE,
    S.HANDLING, S.EXTENDED, S.ANSWERED, S.SUPERVISED, S.REVIEW_ANSWERED, S.NOT_ACCEPTED,
]  # fmt: skip
# What the petitioner gets as the outcome, at one level or the next.
ANSWERS = (Step.ANSWER, Step.REPLY, Step.REVIEW, Step.REREVIEW)
IN_REVIEW = [S.UNDER_REVIEW, S.UNDER_REREVIEW]
# The organ above may be asked for a review or a re-review of these.
ASKABLE = [S.ANSWERED, S.REVIEW_ANSWERED, S.SUPERVISED]
# What the petition office has to decide next.
AT_OFFICE = [S.REGISTERED, S.OBJECTION, S.ESCALATED, S.DISPUTE]


def steps_from(state: str, category: str | None) -> list[Move]:
    """The rows of the table that leave (or stay in) `state`, whoever may do them."""
    return [
        move
        for move in TABLE
        if state in move.sources
        and (move.categories is None or category in move.categories)
    ]


def target_of(move: Move, *, current: str, came_from: str, is_assigned: bool) -> str:
    """The state after `move`; some rows of the table have two ends.

    A refused objection goes back to where it `came_from`; what the leadership decides
    is forwarded, or assigned when it sets a date for the report; an extended matter
    that is looked into once more stays extended.
    """
    if move.step == Step.REFUSE and came_from in AT_UNIT:
        return came_from
    if move.step == Step.DECIDE and is_assigned:
        return LetterState.ASSIGNED
    if move.target == LetterState.HANDLING and current == LetterState.EXTENDED:
        return current
    return move.target or current


def is_sealed_for(category: str | None, names_someone: bool) -> bool:
    """Sealed from the first keystroke (handbook 7.6), whatever the category."""
    return names_someone or category == Category.ACCUSATION
