"""Which letters wait for whom: the lists that each role works through."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from cadres.models import Account
from visits.models import Letter, LetterDraft, SealTransfer
from visits.models.letter import LetterQuerySet
from visits.rules.letter_states import AT_UNIT, IN_REVIEW, LetterState

S = LetterState
AT_WORK = [*AT_UNIT, S.ACCEPTED, S.HANDLING, S.EXTENDED]


class Worklist(TextChoices):
    WAITING = "waiting", _("Waiting for me")
    MINE = "mine", _("Mine")
    UNIT = "unit", _("My unit")
    NEAR = "near", _("Near the limit")
    ALL = "all", _("All in my hands")
    REGISTERED = "registered", _("Registered by me")


def worklists_of(user: Account) -> list[Worklist]:
    """The lists that make sense for this person, the first one to begin with."""
    found = [Worklist.WAITING, Worklist.NEAR, Worklist.ALL]
    if user.has_perm("visits.handle_letter"):
        found[1:1] = [Worklist.MINE, Worklist.UNIT]
    if user.has_perm("visits.register_letter"):
        found.append(Worklist.REGISTERED)
    return found


def letters_of(user: Account, worklist: str, *, on: date, near: int) -> LetterQuerySet:
    """The rows of a list, of those that this person may see.

    `near` are the days before a limit from which on it is near. What someone
    registered is shown to them further on, but no more than its state
    (`Letter.objects.status_of`).
    """
    if worklist == Worklist.REGISTERED:
        return Letter.objects.status_of(user)
    letters = Letter.objects.visible_to(user)
    if worklist == Worklist.MINE:
        return letters.filter(handler=user)
    if worklist == Worklist.UNIT:
        return letters.filter(unit__in=user.unit_ids("visits.handle_letter"))
    if worklist == Worklist.NEAR:
        return letters.due_by(on + timedelta(days=near))
    if worklist == Worklist.WAITING:
        return letters.filter(_waits_for(user))
    return letters


def waiting_letters(user: Account) -> LetterQuerySet:
    return Letter.objects.visible_to(user).filter(_waits_for(user))


def _waits_for(user: Account) -> Q:
    """What this person is expected to do now, by each of their roles."""
    waits = Q(pk__in=[])
    plain = Q(is_sealed=False)
    if user.has_perm("visits.route_letter"):
        waits |= plain & _office(user)
    if user.has_perm("visits.handle_letter"):
        waits |= plain & _handler(user)
    if user.has_perm("visits.head_letter"):
        waits |= plain & _head(user)
    if user.has_perm("visits.name_unit"):
        superior = user.unit_ids("visits.name_unit")
        waits |= plain & Q(state=S.DISPUTE, unit__superior__in=superior)
    if user.has_perm("visits.review_letter"):
        units = user.unit_ids("visits.review_letter")
        waits |= plain & Q(state__in=IN_REVIEW, review_unit__in=units)
    if user.has_perm("visits.seal_letter"):
        waits |= Q(is_sealed=True, state=S.REGISTERED) & _sealer(user)
    return waits


def _office(user: Account) -> Q:
    """To sort and route, objections and disputes to decide, what leaders decided."""
    reach = Q(pk__in=[])
    for scope in user.scopes("visits.route_letter"):
        reach |= scope.q(place="office__place", unit="office")
    received = Q(state=S.REGISTERED, unit__isnull=True)
    return reach & (received | Q(state__in=[S.OBJECTION, S.ESCALATED, S.DISPUTE]))


def _handler(user: Account) -> Q:
    """Their own at work, and those of the unit that nobody has taken yet."""
    pending = LetterDraft.objects.filter(
        letter=OuterRef("pk"), state=LetterDraft.State.PENDING
    )
    fresh = Q(state__in=[S.REGISTERED, *AT_UNIT], handler__isnull=True)
    units = user.unit_ids("visits.handle_letter")
    return (Q(handler=user, state__in=AT_WORK) & ~Exists(pending)) | (
        fresh & Q(unit__in=units)
    )


def _head(user: Account) -> Q:
    """Drafts to decide, and what has no handler."""
    units = user.unit_ids("visits.head_letter")
    drafts = LetterDraft.objects.filter(
        letter=OuterRef("pk"), state=LetterDraft.State.PENDING
    )
    return Q(unit__in=units) & (
        Q(Exists(drafts)) | Q(state__in=AT_WORK, handler__isnull=True)
    )


def _sealer(user: Account) -> Q:
    """To hand on, or to confirm as the second one; not what oneself has proposed."""
    asked = SealTransfer.objects.filter(
        letter=OuterRef("pk"),
        asked_by=user,
        confirmed_at__isnull=True,
        refused_at__isnull=True,
    )
    return Q(~Exists(asked))
