"""What became of the demo's matters: the course of each, up to today.

As with visits, the rows and their history are written in a few inserts; the same table
of steps says which state follows, and the database's constraints judge the result.
"""

from datetime import date, datetime, timedelta
from random import Random

from cadres.demo.staff import Staff
from cadres.models import Account, Cadre
from cadres.rules.roles import Role
from visits.demo.calendar import SHANGHAI
from visits.demo.desks import Desks
from visits.models import Letter, Matter, MatterEvent
from visits.rules.matter_records import to_json
from visits.rules.matter_states import (
    ROW,
    MatterActor,
    MatterState,
    MatterStep,
    PeopleWord,
    UnitWord,
    target_of,
)

BATCH = 2000
A_YEAR = timedelta(days=365)
PROGRESS = (
    "已到现场查看，确定施工方案，材料三日内到位。",
    "已与镇村对接，施工队进场。",
    "完成过半，正在办理路面恢复。",
    "已排定工期，先处理群众反映最集中的一段。",
)
RESULTS = (
    "已按交办意见全部完成，现场已清理。",
    "工程完工并通过验收，已张贴公示。",
    "问题已解决，后续由村里负责日常管护。",
    "已更换到位，试运行一周正常。",
)
THANKS = (
    "确实解决了，一周没再出问题。",
    "来修好了，态度也好。",
    "比原来方便多了。",
    "办了，和说的一样。",
)
COMPLAINTS = (
    "只修了路口一段，里面还是老样子。",
    "当天好了，第二天又坏了。",
    "没有人来过，不知道怎么就说办好了。",
    "水还是浑，孩子不敢喝。",
)
DELAYS = ("连续阴雨无法施工。", "材料需要定制，厂家延期交货。", "管线迁改需要会签。")
MISTAKES = ("与另一件重复录入。", "录错了地点，已另行录入。")
WITNESSES = ("王建国", "李秀英", "张桂兰", "刘志明", "陈玉珍", "赵永福")


