"""An office sets a target for a rank or one official, and ends it."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Cadre, District
from visits.actions.refusals import refuse
from visits.models import Target


@transaction.atomic
def set_target(
    *,
    by: Account,
    now: datetime,
    indicator: str,
    period: str,
    minimum: int,
    basis: str,
    valid_from: date,
    valid_until: date | None = None,
    official: Cadre | None = None,
    rank_band: str = "",
    place: District | None = None,
) -> Target:
    """For `official`, or for all of `rank_band` in `place`.

    Sent twice, it answers with the one that stands.

    Raises:
        ValidationError: keyed by argument; `place`, code `out_of_reach`.
    """
    if place and not by.reaches("visits.set_targets", place=place):
        text = _("This area is not yours to set targets for.")
        raise ValidationError({"place": ValidationError(text, code="out_of_reach")})
    what = {
        "official": official,
        "rank_band": rank_band,
        "place": place,
        "indicator": indicator,
        "period": period,
        "minimum": minimum,
        "basis": basis.strip(),
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    if same := Target.objects.filter(**what).first():
        return same
    target = Target(**what, set_by=by, set_at=now)
    target.full_clean()
    target.save()
    return target


@transaction.atomic
def end_target(target: Target, *, by: Account, today: date) -> None:
    """Today is its last day; what has not begun yet is taken back.

    Raises:
        Refusal: code `over` when it has ended already.
    """
    held = Target.objects.select_for_update(of=("self",)).filter(pk=target.pk).first()
    if held is None or (held.valid_until and held.valid_until < today):
        refuse(_("This target has ended already."), code="over")
    if held.valid_from > today:
        held.delete()
        return
    held.valid_until, held.ended_by = today, by
    held.full_clean()
    held.save(update_fields=["valid_until", "ended_by"])
