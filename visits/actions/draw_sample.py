"""A sample of struck-off matters is drawn, for people who did not handle them."""

import secrets
from datetime import date, datetime, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, District, RoleGrant, Setting
from cadres.rules.roles import Role
from visits.actions.refusals import refuse
from visits.actions.write_notices import write_notices
from visits.models import Matter, MatterCall, MatterSample, Notice
from visits.reports.matter_steps import has_a_hand_in
from visits.rules.matter_sample import draw
from visits.rules.matter_states import MatterState


def draw_monthly(*, now: datetime) -> list[MatterSample]:
    """Last month's sample of each area that has an administrator; once for each."""
    last = timezone.localdate(now).replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    grants = RoleGrant.objects.active(on=timezone.localdate(now))
    areas = grants.filter(role=Role.DISTRICT_ADMIN, place__isnull=False)
    size = Setting.objects.as_dict()["onsite.sample_size"]
    drawn = MatterSample.objects.filter(first=first, last=last).values("place")
    places = District.objects.filter(pk__in=areas.values("place")).exclude(pk__in=drawn)
    return [
        draw_sample(place=place, first=first, last=last, size=size, now=now)
        for place in places.order_by("pk")
        if _struck_off(place, first, last).exists()
    ]


@transaction.atomic
def draw_sample(
    *,
    place: District,
    first: date,
    last: date,
    size: int,
    now: datetime,
    by: Account | None = None,
    seed: int | None = None,
) -> MatterSample:
    """Draw among what was struck off there in these days, both included.

    Raises:
        ValidationError: this area and period was drawn before: nobody draws until the
            outcome pleases.
        Refusal: code `not_yours` for an area that is not one's own.
    """
    if by is not None and not by.reaches("visits.oversee_matter", place=place):
        refuse(_("This area is not yours."), code="not_yours")
    matters = {it.pk: it for it in _struck_off(place, first, last)}
    sample = MatterSample(
        place=place,
        first=first,
        last=last,
        size=size,
        seed=secrets.randbits(62) if seed is None else seed,
        candidates=sorted(matters),
        drawn_by=by,
        drawn_at=now,
    )
    sample.full_clean(exclude=["candidates"])
    sample.save()
    callers = _callers(place, on=timezone.localdate(now))
    drawn = draw(
        matters,
        size=size,
        seed=sample.seed,
        callers_of=lambda pk: [
            it.pk for it in callers if not has_a_hand_in(matters[pk], it)
        ],
    )
    calls = MatterCall.objects.bulk_create(
        MatterCall(sample=sample, matter_id=matter, caller_id=caller)
        for matter, caller in drawn.items()
    )
    kind = Notice.Kind.MATTER_CALL
    write_notices(
        Notice(
            account_id=call.caller_id,
            kind=kind,
            key=f"{kind}:{call.pk}",
            matter_id=call.matter_id,
            at=now,
        )
        for call in calls
    )
    return sample


def _struck_off(place: District, first: date, last: date) -> models.QuerySet[Matter]:
    return Matter.objects.filter(
        state=MatterState.STRUCK_OFF,
        struck_off_on__range=(first, last),
        **{place.subtree_column: place.pk},
    ).exclude(letter__is_sealed=True)


def _callers(place: District, *, on: date) -> list[Account]:
    """Those whose duty it is to hear the people, in this area or an office of it."""
    grants = RoleGrant.objects.active(on=on).filter(
        role__in=[Role.PETITION_OFFICER, Role.DISTRICT_ADMIN]
    )
    rows = Account.objects.filter(is_active=True, pk__in=grants.values("account"))
    return [
        account
        for account in rows.select_related("cadre", "unit__place").order_by("pk")
        if any(
            scope.place and (scope.place.contains(place) or place.contains(scope.place))
            for scope in account.scopes("visits.hear_matter")
        )
        or (account.unit and place.contains(account.unit.place))
    ]
