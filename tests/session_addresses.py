"""The addresses of reception sessions, and one in each state that looks different."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from cadres.models import Account, Unit
from cadres.rules.roles import Role
from tests.address import NOBODY, Address
from tests.factories.people import CadreFactory
from tests.factories.sessions import book, planned_session, published_session
from visits.actions.cancel_session import cancel_session
from visits.actions.hold_session import hold_session
from visits.actions.move_session import move_session
from visits.actions.record_result import record_result
from visits.actions.replace_leader import replace_leader

CLERK, PETITION = Role.CLERK, Role.PETITION_OFFICER
LEADER, LIAISON = Role.LEADER, Role.LIAISON

ADDRESSES: dict[str, Address] = {
    "visits:session_notice": Address(roles=(NOBODY, LEADER), is_open=True),
    "visits:session_list": Address(
        roles=(PETITION, CLERK, LEADER, LIAISON), also=("show=past",)
    ),
    "visits:session_plan": Address(roles=(PETITION, LIAISON)),
    "visits:session_detail": Address(
        ("{session}",), roles=(PETITION, CLERK, LEADER, LIAISON)
    ),
    "visits:session_step": Address(("{session}", "book"), roles=(CLERK, PETITION)),
    "visits:session_booking_drop": Address(("{session}", "1")),
    "visits:session_booking_open": Address(("{session}", "1")),
}
MORE: list[tuple[str, Address]] = [
    *(
        ("visits:session_step", Address(("{session}", step), roles=(PETITION,)))
        for step in ("move", "replace", "cancel")
    ),
    ("visits:session_step", Address(("{session_plan}", "publish"), roles=(LIAISON,))),
    ("visits:session_step", Address(("{session_today}", "result"), roles=(PETITION,))),
    ("visits:session_step", Address(("{session_today}", "hold"), roles=(PETITION,))),
    ("visits:session_detail", Address(("{session_held}",), roles=(PETITION, LEADER))),
    ("visits:session_detail", Address(("{session_cancelled}",), roles=(CLERK,))),
]


def add_sessions(accounts: dict[str, Account], cadre: Any) -> dict[str, Any]:
    """Sessions led by `cadre` at the petition office; what their addresses name."""
    who = {role: Account.objects.get(pk=it.pk) for role, it in accounts.items()}
    place = accounts[PETITION].unit.place
    office = Unit.objects.filter(kind=Unit.Kind.PETITION, place=place).first()
    other = CadreFactory(name="许文涛", unit=cadre.unit, remit="教育、卫生")
    now, by = timezone.localtime(), who[PETITION]
    ago = now - timedelta(days=10)

    coming = published_session(office, [cadre], by, topic="供水", note="请带材料。")
    replace_leader(coming, by=by, now=now, leader=cadre, successor=other, reason="出差")
    span = {
        "starts_at": coming.starts_at + timedelta(days=1),
        "ends_at": coming.ends_at + timedelta(days=1),
    }
    move_session(coming, by=by, now=now, reason="会场占用", **span)
    book(coming, who[CLERK], name="王测试", contact="13800002207")
    cancelled = published_session(office, [cadre], by, days=9)
    cancel_session(cancelled, by=by, now=now, reason="防汛")
    held = published_session(office, [cadre], by, now=ago, days=3)
    common = {"by": by, "now": now}
    for number, outcome in enumerate(("settled", "guided")):
        record_result(
            held,
            subject="低保",
            outcome=outcome,
            minute="当场答复。",
            client_key=f"00000000-0000-0000-0000-00000000000{number}",
            **common,
        )
    hold_session(held, groups=2, person_visits=5, **common)
    today = published_session(office, [cadre], by, now=ago, days=10)
    earlier = {"starts_at": now - timedelta(hours=2), "ends_at": now}
    type(today).objects.filter(pk=today.pk).update(**earlier, on=now.date())
    return {
        "session": coming.reference,
        "session_plan": planned_session(office, [cadre], by, days=12).reference,
        "session_today": today.reference,
        "session_held": held.reference,
        "session_cancelled": cancelled.reference,
    }
