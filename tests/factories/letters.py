"""Letters through the actions that make them: their clocks and history are real."""

import uuid
from datetime import date, timedelta

from django.utils import timezone

from cadres.models import Account, Unit
from cadres.rules.roles import Role
from tests.factories.people import AccountFactory, UnitFactory
from tests.factories.visits import at
from visits.actions.move_letter import move_letter
from visits.actions.register_letter import Identity, register_letter
from visits.models import Letter
from visits.rules.letter_states import Category, Step


def petition_office(place, **fields):
    fields.setdefault("name", f"{place.name}信访局")
    return UnitFactory(place=place, kind=Unit.Kind.PETITION, **fields)


def officer(unit, role=Role.PETITION_OFFICER, **fields) -> Account:
    """Someone of `unit` with one role there."""
    return AccountFactory(unit=unit, role=role, role__unit=unit, **fields)


def letter_at(place, *, office=None, by=None, now=None, **fields) -> Letter:
    """A registered letter; `received_on` is the day of `now` unless given."""
    office = office or petition_office(place)
    by = by or officer(office)
    now = now or timezone.localtime()
    arguments = {
        "channel": Letter.Channel.LETTER,
        "received_on": now.date(),
        "client_key": uuid.uuid4(),
        "request": "小区自来水时断时续",
        "facts": "三号楼以上每晚无水，住户四十六户。",
        "category": Category.REQUEST,
        "petitioners": [Identity("李测试", "环城街道测试小区3号楼", "13800002207")],
    } | fields
    return register_letter(
        by=by, now=now, office=office, place=place, **arguments
    ).letter


def take(letter, step, by, now=None, **record) -> Letter:
    """One step, with plain words for whatever text the table asks for."""
    letter.refresh_from_db()
    return move_letter(
        letter,
        by=by,
        step=step,
        record=PLAIN[step] | record if step in PLAIN else record,
        version=letter.version,
        now=now or timezone.localtime(),
    )


def _in(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


class Caseworkers:
    """Two units and their people; letters of a township, received by the office."""

    def __init__(self, js):
        self.place = js.huancheng
        self.office = petition_office(js.xuzhou)
        self.clerk = officer(self.office, Role.CLERK)
        self.petition = officer(self.office)
        self.sealer = officer(self.office, Role.SEAL_OFFICER)
        self.water = UnitFactory(name="徐州市水务局", place=js.xuzhou)
        self.handler = officer(self.water, Role.HANDLER)
        self.head = officer(self.water, Role.UNIT_HEAD)
        self.other_unit = UnitFactory(name="徐州市交通局", place=js.xuzhou)
        self.stranger = officer(self.other_unit, Role.HANDLER)
        self.other_office = petition_office(js.nanjing)
        self.far = officer(self.other_office)

    def letter(self, **fields) -> Letter:
        return letter_at(self.place, office=self.office, by=self.clerk, **fields)

    def forwarded(self, **fields) -> Letter:
        letter = self.letter(**fields)
        return take(letter, Step.FORWARD, self.petition, to_unit=self.water)

    def accepted(self, **fields) -> Letter:
        return take(self.forwarded(**fields), Step.ACCEPT, self.handler)

    def handled(self, **fields) -> Letter:
        return take(self.accepted(**fields), Step.INQUIRE, self.handler)


PLAIN = {
    Step.FORWARD: {"reasons": "属其职责"},
    Step.ASSIGN: {"reasons": "重要", "report_on": _in(30)},
    Step.OBJECT: {"reasons": "不属本单位职责"},
    Step.AGREE: {"decision": "同意退回"},
    Step.REFUSE: {"decision": "仍由你单位办理"},
    Step.GUIDE: {"where_to": "人民法院"},
    Step.ACCEPT: {
        "accepted_on": timezone.localdate(),
        "route": "petition",
        "delivered_how": "post",
    },
    Step.NOT_ACCEPT: {
        "ground": "other_route",
        "where_to": "劳动仲裁",
        "delivered_how": "post",
    },
    Step.INQUIRE: {"facts": "水泵损坏", "law": "供水条例"},
    Step.EXTEND: {"days": 30, "reasons": "需检测", "told_on": timezone.localdate()},
    Step.ANSWER: {
        "outcome": "supported",
        "facts": "水泵损坏",
        "reasons": "情况属实",
        "opinion": "更换水泵",
        "legal_basis": "供水条例",
        "remedy": "三十日内可请求复查",
        "delivered_how": "hand",
    },
    Step.REPLY: {"adopted": "partly", "reasons": "纳入计划", "delivered_how": "post"},
    Step.REVIEW: {"result": "kept", "reasons": "适当", "delivered_how": "post"},
    Step.REREVIEW: {"result": "kept", "reasons": "适当", "delivered_how": "post"},
    Step.CLOSE: {"delivery_checked": True},
    Step.SUPERVISE: {"reasons": "意见未执行", "carry_out_by": _in(30)},
    Step.ARCHIVE: {"retention": "10"},
}

__all__ = ["Caseworkers", "at", "letter_at", "officer", "petition_office", "take"]
