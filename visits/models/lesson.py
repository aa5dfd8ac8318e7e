"""What someone learned on a visit: theirs alone, until they share it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.models import Account, District, Placed
from visits.models.visit import Visit


class LessonQuerySet(models.QuerySet["Lesson"]):
    def visible_to(self, user: Account) -> Self:
        """One's own; and shared ones in the areas in which one sees visits or goes.

        A note that is not shared is seen by its author and nobody else: no liaison, no
        administrator, no auditor.
        """
        own = Q(author=user)
        if not user.has_perm("visits.view_visit"):
            return self.filter(own)
        return self.filter(own | (_shared() & _near(user)))

    def shared(self) -> Self:
        """Those whose authors share them; what is unannounced stays hidden till then.

        Enough for whoever may read the briefing of a place anyway.
        """
        return self.filter(_shared())

    def at(self, place: District) -> Self:
        """Learned there or below, as places were then."""
        return self.filter(**{place.subtree_column: place.pk})

    def for_list(self) -> Self:
        return self.select_related("place", "visit", "author__unit")


def _shared() -> Q:
    over = Q(visit__hidden_until__isnull=True) | Q(
        visit__hidden_until__lte=timezone.now()
    )
    return Q(shared_at__isnull=False) & over


def _near(user: Account) -> Q:
    """In the areas of one's roles, and of the units of those one acts for."""
    places = [it.place for it in user.scopes("visits.view_visit") if it.place]
    units = user.unit_ids("visits.view_visit")
    places += District.objects.filter(
        Q(units__in=units) | Q(units__cadres__in=user.acts_for_ids())
    ).distinct()
    reach = Q(pk__in=[])
    for place in places:
        reach |= Q(**{place.subtree_column: place.pk})
    return reach


class Lesson(Placed):
    """One short note of one person on one visit, about a place and perhaps a topic.

    It is for its author, and for colleagues if they share it; it is never counted,
    graded or reported upward.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="lessons")
    author = models.ForeignKey(Account, models.PROTECT, related_name="+")
    text = models.CharField(_("what I learned"), max_length=500)
    topic = models.CharField(_("topic"), max_length=60, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True, editable=False)
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        indexes = [
            models.Index(
                fields=[column, "-shared_at"],
                condition=Q(shared_at__isnull=False),
                name=f"lesson_shared_{column}",
            )
            for column in ("county", "township")
        ] + [
            models.Index(
                fields=["-shared_at", "-id"],
                condition=Q(shared_at__isnull=False),
                name="lesson_shared_newest",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "visit"], name="lesson_one_per_author_and_visit"
            ),
            models.CheckConstraint(name="lesson_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.visit_id}"

    def get_absolute_url(self) -> str:
        return reverse("visits:lesson_write", args=[self.visit.reference])

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None


class LessonVersion(models.Model):
    """How a lesson stood before a change; a trigger refuses to change or delete any.

    For its author alone, whatever was shared of it.
    """

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=500)
    topic = models.CharField(max_length=60, blank=True)
    place = models.ForeignKey(District, models.PROTECT, related_name="+")
    shared_at = models.DateTimeField(null=True)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "number"], name="lesson_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id}.{self.number}"
