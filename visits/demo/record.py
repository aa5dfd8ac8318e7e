"""What officials of the demo learned, two targets, and when people last looked in."""

from datetime import datetime, timedelta

from django.utils import timezone

from cadres.demo.accounts import ACCOUNTS
from cadres.demo.staff import Staff
from cadres.models import Account, Cadre, District, RankBand
from visits.actions.draw_sample import draw_monthly
from visits.actions.set_target import set_target
from visits.actions.warn_of_problems import warn_of_problems
from visits.actions.warn_of_questions import warn_of_questions
from visits.actions.write_lesson import write_lesson
from visits.models import Stop, TodayLook, Visit
from visits.rules.periods import PeriodKind
from visits.rules.targets import Indicator
from visits.rules.visit_states import Part

AWAY = timedelta(days=2)
# Text, topic, shared.
OWN = (
    ("先到田头再进会场，老乡说的和材料写的不一样。", "农田灌溉", True),
    ("晚上去比白天去能见到更多在外打工的人。", "", True),
    ("承诺时限前要先问承办单位人手够不够，这次定得太紧。", "", False),
    ("方言听不全，下次请村里的老师一起去。", "", False),
)
COLLEAGUES = (
    ("这里的人习惯早饭后说事，上午九点前到场，谈得最透。", "饮水安全"),
    ("把近三年的水费单带去，一页纸就把疑问讲清楚了。", "水费"),
    ("先请驻村干部回避一会儿，老人们才肯说低保评议的事。", "低保评议"),
    ("修路的事，村民代表愿意自己出工，别急着只谈资金。", "乡村道路"),
    ("议定事项当场贴在村务公开栏，回访时大家都记得。", ""),
    ("接访先倒一杯水，让来人把话说完，一半的事能当场解开。", ""),
)


class DemoRecord:
    def __init__(self, staff: Staff, city: District, *, now: datetime) -> None:
        self.staff, self.city, self.now = staff, city, now

    def tell(self, officials: list[Cadre]) -> None:
        leader = self.staff.by_username["leader"]
        own = self._held(leader.cadre_id)
        for visit, (text, topic, is_shared) in zip(own, OWN, strict=False):
            self._learn(visit, leader, text, topic, is_shared=is_shared)
        self._colleagues([it for it in officials if it.pk != leader.cadre_id])
        self._targets(leader)
        TodayLook.objects.bulk_create(
            TodayLook(account=self.staff.by_username[name], looked_at=self.now - AWAY)
            for name in ACCOUNTS
        )
        warn_of_questions(now=self.now)
        warn_of_problems(now=self.now)
        draw_monthly(now=self.now)

    def _held(self, official: int | None) -> list[Visit]:
        rows = Visit.objects.held().revealed().filter(team__official=official)
        return list(rows.order_by("-starts_at", "pk")[: len(OWN)])

    def _colleagues(self, officials: list[Cadre]) -> None:
        """In the townships where the leader goes next: briefings have what to tell."""
        leader = self.staff.by_username["leader"].cadre_id
        coming = Visit.objects.to_come().filter(team__official=leader)
        townships = coming.order_by("starts_at").values_list(
            "stops__township", flat=True
        )
        held = Visit.objects.held().revealed().order_by("-starts_at", "pk")
        seen: set[int] = set()
        notes = iter(COLLEAGUES)
        for township in dict.fromkeys(it for it in townships if it):
            visit = held.filter(stops__township=township).exclude(pk__in=seen).first()
            lead = visit.team.get(part=Part.LEAD) if visit else None
            if visit is None or lead is None or lead.official not in officials:
                continue
            note = next(notes, None)
            if note is None:
                return
            seen.add(visit.pk)
            author = self.staff.of_official[lead.official_id]
            stop = visit.stops.filter(township=township)[0]
            self._learn(visit, author, *note, is_shared=True, stop=stop)

    def _learn(
        self,
        visit: Visit,
        by: Account,
        text: str,
        topic: str,
        *,
        is_shared: bool,
        stop: Stop | None = None,
    ) -> None:
        stop = stop or visit.stops.order_by("position")[0]
        write_lesson(
            visit,
            by=by,
            now=min(visit.ends_at + timedelta(hours=3), self.now),
            text=text,
            topic=topic,
            place=stop.place,
            is_shared=is_shared,
            version=0,
        )

    def _targets(self, leader: Account) -> None:
        year = timezone.localdate(self.now).replace(month=1, day=1)
        by = self.staff.by_username["district"]
        common = {"by": by, "now": self.now, "valid_from": year}
        set_target(
            indicator=Indicator.STUDY_DAYS,
            period=PeriodKind.YEAR,
            minimum=60,
            basis="市委办公室关于大兴调查研究的通知（演示）",
            rank_band=RankBand.PREFECTURE,
            place=self.city,
            **common,  # type: ignore[arg-type]
        )
        set_target(
            indicator=Indicator.CONTACT_VISITS,
            period=PeriodKind.QUARTER,
            minimum=2,
            basis="联系点工作安排（演示）",
            official=leader.cadre,
            **common,  # type: ignore[arg-type]
        )
