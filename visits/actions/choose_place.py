"""Places of an investigation: chosen with a reason, and a second one if warned."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, District
from visits.actions.move_investigation import happened, locked
from visits.models import Investigation, InvestigationPlace
from visits.reports.study_places import warning_of
from visits.rules.investigation_states import StudyStep


@transaction.atomic
def choose_place(
    investigation: Investigation,
    *,
    by: Account,
    now: datetime,
    place: District,
    reason: str,
    despite: str = "",
) -> InvestigationPlace:
    """Choose a place; one that is well-visited needs a reason to go all the same.

    Raises:
        Refusal: code `ended`.
        ValidationError: keyed by field; `despite` with code `well_visited`.
    """
    held = locked(investigation)
    warning = warning_of(place, reader=by, besides=held, now=now)
    despite = despite.strip() if warning else ""
    if warning and not despite:
        text = _("This place is well-visited. Say why to go there all the same.")
        raise ValidationError({"despite": ValidationError(text, code="well_visited")})
    row = InvestigationPlace(
        investigation=held,
        reason=reason.strip(),
        is_warned=warning is not None,
        despite=despite,
        chosen_by=by,
        chosen_at=now,
    )
    row.settle_at(place)
    row.full_clean()
    row.save()
    happened(held, StudyStep.CHOOSE_PLACE, by=by, now=now, record=_words(row))
    return row


@transaction.atomic
def drop_place(row: InvestigationPlace, *, by: Account, now: datetime) -> None:
    """Take a place out; that it was chosen, and why, stays in the history.

    Raises:
        Refusal: code `ended`.
    """
    held = locked(row.investigation)
    found = held.places.filter(pk=row.pk).select_related("place").first()
    if found is None:
        return
    words = _words(found)
    found.delete()
    happened(held, StudyStep.DROP_PLACE, by=by, now=now, record=words)


def _words(row: InvestigationPlace) -> dict[str, str]:
    return {"place": row.place.path, "reason": row.reason, "despite": row.despite}
