"""The addresses of investigations, and a problem in each state that looks different."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cadres.models import Account
from cadres.rules.roles import Role
from tests.address import Address
from tests.factories.entries import FindingFactory
from tests.factories.people import UnitFactory
from visits.actions.choose_place import choose_place
from visits.actions.move_investigation import move_investigation
from visits.actions.move_problem import move_problem
from visits.actions.open_investigation import open_investigation
from visits.actions.record_problem import record_problem
from visits.actions.use_finding import plan_use
from visits.models import Problem, StudyArea

LEADER, LIAISON, DISTRICT = Role.LEADER, Role.LIAISON, Role.DISTRICT_ADMIN

ADDRESSES: dict[str, Address] = {
    "visits:investigation_list": Address(
        roles=(LEADER, LIAISON, DISTRICT, Role.CLERK, Role.HANDLER),
        also=("show=all", "show=late", "show=finished", "show=handed_over"),
    ),
    "visits:investigation_open": Address(roles=(LEADER, LIAISON)),
    "visits:study_areas": Address(roles=(DISTRICT,)),
    "visits:study_area_use": Address(("{study_area}",)),
    "visits:investigation_detail": Address(
        ("{study}",), roles=(LEADER, LIAISON, DISTRICT)
    ),
    "visits:investigation_change": Address(("{study}",), roles=(LIAISON,)),
    "visits:investigation_place_choose": Address(
        ("{study}",), roles=(LIAISON, LEADER), also=("place={shitun}",)
    ),
    "visits:investigation_place_drop": Address(("{study}", "{chosen}")),
    "visits:investigation_use_plan": Address(("{study}",), roles=(LIAISON,)),
    "visits:investigation_use_record": Address(("{study}", "{use}"), roles=(LEADER,)),
    "visits:problem_record": Address(("{study}",), roles=(LIAISON,)),
    "visits:investigation_step": Address(("{study}", "finish"), roles=(LEADER,)),
    "visits:problem_list": Address(
        roles=(LEADER, DISTRICT, Role.HANDLER),
        also=(
            "show=passed_up",
            "show=answered",
            "show=at_unit",
            "show=due",
            "show=late",
            "show=from_above",
            "show=look_back",
            "show=all",
        ),
    ),
    "visits:problem_detail": Address(
        ("{problem}",), roles=(LEADER, LIAISON, DISTRICT, Role.HANDLER)
    ),
    "visits:problem_matter": Address(("{problem}",), roles=(LEADER,)),
    "visits:problem_step": Address(("{problem}", "settle"), roles=(LIAISON,)),
}
MORE: list[tuple[str, Address]] = [
    ("visits:investigation_detail", Address(("{study_over}",), roles=(LEADER,))),
    ("visits:investigation_step", Address(("{study}", "hand_over"), roles=(LIAISON,))),
    ("visits:investigation_step", Address(("{study_over}", "reopen"), roles=(LEADER,))),
    ("visits:problem_detail", Address(("{passed_up}",), roles=(LEADER, LIAISON))),
    ("visits:problem_detail", Address(("{settled}",), roles=(LIAISON,))),
    *(
        ("visits:problem_step", Address(("{problem}", step), roles=(LEADER,)))
        for step in ("change", "put_off", "pass_up", "hand_over", "report")
    ),
    ("visits:problem_step", Address(("{settled}", "look_back"), roles=(LIAISON,))),
]


def add_studies(accounts: dict[str, Account], js: Any, stop: Any) -> dict[str, Any]:
    """Two investigations of the leader; what their addresses name."""
    by = Account.objects.get(pk=accounts[LIAISON].pk)
    leader = accounts[LEADER].cadre
    assert leader is not None
    now = timezone.localtime()
    today, later = now.date(), now.date() + timedelta(days=40)
    above = UnitFactory(name="江苏省农业农村厅", place=js.js)
    handling = accounts[Role.HANDLER].unit
    assert handling is not None

    area, _new = StudyArea.objects.get_or_create(name="群众急难愁盼")

    def study(topic: str) -> Any:
        return open_investigation(
            by=by,
            now=now,
            leader=leader,
            client_key=uuid.uuid4(),
            topic=topic,
            opened_on=today - timedelta(days=50),
            ends_on=later,
            area=area,
            kind="problem",
            methods=["visit", "stay"],
            talked_residents=32,
        )

    def problem(of: Any, **row: Any) -> Problem:
        return record_problem(
            of,
            by=by,
            now=now,
            client_key=uuid.uuid4(),
            **{"text": "管护责任没有分清", "level": "own", "root_cause": "职责交叉"}
            | row,
        )

    def step(of: Problem, name: str, **record: Any) -> Problem:
        of = Problem.objects.get(pk=of.pk)
        return move_problem(
            of, by=by, step=name, record=record, version=of.version, now=now
        )

    running = study("农村供水长效管护")
    FindingFactory(stop=stop, investigation=running, text="末梢水压不足")
    chosen = choose_place(
        running,
        by=by,
        now=now,
        place=js.liuji,
        reason="反映集中",
        despite="跟踪同一批农户",
    )
    due_on = today + timedelta(days=9)
    row = {"measure": "签订管护协议", "lead_unit": handling.name, "due_on": due_on}
    at_work = problem(running, **row, supporting="村委会", person="张工")
    passed = step(problem(running), "pass_up", passed_to=above, asked="请统一标准")
    use = plan_use(
        running,
        by=by,
        now=now,
        client_key=uuid.uuid4(),
        finding="管护责任不清",
        where="管护办法",
    )
    over = study("公共交通便民")
    settled = problem(over, **row)
    step(settled, "settle", evidence="末班车已延后", look_back_on=later)
    over.refresh_from_db()
    move_investigation(
        over,
        by=by,
        step="finish",
        record={"report": "线路已优化，见 https://example.cn/report"},
        version=over.version,
        now=now,
    )
    return {
        "study": running.reference,
        "study_over": over.reference,
        "study_area": area.pk,
        "chosen": chosen.pk,
        "use": use.pk,
        "problem": at_work.reference,
        "passed_up": passed.reference,
        "settled": settled.reference,
    }
