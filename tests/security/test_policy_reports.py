"""Browsers tell what our policy kept them from; nobody else learns anything by it."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from config.metrics import VIOLATIONS
from visits.models import PolicyReport
from visits.models.policy_report import MOST
from visits.rules.policy_reports import Violation, violations_in

HERE = "https://testserver"
LETTER = f"{HERE}/letters/ABCD2345/?q=%E7%8E%8B"
OLD = {
    "csp-report": {
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/x.js?who=%E7%8E%8B",
        "document-uri": LETTER,
    }
}
NEW = [
    {
        "type": "csp-violation",
        "body": {
            "effectiveDirective": "style-src-attr",
            "blockedURL": "inline",
            "documentURL": LETTER,
            "sample": "王测试",
        },
    }
]


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (OLD, [("script-src-elem", "https://evil.example", "/letters/ABCD2345/")]),
        (NEW, [("style-src-attr", "inline", "/letters/ABCD2345/")]),
        (NEW * 50, [("style-src-attr", "inline", "/letters/ABCD2345/")] * 10),
        (
            {"csp-report": {"blocked-uri": "chrome-extension://abcdef/x.js"}},
            [("other", "chrome-extension", "")],
        ),
        (
            {"csp-report": {"violated-directive": "img-src x", "blocked-uri": "[::"}},
            [("img-src", "other", "")],
        ),
        ({"csp-report": []}, []),
        ([1, None, {"type": "deprecation"}], []),
        ("text", []),
    ],
)
def test_of_a_report_only_what_names_nobody_is_read(message, found):
    assert violations_in(json.dumps(message).encode()) == [
        Violation(*it) for it in found
    ]


def test_what_is_no_report_is_none():
    assert violations_in(b"\xff") == violations_in(b"[" * 5000) == []


@pytest.mark.django_db
def test_reports_are_kept_once_in_few_words_and_shown(sysadmin, settings):
    settings.METRICS_TOKEN = "x"
    settings.LIMITS = settings.LIMITS | {"csp": (8, 60)}
    stranger = Client(enforce_csrf_checks=True)

    def send(message, kind="application/csp-report"):
        return stranger.post("/csp-report", json.dumps(message), kind).status_code

    before = VIOLATIONS.labels("style-src-attr")._value.get()
    sent = [send(OLD), send(NEW), send(NEW, "application/reports+json"), send("no")]
    assert sent == [204] * 4
    assert stranger.get("/csp-report").status_code == 405
    assert send(["x" * 2**14]) == 413
    assert not stranger.cookies
    kept = PolicyReport.objects.order_by("pk")
    assert list(kept.values_list("directive", "blocked", "view", "times")) == [
        ("script-src-elem", "https://evil.example", "visits:letter_detail", 1),
        ("style-src-attr", "inline", "visits:letter_detail", 2),
    ]
    assert VIOLATIONS.labels("style-src-attr")._value.get() == before + 2

    page = Client()
    page.force_login(sysadmin)
    answer = page.get(reverse("visits:status"))
    shown = answer.content.decode()
    assert "style-src-attr: inline" in shown
    assert "ABCD2345" not in shown and "王" not in shown.split("<main")[1][-9000:]
    policy = answer["Content-Security-Policy"]
    assert "report-to csp" in policy and "report-uri /csp-report" in policy
    assert answer["Reporting-Endpoints"] == 'csp="/csp-report"'

    # However many kinds strangers invent, the table stays small; and not too often.
    PolicyReport.objects.bulk_create(
        PolicyReport(
            directive="other", blocked=f"h{it}", view="", times=1,
            first_on="2026-11-01", last_on="2026-11-01",
        )
        for it in range(MOST - 2)
    )  # fmt: skip
    strange = {"csp-report": {"blocked-uri": "https://one-more.example/"}}
    assert [send(it) for it in (strange, NEW, NEW, NEW, NEW)] == [204] * 4 + [429]
    assert PolicyReport.objects.count() == MOST
    assert kept.get(blocked="inline").times == 5
