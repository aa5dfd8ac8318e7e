"""A leader's investigation with its problems, and everyone around it."""

import uuid
from datetime import timedelta

from cadres.rules.roles import Role
from tests.factories.entries import FindingFactory
from tests.factories.letters import officer
from tests.factories.matters import MatterWorld
from tests.factories.people import AccountFactory, UnitFactory
from visits.actions.move_investigation import move_investigation
from visits.actions.move_problem import move_problem
from visits.actions.open_investigation import open_investigation
from visits.actions.record_problem import record_problem
from visits.models import Investigation, Problem


class StudyWorld(MatterWorld):
    """Led by `leader` of Xuzhou; `province` is a unit above it."""

    def __init__(self, js):
        super().__init__(js)
        self.province = UnitFactory(name="江苏省水利厅", place=js.js)
        self.above = officer(self.province, Role.HANDLER, name="上级承办人")
        self.stranger = officer(
            UnitFactory(name="南京市水务局", place=js.nanjing), Role.HANDLER
        )
        self.county_admin = AccountFactory(
            name="县管理员",
            unit=UnitFactory(name="铜山区委办公室", place=js.tongshan),
            role=Role.DISTRICT_ADMIN,
            role__place=js.tongshan,
        )
        self.topics = 0

    def study(self, **fields) -> Investigation:
        self.topics += 1
        return open_investigation(
            **{
                "by": self.liaison,
                "now": self.now,
                "leader": self.cadre,
                "client_key": uuid.uuid4(),
                "topic": f"农村供水{self.topics}",
                "opened_on": self.today - timedelta(days=60),
            }
            | fields
        )

    def finding(self, study, **fields):
        stop = self.visit(**fields).stops.first()
        return FindingFactory(stop=stop, investigation=study, text="末梢水压不足")

    def problem(self, study=None, **fields) -> Problem:
        return record_problem(
            study or self.study(),
            **{
                "by": self.liaison,
                "now": self.now,
                "client_key": uuid.uuid4(),
                "text": "管护责任没有分清",
                "level": "own",
            }
            | fields,
        )

    def under_way(self, study=None, **fields) -> Problem:
        due_on = self.today + timedelta(days=30)
        row = {"measure": "签订管护协议", "lead_unit": "水务局", "due_on": due_on}
        return self.problem(study, **(row | fields))

    def passed_up(self, study=None) -> Problem:
        return self.step(self.problem(study), "pass_up", self.leader)

    def settled(self, study=None) -> Problem:
        return self.step(self.under_way(study), "settle", self.leader)

    def step(self, problem, step, by, **record) -> Problem:
        """One step, with plain words for whatever the table asks for."""
        problem = Problem.objects.get(pk=problem.pk)
        return move_problem(
            problem,
            by=by,
            step=step,
            record=self.words(step) | record,
            version=problem.version,
            now=self.now,
        )

    def move(self, study, step, **record) -> Investigation:
        study = Investigation.objects.get(pk=study.pk)
        words = {
            "finish": {"report": "形成管护办法"},
            "hand_over": {"handed_to": "市水务局", "reason": "分工调整"},
            "reopen": {"reason": "回访发现反弹"},
        }
        return move_investigation(
            study,
            by=self.leader,
            step=step,
            record=words[step] | record,
            version=study.version,
            now=self.now,
        )

    def words(self, step):
        later = self.today + timedelta(days=60)
        return {
            "change": {"text": "管护责任不清", "level": "own"},
            "start": {"measure": "清淤", "lead_unit": "水务局", "due_on": later},
            "report": {"evidence": "已签协议"},
            "put_off": {"due_on": later, "reason": "雨季"},
            "pass_up": {"passed_to": self.province, "asked": "请统一管护标准"},
            "call_back": {"reason": "本级能办"},
            "answer": {"answer_kind": "taken_on", "answer": "纳入省标修订"},
            "settle": {"evidence": "协议全部签订", "look_back_on": later},
            "hand_over": {"handed_to": "农业农村局", "reason": "属其职责"},
            "look_back": {"look_back": "holds", "look_back_text": "运行正常"},
            "reopen": {"reason": "又反弹"},
            "withdraw": {"reason": "录错"},
        }[step]
