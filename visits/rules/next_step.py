"""Which one of the steps a person may take is the one expected now."""

from collections.abc import Collection

from visits.rules.letter_states import LetterState, Step

S = LetterState
# In the order in which they are expected; the first that is offered stands out.
EXPECTED: dict[str, tuple[Step, ...]] = {
    S.REGISTERED: (Step.FORWARD, Step.ACCEPT),
    S.FORWARDED: (Step.ACCEPT,),
    S.ASSIGNED: (Step.ACCEPT,),
    S.ESCALATED: (Step.DECIDE,),
    S.OBJECTION: (Step.AGREE,),
    S.ACCEPTED: (Step.INQUIRE,),
    S.DISPUTE: (Step.NAME_UNIT,),
    S.HANDLING: (Step.ANSWER, Step.REPLY),
    S.EXTENDED: (Step.ANSWER, Step.REPLY),
    S.ANSWERED: (Step.CLOSE,),
    S.UNDER_REVIEW: (Step.REVIEW,),
    S.REVIEW_ANSWERED: (Step.CLOSE,),
    S.UNDER_REREVIEW: (Step.REREVIEW,),
    S.SUPERVISED: (Step.CLOSE,),
    S.ENDED: (Step.ARCHIVE,),
    S.CLOSED: (Step.ARCHIVE,),
    S.NOT_ACCEPTED: (Step.ARCHIVE,),
    S.GUIDED: (Step.ARCHIVE,),
}
# Nothing is routed or accepted before a person has said what it is (handbook 7.2).
AFTER_SORTING = {Step.FORWARD, Step.ASSIGN, Step.ACCEPT, Step.DECIDE}


def expected_step(
    state: str, offered: Collection[str], *, category: str, window: str
) -> Step | None:
    """The step to stand out of those `offered`; None if none is expected.

    `window` says how the petitioner's own window stands: `none` (there is none),
    `unproven` (no delivery is recorded), `waived` (there can be none), `open` or
    `over`. While it is open, nothing is expected of the office; without a proven
    delivery, the delivery is.
    """
    wanted: tuple[Step, ...] = EXPECTED.get(state, ())
    if not category and Step.SORT in offered and AFTER_SORTING.intersection(wanted):
        return Step.SORT
    if Step.CLOSE in wanted:
        if window == "unproven":
            wanted = (Step.DELIVER,)
        elif window == "open":
            wanted = ()
    return next((step for step in wanted if step in offered), None)
