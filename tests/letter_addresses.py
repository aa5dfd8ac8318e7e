"""The addresses of letters, and a letter in each state that a page of its own shows."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cadres.models import Account, Unit
from cadres.rules.roles import Role
from tests.address import NOBODY, Address
from tests.factories import RoleGrantFactory, UnitFactory
from tests.factories.letters import letter_at, petition_office, take
from visits.actions.ask_about_data import ask_about_data
from visits.actions.draft_step import draft_step
from visits.actions.hold_letter import hold_letter
from visits.actions.link_letters import link_letters
from visits.actions.recuse import ask_recusal
from visits.actions.seal_transfer import ask_transfer
from visits.models import Notice
from visits.rules.letter_states import Step

CLERK, PETITION = Role.CLERK, Role.PETITION_OFFICER
HANDLER, HEAD = Role.HANDLER, Role.UNIT_HEAD
REVIEW, SEAL = Role.REVIEW_OFFICER, Role.SEAL_OFFICER
A_KEY = str(uuid.UUID(int=7))

ADDRESSES: dict[str, Address] = {
    "visits:letter_list": Address(
        roles=(PETITION, CLERK, HANDLER, HEAD, REVIEW, Role.LEADER),
        also=("work=all", "state=all&order=newest", "category=litigation"),
    ),
    "visits:rating_list": Address(
        roles=(PETITION, Role.DISTRICT_ADMIN), query="period=2026-Q2"
    ),
    "visits:letter_forward": Address(),
    "visits:letter_search": Address(),
    "visits:letter_detail": Address(("{letter}",), roles=(PETITION, CLERK)),
    "visits:letter_step": Address(("{letter}", "forward"), roles=(PETITION,)),
    "visits:letter_open_identity": Address(("{letter}",)),
    "visits:letter_correct": Address(("{letter}",), roles=(PETITION, CLERK)),
    "visits:letter_correct_look": Address(("{letter}",)),
    "visits:letter_correct_people": Address(("{letter}",)),
    "visits:draft_approve": Address(("{handled}", "{letter_draft}")),
    "visits:draft_return": Address(("{handled}", "{letter_draft}")),
    "visits:letter_hold": Address(("{letter}",)),
    "visits:hold_end": Address(("{letter}", "{hold}")),
    "visits:hold_extend": Address(("{letter}", "{hold}")),
    "visits:hold_progress": Address(("{letter}", "{hold}")),
    "visits:letter_link": Address(("{letter}",)),
    "visits:link_undo": Address(("{letter}", "{link}")),
    "visits:recusal_list": Address(roles=(HEAD, SEAL)),
    "visits:recusal_declare": Address(("{letter}",)),
    "visits:recusal_ask": Address(("{letter}",)),
    "visits:recusal_decide": Address(("{handled}", "{recusal}")),
    "visits:letter_register": Address(roles=(CLERK, PETITION)),
    "visits:letter_reception": Address(roles=(CLERK,)),
    "visits:letter_reception_row": Address(),
    "visits:letter_hints": Address(),
    "visits:letter_official_pick": Address(query="q=x"),
    "visits:letter_unit_pick": Address(query="q=x"),
    "visits:letter_receipt": Address(("{letter}",), roles=(CLERK,)),
    "visits:letter_new_code": Address(("{letter}",)),
    "visits:letter_same_matter": Address(("{letter}",)),
    "visits:letter_files": Address(("{letter}",), roles=(PETITION,)),
    "visits:letter_files_open": Address(("{letter}",)),
    "visits:letter_file": Address(("{letter}", A_KEY)),
    "visits:letter_paper": Address(("{handled}", "acceptance")),
    "visits:paper_template_list": Address(roles=(PETITION, HEAD)),
    "visits:paper_template": Address(("opinion",), roles=(HEAD,)),
    "visits:paper_template_file": Address(("opinion",)),
    "visits:paper_template_drop": Address(("opinion",)),
    "visits:clock_rules": Address(roles=(PETITION, Role.DISTRICT_ADMIN)),
    "visits:clock_rule_enter": Address(roles=(Role.DISTRICT_ADMIN,)),
    "visits:content_subjects": Address(roles=(Role.DISTRICT_ADMIN,)),
    "visits:content_subject_use": Address(("1",)),
    "visits:notice_list": Address(roles=(HANDLER, Role.LEADER)),
    "visits:notice_choices": Address(roles=(HANDLER, Role.LEADER, Role.SYSTEM_ADMIN)),
    "visits:notice_count": Address(),
    "visits:notice_read_all": Address(),
    "visits:notice_open": Address(("{notice}",)),
    "visits:notice_read": Address(("{notice}",)),
    "visits:access_list": Address(roles=(Role.AUDITOR,)),
    "visits:report_caseload": Address(roles=(PETITION, Role.DISTRICT_ADMIN)),
    "visits:report_letter_rows": Address(query="figure=received", roles=(PETITION,)),
    "visits:report_petition": Address(query="period=2026", roles=(PETITION,)),
    "visits:yearly_review": Address(roles=(Role.AUDITOR,)),
    "visits:data_request_list": Address(roles=(PETITION,)),
    "visits:data_request_detail": Address(("{data_request}",), roles=(PETITION,)),
    "visits:data_request_answer": Address(("{data_request}",)),
    "visits:identity_masks": Address(roles=(PETITION,)),
    "visits:pressure_report": Address(roles=(HANDLER,)),
    "visits:pressure_list": Address(),
    "visits:pressure_detail": Address(("ZZZZZZZZ",)),
    "visits:sealed_list": Address(roles=(SEAL,)),
    "visits:sealed_detail": Address(("{sealed}",), roles=(SEAL,)),
    "visits:sealed_open": Address(("{sealed}",)),
    "visits:sealed_report_urgent": Address(("{sealed}",)),
    "visits:sealed_handler_name": Address(("{sealed}",)),
    "visits:sealed_handler_end": Address(("{sealed}", "{party}")),
    "visits:named_party_add": Address(("{sealed}",)),
    "visits:named_party_remove": Address(("{sealed}", "{party}")),
    "visits:seal_transfer_ask": Address(("{sealed}",)),
    "visits:seal_transfer_decide": Address(("{sealed}", "{transfer}")),
    "visits:lookup": Address(roles=(NOBODY,), is_open=True),
    "visits:lookup_leave": Address(is_open=True),
    "visits:lookup_matter": Address(is_open=True),
    "visits:lookup_pressure": Address(is_open=True),
    "visits:lookup_data": Address(is_open=True),
    "visits:lookup_reported": Address(is_open=True),
    "visits:lookup_rate": Address(is_open=True),
}
MORE: list[tuple[str, Address]] = [
    ("visits:letter_detail", Address(("{forwarded}",), roles=(HANDLER, HEAD))),
    ("visits:letter_detail", Address(("{handled}",), roles=(HANDLER, HEAD, PETITION))),
    ("visits:letter_detail", Address(("{reviewed}",), roles=(REVIEW, PETITION))),
    ("visits:letter_step", Address(("{letter}", "assign"), roles=(PETITION,))),
    ("visits:letter_step", Address(("{letter}", "sort"), roles=(PETITION,))),
    ("visits:letter_step", Address(("{letter}", "split"), roles=(PETITION,))),
    ("visits:letter_step", Address(("{forwarded}", "accept"), roles=(HANDLER,))),
    ("visits:letter_step", Address(("{forwarded}", "object"), roles=(HANDLER,))),
    ("visits:letter_step", Address(("{handled}", "answer"), roles=(HANDLER, HEAD))),
    ("visits:letter_step", Address(("{handled}", "extend"), roles=(HEAD,))),
    ("visits:letter_step", Address(("{reviewed}", "review"), roles=(REVIEW,))),
]


def add_letters(accounts: dict[str, Account], js: Any, cadre: Any) -> dict[str, Any]:
    """Letters in the hands of these accounts; what their addresses name."""
    office = petition_office(js.xuzhou)
    above = UnitFactory(name="江苏省水利厅", place=js.js)
    water = UnitFactory(name="徐州市水务局", place=js.xuzhou, superior=above)
    organ = UnitFactory(name="徐州市纪委", place=js.xuzhou, kind=Unit.Kind.DISCIPLINE)
    for role, unit in (
        (CLERK, office), (HANDLER, water), (HEAD, water), (REVIEW, above),
    ):  # fmt: skip
        RoleGrantFactory(account=accounts[role], role=role, unit=unit)
    # As they are read with each request: with what they hold now.
    who = {role: Account.objects.get(pk=it.pk) for role, it in accounts.items()}
    now = timezone.localtime()
    today = now.date()

    def registered(**more: Any) -> Any:
        return letter_at(js.huancheng, office=office, by=who[CLERK], now=now, **more)

    letter, other = registered(), registered(request="路灯不亮")
    forwarded = take(registered(), Step.FORWARD, who[PETITION], to_unit=water)
    handled = take(registered(), Step.FORWARD, who[PETITION], to_unit=water)
    handled = take(handled, Step.ACCEPT, who[HANDLER])
    handled = take(handled, Step.INQUIRE, who[HANDLER])
    draft = draft_step(
        handled,
        by=who[HANDLER],
        step=Step.EXTEND,
        record={"days": 10, "reasons": "需检测", "told_on": today},
        version=handled.version,
        now=now,
    )
    recusal = ask_recusal(
        handled, by=who[HEAD], account=who[CLERK], ground="亲属", now=now
    )
    reviewed = take(registered(), Step.FORWARD, who[PETITION], to_unit=water)
    reviewed = take(reviewed, Step.ACCEPT, who[HANDLER])
    reviewed = take(reviewed, Step.INQUIRE, who[HANDLER])
    reviewed = take(reviewed, Step.ANSWER, who[HEAD], received_on=today)
    reviewed = take(
        reviewed, Step.ASK_REVIEW, who[PETITION], to_unit=above, requested_on=today
    )
    sealed = registered(complains_about_someone=True, request="反映违规收费")
    party = sealed.named.create(
        unit=UnitFactory(name="某站所", place=js.xuzhou), added_by=who[CLERK]
    )
    return {
        "letter": letter.reference,
        "forwarded": forwarded.reference,
        "handled": handled.reference,
        "reviewed": reviewed.reference,
        "sealed": sealed.reference,
        "letter_draft": draft.pk,
        "recusal": recusal.pk,
        "party": party.pk,
        "hold": hold_letter(
            letter,
            by=who[PETITION],
            leader=cadre,
            plan="现场协调",
            due_on=today + timedelta(days=20),
            now=now,
        ).pk,
        "link": link_letters(
            letter,
            by=who[PETITION],
            other=other,
            kind="related",
            reason="同一路段",
            now=now,
        ).pk,
        "transfer": ask_transfer(
            sealed, by=who[SEAL], to_unit=organ, reasons="属其管辖", now=now
        ).pk,
        "data_request": ask_about_data(
            handled, kind="correct", asker="self", text="门牌号错了", now=now
        ).reference,
        "notice": Notice.objects.create(
            account=who[HANDLER],
            kind=Notice.Kind.ROUTED,
            key="routed:test",
            letter=forwarded,
        ).pk,
    }
