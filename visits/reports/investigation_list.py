"""Investigations as a list: which run, which are over, by area and by leader."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cadres.models import Account, Cadre, District
from visits.models import Investigation
from visits.models.investigation import InvestigationQuerySet
from visits.models.visit import sees_few_visits
from visits.rules.investigation_states import StudyState
from visits.rules.problem_states import AT_WORK, ProblemState

AT_PLACE = 5  # investigations that the page of a place shows


class StudyShow(TextChoices):
    OPEN = "open", pgettext_lazy("investigations", "Running")
    LATE = "late", _("With a late problem")
    FINISHED = "finished", pgettext_lazy("investigations", "Finished")
    HANDED_OVER = "handed_over", pgettext_lazy("investigations", "Handed over")
    ALL = "all", _("All")


def investigations_of(
    user: Account, typed: Mapping[str, Any], *, on: date
) -> InvestigationQuerySet:
    """What the chips and the filters leave; `typed` is a cleaned form."""
    rows = Investigation.objects.visible_to(user)
    show = typed.get("show") or StudyShow.OPEN
    if show == StudyShow.LATE:
        near = Investigation.objects.near_to(user).values("pk")
        late = Q(problems__state__in=AT_WORK, problems__due_on__lt=on)
        of_late = Investigation.objects.filter(late, pk__in=near)
        rows = rows.filter(state=StudyState.OPEN, pk__in=of_late.values("pk"))
    elif show != StudyShow.ALL:
        rows = rows.filter(state=show)
    if area := typed.get("area"):
        rows = rows.filter(area=area)
    if leader := typed.get("leader"):
        rows = rows.filter(leader=leader)
    return rows


def leaders_seen(user: Account) -> Any:
    """Whom the list can be narrowed to; of a province nobody, or thousands would be."""
    if not sees_few_visits(user):
        return Cadre.objects.none()
    seen = Investigation.objects.visible_to(user).values("leader")
    rows = Cadre.objects.filter(pk__in=seen).select_related("unit")
    return rows.order_by("unit__level", "unit__name", "pinyin", "pk")


def problem_counts(
    rows: list[Investigation], user: Account, *, on: date
) -> dict[int, dict[str, int]]:
    """Of those whose problems one may see: all that stand, unsettled, late."""
    near = Investigation.objects.near_to(user).filter(pk__in=[it.pk for it in rows])
    late = Q(problems__state__in=AT_WORK, problems__due_on__lt=on)
    stands = Q(problems__isnull=False) & ~Q(problems__state=ProblemState.WITHDRAWN)
    counted = near.annotate(
        n=Count("problems", filter=stands), late=Count("problems", filter=late)
    )
    return {
        pk: {"all": n, "open": unsettled, "late": behind}
        for pk, n, unsettled, behind in counted.values_list(
            "pk", "n", "unsettled", "late"
        )
    }


def investigations_at(place: District, user: Account) -> list[Investigation]:
    """The newest that went there or mean to, and one more when there are more."""
    rows = Investigation.objects.visible_to(user).at(place, user).for_list()
    return list(rows.order_by("-opened_on", "-pk")[: AT_PLACE + 1])
