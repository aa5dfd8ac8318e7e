"""The review of who holds which role: begun, decided line by line, never rewritten."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.actions.end_role import end_role
from cadres.actions.refusals import refuse
from cadres.models import AccessReview, Account, ReviewLine, RoleGrant


@transaction.atomic
def start_review(*, by: Account, now: datetime) -> AccessReview:
    """Write down every role of today in the reviewer's area, but for their own.

    Raises:
        ValidationError: code `open`, `empty`.
    """
    Account.objects.select_for_update(of=["self"]).get(pk=by.pk)
    if AccessReview.objects.filter(by=by, finished_at__isnull=True).exists():
        refuse(None, _("Your review before this one is not finished."), code="open")
    today = timezone.localtime(now).date()
    held = RoleGrant.objects.active(on=today).filter(
        account__in=Account.objects.grantable_by(by), account__is_active=True
    )
    grants = held.select_related("account", "place", "unit").order_by(
        "account__username", "pk"
    )
    review = AccessReview(by=by, started_at=now)
    lines = [
        ReviewLine(
            review=review,
            account=grant.account,
            grant=grant.pk,
            role=grant.role,
            where=grant.where[:200],
            first=grant.first,
            last=grant.last,
            last_sign_in=grant.account.last_login,
        )
        for grant in grants
    ]
    if not lines:
        refuse(None, _("Nobody in your area holds a role today."), code="empty")
    review.save()
    ReviewLine.objects.bulk_create(lines, batch_size=1000)
    return review


@transaction.atomic
def decide_lines(
    review: AccessReview, *, by: Account, decisions: dict[int, str], now: datetime
) -> AccessReview:
    """Confirm or revoke these lines, given by key; with the last one the review ends.

    A role that is revoked ends at once. What someone decided meanwhile stays.

    Raises:
        ValidationError: code `not_yours`, `finished`, `nothing`.
    """
    review = AccessReview.objects.select_for_update(of=["self"]).get(pk=review.pk)
    if review.by_id != by.pk:
        refuse(None, _("Only who began a review decides in it."), code="not_yours")
    if review.finished_at:
        refuse(None, _("This review is finished."), code="finished")
    if not decisions:
        refuse(None, _("Confirm or revoke at least one role first."), code="nothing")
    for line in review.lines.undecided().filter(pk__in=decisions).order_by("pk"):
        line.decision = _carry_out(line, decisions[line.pk], by=by, now=now)
        line.decided_at = now
        line.save(update_fields=["decision", "decided_at"])
    if not review.lines.undecided().exists():
        review.finished_at = now
        review.save(update_fields=["finished_at"])
    return review


def _carry_out(line: ReviewLine, decision: str, *, by: Account, now: datetime) -> str:
    today = timezone.localtime(now).date()
    still = RoleGrant.objects.active(on=today).filter(pk=line.grant).first()
    if still is None:
        return ReviewLine.Decision.GONE
    if decision == ReviewLine.Decision.REVOKED:
        end_role(still, by=by, today=today)
        return ReviewLine.Decision.REVOKED
    return ReviewLine.Decision.KEPT
