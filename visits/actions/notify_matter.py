"""Telling the people concerned of what happened to a matter that is theirs to go on.

Called inside the transaction of what it tells of; only who may see the matter then is
told, never who acted, and each thing once.
"""

from collections.abc import Iterable

from cadres.models import Account
from visits.actions.write_notices import write_notices
from visits.models import Matter, MatterEvent, Notice
from visits.reports.matter_duty import deciders, unit_people
from visits.rules.matter_states import MatterState, MatterStep

Kind = Notice.Kind
TO_DECIDE = (MatterStep.SAY_DONE, MatterStep.ASK_DELAY)


def tell_of_matter(matter: Matter, event: MatterEvent) -> None:
    state, step = matter.state, event.step
    if step in (MatterStep.APPROVE_DELAY, MatterStep.REFUSE_DELAY):
        _tell(matter, Kind.MATTER_ANSWER, event, unit_people(matter))
    elif state == MatterState.REOPENED and event.from_state != state:
        people = [*unit_people(matter), *deciders(matter)]
        _tell(matter, Kind.MATTER_BACK, event, people)
    elif state == MatterState.ASSIGNED and step != MatterStep.CORRECT:
        if step != MatterStep.ASK_DELAY:
            _tell(matter, Kind.MATTER_NEW, event, unit_people(matter))
    elif state in (MatterState.RAISED, MatterState.CONFIRMED) or step in TO_DECIDE:
        _tell(matter, Kind.MATTER_WAITS, event, deciders(matter))
    if step == MatterStep.ASK_DELAY:
        _tell(matter, Kind.MATTER_WAITS, event, deciders(matter))


def _tell(
    matter: Matter, kind: str, event: MatterEvent, people: Iterable[Account]
) -> None:
    told = {account.pk: account for account in people if account.pk != event.by_id}
    write_notices(
        [
            Notice(account=account, kind=kind, key=f"{kind}:{event.pk}", matter=matter)
            for account in told.values()
            if Matter.objects.visible_to(account).filter(pk=matter.pk).exists()
        ]
    )
