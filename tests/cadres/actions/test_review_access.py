from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cadres.actions.review_access import decide_lines, start_review
from cadres.reports.access_review import review_due_on
from cadres.rules.months import months_later

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_a_review_is_decided_line_by_line_and_kept(client, secadmin, auditor, liaison):
    client.cookies["django_language"] = "en"
    client.force_login(secadmin)
    started = client.post(reverse("cadres:review_start"))
    page = client.get(started.url)
    lines = {it.account_id: it for it in page.context["page"]}
    assert secadmin.pk not in lines
    assert {auditor.pk, liaison.pk} <= set(lines)
    assert client.get(f"{started.url}?show=stale").content.decode().count("never") > 1
    grant = liaison.grants.get()

    revoked = lines[liaison.pk]
    client.post(started.url, {f"line-{revoked.pk}": "revoked", "line-x": "kept"})
    assert not liaison.grants.active(on=timezone.localdate()).exists()
    nothing = client.post(f"{started.url}?show=open", follow=True)
    assert nothing.redirect_chain[-1][0].endswith("?show=open")
    assert "at least one role first" in nothing.content.decode()
    reviews = client.get(reverse("cadres:review_list")).content.decode()
    assert "Go on with the review" in reviews
    assert "Start a review" not in reviews
    rest = {f"line-{it.pk}": "kept" for it in lines.values() if it != revoked}
    client.post(started.url, rest | {f"line-{revoked.pk}": "kept"})

    review = page.context["review"]
    review.refresh_from_db()
    assert review.finished_at
    revoked.refresh_from_db()
    assert (revoked.decision, revoked.grant) == ("revoked", grant.pk)
    with pytest.raises(ValidationError):
        decide_lines(review, by=secadmin, decisions={revoked.pk: "kept"}, now=NOW)
    for change in ("update", "delete"):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows = review.lines.filter(pk=revoked.pk)
            rows.update(decision="kept") if change == "update" else rows.delete()
    client.force_login(auditor)
    assert client.get(started.url).status_code == 200
    assert client.post(started.url, rest).status_code == 403
    client.force_login(liaison)
    assert client.get(started.url).status_code == 403


def test_a_review_is_due_each_quarter(client, secadmin, sysadmin, liaison):
    client.cookies["django_language"] = "en"
    assert review_due_on(sysadmin) is None
    opened = timezone.localtime(secadmin.created_at).date()
    assert review_due_on(secadmin) == months_later(opened, 3)
    secadmin.created_at = NOW - timedelta(days=400)
    secadmin.save()
    client.force_login(secadmin)
    for name in ("visits:today", "cadres:account_list"):
        assert "was due on" in client.get(reverse(name)).content.decode()

    review = start_review(by=secadmin, now=timezone.now())
    with pytest.raises(ValidationError):
        start_review(by=secadmin, now=timezone.now())
    keys = review.lines.values_list("pk", flat=True)
    decide_lines(
        review,
        by=secadmin,
        decisions=dict.fromkeys(keys, "kept"),
        now=timezone.now(),
    )

    assert review_due_on(secadmin) == months_later(timezone.localdate(), 3)
