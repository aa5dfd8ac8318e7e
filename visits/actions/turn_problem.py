"""A problem that can be settled on the spot becomes an on-the-spot matter."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.actions.move_problem import locked, write
from visits.actions.raise_matter import raise_at_stop
from visits.actions.refusals import refuse
from visits.models import Matter, Problem, Stop
from visits.reports.problem_steps import stops_of
from visits.rules.problem_states import ROW, ProblemStep


@transaction.atomic
def turn_into_matter(
    problem: Problem,
    *,
    by: Account,
    now: datetime,
    version: int,
    stop: Stop,
    subject: str,
    client_key: uuid.UUID,
    is_public: bool = False,
) -> Matter:
    """Put the problem before its leader, at a place where it was found; both stay tied.

    Sent twice with one `client_key`, it is one matter.

    Raises:
        Refusal: code `stale`, `move_not_allowed`, `not_yours`, `ended`, `has_matter`.
        ValidationError: keyed by field.
    """
    known = Matter.objects.filter(raised_by=by, client_key=client_key).first()
    if known:
        return known
    move = ROW[ProblemStep.TO_MATTER]
    held, acted_as = locked(problem, move, by=by, version=version)
    if held.matter_id:
        refuse(_("It is an on-the-spot matter already."), code="has_matter")
    if not stops_of(held, by).filter(pk=stop.pk).exists():
        text = _("Choose a place where it was found.")
        raise ValidationError({"stop": ValidationError(text, code="not_found_there")})
    held.matter = raise_at_stop(
        stop,
        Matter.Source.STUDY,
        by=by,
        subject=subject,
        decided_by=held.investigation.leader,
        client_key=client_key,
        now=now,
        is_public=is_public,
    )
    was, held.state = held.state, move.target or held.state
    write(
        held,
        move.step,
        by=by,
        acted_as=acted_as,
        now=now,
        was=was,
        record={"matter": held.matter.printed_reference},
    )
    return held.matter
