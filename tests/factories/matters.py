"""A leader's promise to a township, and everyone around it."""

from datetime import timedelta

from django.utils import timezone

from cadres.rules.roles import Role
from tests.factories.entries import MatterFactory
from tests.factories.letters import letter_at, officer, petition_office
from tests.factories.people import AccountFactory, CadreFactory, UnitFactory
from tests.factories.visits import VisitFactory
from visits.actions.move_matter import move_matter
from visits.models import Matter, MatterEvent
from visits.rules.matter_states import MatterStep


class MatterWorld:
    """Decided by `leader` in a township of Xuzhou; `water` leads it."""

    def __init__(self, js):
        self.js = js
        self.place = js.huancheng
        self.now = timezone.localtime()
        self.today = self.now.date()
        self.office = UnitFactory(name="徐州市委办公室", place=js.xuzhou)
        self.cadre = CadreFactory(name="辛志强", unit=self.office)
        self.leader = AccountFactory(
            name="辛志强", cadre=self.cadre, unit=self.office, role=Role.LEADER
        )
        self.liaison = AccountFactory(
            name="联络员",
            unit=self.office,
            role=Role.LIAISON,
            role__unit=self.office,
            acts_for=[self.cadre],
        )
        self.water = UnitFactory(name="水务局", place=js.xuzhou)
        self.roads = UnitFactory(name="交通局", place=js.xuzhou)
        self.handler = officer(self.water, Role.HANDLER, name="承办人")
        self.head = officer(self.water, Role.UNIT_HEAD, name="局长")
        self.helper = officer(self.roads, Role.HANDLER, name="协办人")
        self.petition_office = petition_office(js.xuzhou)
        self.petition = officer(self.petition_office, name="信访干部")
        self.admin = self._admin(js.xuzhou, "地区管理员")
        self.second = self._admin(js.xuzhou, "地区管理员二")
        self.far = self._admin(js.nanjing, "外地管理员")
        self.visits = 0

    def _admin(self, place, name):
        unit = UnitFactory(name=f"{name}办公室", place=place)
        return AccountFactory(
            name=name, unit=unit, role=Role.DISTRICT_ADMIN, role__place=place
        )

    def visit(self, **fields):
        """Each on a day of its own, so that nobody is at two places."""
        self.visits += 1
        return VisitFactory(
            **{
                "held": True,
                "officials": [self.cadre],
                "places": [self.place],
                "planned_by": self.liaison,
                "unit": self.office,
                "starts_at": self.now - timedelta(days=4 + self.visits),
            }
            | fields
        )

    def going(self, **fields):
        """A visit of the leader that is planned for tomorrow."""
        return VisitFactory(
            **{
                "officials": [self.cadre],
                "places": [self.place],
                "planned_by": self.liaison,
                "starts_at": self.now + timedelta(days=1),
            }
            | fields
        )

    def matter(self, *, visit=None, **fields) -> Matter:
        """Assigned to the water bureau, with the first event that a log writes."""
        stop = (visit or self.visit()).stops.first()
        due_on = self.today + timedelta(days=20)
        assigned = {
            "state": "assigned",
            "lead_unit": "水务局",
            "unit": self.water,
            "due_on": due_on,
            "subject": "停水",
            "decision": "更换水泵",
        }
        matter = MatterFactory(stop=stop, **(assigned | fields))
        MatterEvent.objects.create(
            matter=matter,
            step=MatterStep.RAISE,
            to_state=matter.state,
            on=self.today,
            by=self.liaison,
            acted_as="decider",
        )
        return matter

    def settled(self, **fields) -> Matter:
        return self.matter(
            **{
                "state": "settled",
                "lead_unit": "",
                "unit": None,
                "due_on": None,
                "unit_word": "done",
            }
            | fields
        )

    def said_done(self, **fields) -> Matter:
        return self.take(self.matter(**fields), "say_done", self.handler)

    def confirmed(self, **fields) -> Matter:
        return self.take(self.said_done(**fields), "hear_call", self.admin)

    def struck_off(self, **fields) -> Matter:
        return self.take(self.confirmed(**fields), "strike_off", self.leader)

    def letter(self):
        return letter_at(
            self.place, office=self.petition_office, by=self.petition, now=self.now
        )

    def take(self, matter, step, by, now=None, **record) -> Matter:
        """One step, with plain words for whatever the table asks for."""
        matter.refresh_from_db()
        return move_matter(
            matter,
            by=by,
            step=step,
            record=self.plain(step) | record,
            version=matter.version,
            now=now or self.now,
        )

    def plain(self, step):
        later = self.today + timedelta(days=60)
        return {
            "settle": {"decision": "当场修好"},
            "assign": {"decision": "更换", "lead_unit": "水务局", "due_on": later},
            "hand_over": {"lead_unit": "交通局", "reasons": "属其职责"},
            "progress": {"report": "已到场"},
            "say_done": {"unit_word": "done", "result": "已更换水泵"},
            "hear_call": {"says": "settled", "statement": "有水了"},
            "hear_paper": {
                "says": "settled",
                "statement": "有水了",
                "witness": "王测试",
            },
            "strike_off": {"look_back_on": later},
            "look_back": {"finding": "holds", "statement": "一直有水"},
            "reopen": {"reasons": "又停水"},
            "ask_delay": {"new_due_on": later, "reasons": "水泵未到"},
            "refuse_delay": {"reasons": "不能再拖"},
            "withdraw": {"reasons": "重复"},
        }.get(step, {})
