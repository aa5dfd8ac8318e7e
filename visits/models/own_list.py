"""Filters of list pages that people keep under a name, for themselves or the office."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, Labelled, Unit
from visits.models.visit import new_reference
from visits.rules.list_pages import ListPage

ADDRESSES = {
    ListPage.LETTERS: ("visits:letter_list", ""),
    ListPage.MATTERS: ("visits:matter_list", ""),
    ListPage.VISITS: ("visits:calendar", "view=list&"),
    ListPage.QUESTIONS: ("visits:question_list", ""),
    ListPage.STUDIES: ("visits:investigation_list", ""),
    ListPage.PROBLEMS: ("visits:problem_list", ""),
    ListPage.AUDIT: ("visits:audit_list", ""),
}


def address_of_list(page: ListPage, query: str) -> str:
    address, view = ADDRESSES[page]
    return f"{reverse(address)}?{view}{query}"


class OwnListQuerySet(models.QuerySet["OwnList"]):
    def visible_to(self, user: Account) -> Self:
        """One's own, and what colleagues share. What a list shows, its page decides."""
        shared = Q(unit=user.unit_id) if user.unit_id else Q(pk__in=[])
        return self.filter(Q(owner=user) | shared)


class OwnList(Labelled):
    """A filter by columns, never words that were looked for."""

    reference = models.CharField(
        max_length=8, unique=True, default=new_reference, editable=False
    )
    page = models.CharField(_("list"), max_length=9, choices=ListPage)
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500)
    owner = models.ForeignKey(Account, models.CASCADE, related_name="own_lists")
    # The office it is shared with, if it is.
    unit = models.ForeignKey(
        Unit, models.CASCADE, null=True, blank=True, related_name="+"
    )
    saved_at = models.DateTimeField(default=timezone.now)

    objects = OwnListQuerySet.as_manager()

    class Meta:
        verbose_name = _("own list")
        indexes = [
            models.Index(fields=["unit", "page", "name"], name="own_list_of_unit")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"], name="own_list_name_once"
            ),
            models.CheckConstraint(
                name="own_list_narrows_something", condition=~Q(query="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of_list(ListPage(self.page), self.query)