class MatterLives:
    """Lives each matter from day to day; `tell` first, then `write`."""

    def __init__(
        self, rng: Random, desks: Desks, staff: Staff, *, now: datetime, today: date
    ) -> None:
        self.rng = rng
        self.desks = desks
        self.staff = staff
        self.now = now
        self.today = today
        self.events: list[MatterEvent] = []
        self.matters: list[Matter] = []
        self.caller = staff.by_username["district"]

    def tell(self, matters: list[Matter]) -> None:
        for matter in matters:
            self._live(matter)
            self.matters.append(matter)

    def write(self) -> None:
        Matter.objects.bulk_create(self.matters, BATCH)
        MatterEvent.objects.bulk_create(self.events, BATCH)

    def from_letters(self, letters: list[Letter], leader: Cadre) -> None:
        """A few letters before a leader; not decided yet."""
        by = self.staff.by_username["petition"]
        for letter in letters:
            matter = Matter(
                source=Matter.Source.LETTER,
                letter=letter,
                subject=letter.request,
                decided_by=leader,
                state=MatterState.RAISED,
                raised_on=self.today - timedelta(days=self.rng.randint(0, 4)),
                raised_by=by,
            )
            matter.settle_at(letter.place)
            matter.save()
            self._begin(matter, by, MatterActor.OFFICE)

    # --- One matter ---------------------------------------------------------------

    def _live(self, matter: Matter) -> None:
        rng = self.rng
        lead = matter.decided_by_id
        self.decider = self.staff.planner_of[lead]
        self.leader = self.staff.of_official[lead]
        self.worker = (
            self.desks.of(matter.unit, Role.HANDLER) if matter.unit else self.decider
        )
        self.day = matter.raised_on
        self._begin(matter, self.decider, MatterActor.DECIDER)
        if rng.random() < 0.015:
            self._mistake(matter)
            return
        if matter.state == MatterState.ASSIGNED and not self._work(matter):
            return
        if rng.random() < 0.15 or not self._later(2, 12):
            return  # silence: it awaits the people's word
        if rng.random() < 0.1 and not self._refused(matter):
            return
        self._close(matter)

    def _work(self, matter: Matter) -> bool:
        """Up to "said to be done"; False when today comes first."""
        rng = self.rng
        if self._later(2, 8):
            self._step(
                matter, MatterStep.PROGRESS, self.worker, report=rng.choice(PROGRESS)
            )
            matter.reported_on = self.day
        if rng.random() < 0.06 and matter.raised_on > self.today - A_YEAR:
            return False  # left lying
        if rng.random() < 0.1 and matter.due_on and self._later(3, 9):
            new = matter.due_on + timedelta(days=rng.choice((10, 15, 20)))
            self._step(
                matter,
                MatterStep.ASK_DELAY,
                self.worker,
                new_due_on=new,
                reasons=rng.choice(DELAYS),
            )
            matter.asked_due_on = new
            if not self._later(1, 3):
                return False
            before = {"before_due_on": matter.due_on}
            self._step(matter, MatterStep.APPROVE_DELAY, self.leader, **before)
            matter.due_on, matter.asked_due_on = new, None
        if not self._later(4, 26):
            return False
        self._say_done(matter)
        return True

    def _say_done(self, matter: Matter) -> None:
        word = self.rng.choices(list(UnitWord), (90, 8, 2))[0]
        matter.unit_word, matter.people_word = word, ""
        matter.reported_on = matter.reported_on or self.day
        result = self.rng.choice(RESULTS)
        self._step(
            matter, MatterStep.SAY_DONE, self.worker, unit_word=word, result=result
        )

    def _refused(self, matter: Matter) -> bool:
        """They say no; True when it is done again by today."""
        says = PeopleWord.NOT_SETTLED
        self._hear(matter, says, self.rng.choice(COMPLAINTS))
        matter.people_word, matter.reopened = says, matter.reopened + 1
        if not matter.lead_unit or not self._later(5, 20):
            return False
        self._say_done(matter)
        return self._later(2, 9)

    def _close(self, matter: Matter) -> None:
        for _word in range(2 if matter.is_public else 1):
            self._hear(matter, PeopleWord.SETTLED, self.rng.choice(THANKS))
            matter.people_word, matter.heard = PeopleWord.SETTLED, matter.heard + 1
            if matter.state != MatterState.CONFIRMED and not self._later(1, 4):
                return
        if not self._later(1, 7):
            return
        matter.struck_off_on = self.day
        matter.look_back_on = self.day + timedelta(days=90)
        self._step(
            matter,
            MatterStep.STRIKE_OFF,
            self.decider,
            look_back_on=matter.look_back_on,
        )
        if self.rng.random() < 0.5 and self._later(60, 100):
            holds = {"finding": "holds", "statement": self.rng.choice(THANKS)}
            self._step(matter, MatterStep.LOOK_BACK, self.caller, **holds)

    def _hear(self, matter: Matter, says: str, statement: str) -> None:
        words = {"says": says, "statement": statement}
        way = self.rng.choices(
            [MatterStep.HEAR_CODE, MatterStep.HEAR_CALL, MatterStep.HEAR_PAPER],
            (5, 3, 2),
        )[0]
        by = {MatterStep.HEAR_CALL: self.caller, MatterStep.HEAR_PAPER: self.decider}
        event = self._step(matter, way, by.get(way), **words)
        if way == MatterStep.HEAR_PAPER:
            event.keep_witness(self.rng.choice(WITNESSES))

    def _mistake(self, matter: Matter) -> None:
        reasons = self.rng.choice(MISTAKES)
        self._step(matter, MatterStep.WITHDRAW, self.decider, reasons=reasons)

    def _later(self, least: int, most: int) -> bool:
        """Let some days pass; False if that lies ahead."""
        self.day += timedelta(days=self.rng.randint(least, most))
        return self.day <= self.today

    def _begin(self, matter: Matter, by: Account, part: str) -> None:
        names = ("subject", "decision", "lead_unit", "due_on", "is_public")
        record = {name: getattr(matter, name) for name in names}
        self._event(
            matter, MatterStep.RAISE, "", by, part, matter.raised_on, to_json(record)
        )

    def _step(
        self, matter: Matter, step: MatterStep, by: Account | None, **record: object
    ) -> MatterEvent:
        before, move = matter.state, ROW[step]
        matter.state = target_of(
            move,
            current=before,
            is_public=matter.is_public,
            heard=matter.heard,
            says=str(record.get("says", "")),
            finding=str(record.get("finding", "")),
        )
        matter.version += 1
        return self._event(
            matter, step, before, by, move.by[0], self.day, to_json(record)
        )

    def _event(
        self,
        matter: Matter,
        step: str,
        before: str,
        by: Account | None,
        part: str,
        day: date,
        record: dict[str, object],
    ) -> MatterEvent:
        at = datetime(
            day.year,
            day.month,
            day.day,
            self.rng.randint(9, 16),
            self.rng.randint(0, 59),
            tzinfo=SHANGHAI,
        )
        event = MatterEvent(
            matter=matter,
            step=step,
            from_state=before,
            to_state=matter.state,
            on=day,
            at=min(at, self.now),
            by=by,
            acted_as=part,
            unit=by.unit if by else None,
            record=record,
        )
        self.events.append(event)
        return event
