"""Every address of the product, with an object to show and the roles that open it.

Tests that walk all pages read this list. A new address without a line here fails
`test_every_address_is_listed` in tests/security/test_every_page.py, so that no page
escapes those tests.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from cadres.actions.keep_incident import enter_incident
from cadres.actions.review_access import start_review
from cadres.models import Account, CalendarDay, FactorReset
from cadres.rules.roles import Role
from tests import letter_addresses, session_addresses, study_addresses
from tests.address import NOBODY, Address
from tests.factories import (
    AbsenceFactory,
    AccountFactory,
    ActionFactory,
    CadreFactory,
    CalendarDayFactory,
    ContactPointFactory,
    FindingFactory,
    MandateFactory,
    MatterFactory,
    PostFactory,
    QuestionFactory,
    ReceptionFactory,
    RoleGrantFactory,
    TalkFactory,
    UnitFactory,
    VisitFactory,
    small_jiangsu,
)
from tests.factories.series import SeriesFactory
from visits.actions.file_report import file_report
from visits.actions.write_lesson import write_lesson
from visits.models import ExportJob, Feedback, OwnList, TalkFormat, Target, VisitEvent
from visits.reports.asked import Asked
from visits.reports.report_question import Question
from visits.rules.list_pages import ListPage
from visits.rules.periods import PeriodKind, period_of
from visits.rules.series import Skip
from visits.rules.visit_states import VisitState

LEADER, LIAISON = Role.LEADER, Role.LIAISON
DISTRICT, READER = Role.DISTRICT_ADMIN, Role.REPORT_READER
SYSTEM, SECURITY, AUDITOR = Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR


ADDRESSES: dict[str, Address] = {
    **letter_addresses.ADDRESSES,
    "visits:audit_list": Address(
        roles=(AUDITOR,), also=("kind=audit", "what=%E7%8E%8B&result=failed")
    ),
    **session_addresses.ADDRESSES,
    **study_addresses.ADDRESSES,
    "account_login": Address(roles=(NOBODY,), is_open=True),
    "account_logout": Address(roles=(LEADER,), is_open=True),
    "account_inactive": Address(roles=(NOBODY,), is_open=True),
    "account_change_password": Address(roles=(LEADER,)),
    "account_reauthenticate": Address(roles=(READER,)),
    "openid_connect_login": Address(("office",), is_open=True),
    "openid_connect_confirm": Address(("office",)),
    "openid_connect_callback": Address(("office",), is_open=True),
    "welcome": Address(roles=(NOBODY,), is_open=True),
    "mfa_authenticate": Address(is_open=True),
    "mfa_login_webauthn": Address(is_open=True),
    "session_state": Address(is_open=True),
    "signed_in_again": Address(roles=(READER,)),
    "mfa_index": Address(roles=(READER, SYSTEM)),
    "mfa_activate_totp": Address(roles=(READER,)),
    "mfa_deactivate_totp": Address(),
    "mfa_add_webauthn": Address(roles=(READER,)),
    "mfa_view_recovery_codes": Address(),
    "mfa_generate_recovery_codes": Address(roles=(READER,)),
    "factor_remove": Address(("1",)),
    "factor_rename": Address(("1",)),
    "session_end": Address(),
    "sessions_end": Address(),
    "roles": Address(roles=(READER,)),
    "favicon": Address(is_open=True),
    "healthz": Address(is_open=True),
    "readyz": Address(is_open=True),
    "metrics": Address(is_open=True),
    "policy_report": Address(is_open=True),
    "set_language": Address(is_open=True),
    "visits:status": Address(roles=(SYSTEM,)),
    "visits:job_retry": Address(("1",)),
    "cadres:place_list": Address(
        roles=(DISTRICT, SECURITY), also=("q=鼓楼", "q=没有这里")
    ),
    "cadres:place_pick": Address(query="q=xz"),
    "cadres:place_detail": Address(("{tongshan}",), roles=(DISTRICT, READER, LEADER)),
    "cadres:calendar_days": Address(roles=(LEADER, DISTRICT), query="year=2026"),
    "cadres:settings": Address(roles=(DISTRICT,)),
    "cadres:sign_in_rules": Address(roles=(SECURITY,)),
    "cadres:cadre_list": Address(roles=(DISTRICT, LIAISON), also=("q=无此人",)),
    "cadres:cadre_enter": Address(roles=(DISTRICT,)),
    "cadres:cadre_pick": Address(query="q=x"),
    "cadres:cadre_detail": Address(("{cadre}",), roles=(LEADER, DISTRICT)),
    "cadres:cadre_change": Address(("{cadre}",), roles=(DISTRICT,)),
    "cadres:incident_list": Address(roles=(Role.SECURITY_ADMIN, Role.AUDITOR)),
    "cadres:incident_enter": Address(roles=(Role.SECURITY_ADMIN,)),
    "cadres:incident_detail": Address(
        ("{incident}",), roles=(Role.SECURITY_ADMIN, Role.AUDITOR)
    ),
    "cadres:incident_change": Address(("{incident}",), roles=(Role.SECURITY_ADMIN,)),
    "cadres:incident_close": Address(("{incident}",)),
    "cadres:unit_list": Address(roles=(DISTRICT,), also=("q=无此单位",)),
    "cadres:unit_enter": Address(roles=(DISTRICT,)),
    "cadres:unit_pick": Address(query="q=x"),
    "cadres:unit_change": Address(("{unit}",), roles=(DISTRICT,)),
    "cadres:account_list": Address(
        roles=(SYSTEM, SECURITY, AUDITOR), also=("q=无此账号",)
    ),
    "cadres:account_open": Address(roles=(SYSTEM,)),
    "cadres:account_detail": Address(("{account}",), roles=(SYSTEM, SECURITY, AUDITOR)),
    "cadres:account_change": Address(("{account}",), roles=(SYSTEM,)),
    "cadres:account_close": Address(("{account}",)),
    "cadres:account_invite": Address(("{account}",)),
    "cadres:invitation_end": Address(("{account}",)),
    "cadres:account_factors": Address(("{account}",)),
    "cadres:factor_reset_decide": Address(("{reset}",)),
    "cadres:review_list": Address(roles=(SYSTEM, SECURITY, AUDITOR)),
    "cadres:review_start": Address(),
    "cadres:review_detail": Address(
        ("{review}",), roles=(SECURITY, AUDITOR), also=("show=stale", "show=open")
    ),
    "cadres:role_grant": Address(("{account}",)),
    "cadres:mandate_give": Address(("{account}",)),
    "cadres:role_end": Address(("{grant}",)),
    "cadres:mandate_end": Address(("{mandate}",)),
    "cadres:own_mandates": Address(roles=(LEADER,)),
    "cadres:own_mandate_end": Address(("{mandate}",)),
    "visits:today": Address(roles=tuple(role for role in Role if role != READER)),
    "visits:today_seen": Address(),
    "visits:feed": Address(roles=(LEADER, LIAISON)),
    "visits:feed_make": Address(),
    "visits:feed_revoke": Address(),
    "visits:feed_read": Address(("no-such-key",), is_open=True),
    "visits:absence_list": Address(roles=(LIAISON, DISTRICT), also=("show=past",)),
    "visits:absence_create": Address(roles=(LIAISON,)),
    "visits:absence_change": Address(("{absence}",), roles=(LIAISON,)),
    "visits:absence_remove": Address(("{absence}",), roles=(LIAISON,)),
    "visits:calendar_day_create": Address(roles=(DISTRICT,)),
    "visits:calendar_day_change": Address(("{day}",), roles=(DISTRICT,)),
    "visits:calendar_day_remove": Address(("{day}",), roles=(DISTRICT,)),
    "visits:feedback": Address(roles=(READER, LEADER)),
    "visits:feedback_list": Address(roles=(SYSTEM,)),
    "visits:calendar": Address(
        roles=(DISTRICT, LIAISON),
        also=(
            "view=month",
            "view=list",
            "view=list&q=没有的事",
            "official={cadre}",
            "official={cadre}&view=month",
            "place={tongshan}",
            "place={tongshan}&view=month",
        ),
    ),
    "visits:search": Address(
        roles=(DISTRICT, SECURITY), query="q=徐州", also=("", "q=无此", "q=x")
    ),
    "visits:report_districts": Address(
        roles=(DISTRICT, READER),
        query="period=2026",
        also=("", "action={action}", "period=2026&place={tongshan}"),
    ),
    "visits:report_officials": Address(
        roles=(DISTRICT, LEADER), query="period=2026", also=("", "action={action}")
    ),
    "visits:report_official": Address(
        ("{cadre}",), roles=(LEADER, DISTRICT), query="period=2026"
    ),
    "visits:report_units": Address(
        roles=(DISTRICT, READER), query="period=2026", also=("group=all&start=50",)
    ),
    "visits:report_actions": Address(
        roles=(DISTRICT, READER), query="period=2026", also=("action={action}",)
    ),
    "visits:report_topics": Address(
        roles=(DISTRICT,), query="period=2026", also=("period=2026&place={tongshan}",)
    ),
    "visits:report_burden": Address(
        roles=(DISTRICT, READER), query="period=2026", also=("action={action}",)
    ),
    "visits:report_rows": Address(
        roles=(DISTRICT, LEADER),
        query="figure=visits&official={cadre}&period=2026",
        also=("figure=place_visits&place={xuzhou}&period=2026",),
    ),
    "visits:report_export": Address(
        roles=(DISTRICT, LEADER),
        query="period=2026",
        also=(
            "filed={filed}",
            *(f"list={it}" for it in ListPage if it not in ("letters", "audit")),
        ),
    ),
    "visits:export_list": Address(
        roles=(AUDITOR, DISTRICT), also=("kind=xlsx&who=账号", "first=2020-01-01")
    ),
    "visits:export_take": Address(("{export_job}",)),
    "visits:export_again": Address(("{export_job}",)),
    "visits:filed_list": Address(roles=(DISTRICT, LEADER, READER)),
    "visits:report_file": Address(
        roles=(DISTRICT, LEADER),
        query="period=2026",
        also=("report=officials&official={cadre}&period=2026",),
    ),
    "visits:filed_detail": Address(("{filed}",), roles=(DISTRICT, READER)),
    "visits:filed_compare": Address(("{filed}",), roles=(DISTRICT,)),
    "visits:own_list_list": Address(roles=(DISTRICT, LEADER)),
    "visits:own_list_keep": Address(),
    "visits:own_list_share": Address(("{own_list}",)),
    "visits:own_list_drop": Address(("{own_list}",)),
    "visits:record": Address(roles=(LEADER,), also=("year=2020",)),
    "visits:record_file": Address(),
    "visits:target_list": Address(roles=(DISTRICT,), also=("official={cadre}",)),
    "visits:target_end": Address(("{target}",)),
    "visits:lesson_list": Address(
        roles=(LEADER, DISTRICT), also=("place=鼓楼区", "topic=没有")
    ),
    "visits:lesson_write": Address(("{confirmed}",), roles=(LEADER,)),
    "visits:action_list": Address(roles=(LEADER,)),
    "visits:action_create": Address(roles=(LIAISON,)),
    "visits:action_detail": Address(("{action}",), roles=(LEADER,)),
    "visits:visit_check": Address(),
    "visits:visit_plan": Address(
        roles=(LIAISON, DISTRICT), also=("place={shitun}&official={cadre}",)
    ),
    "visits:visit_briefing": Address(("{planned}",), roles=(LEADER, LIAISON)),
    "visits:where_to_go": Address(
        roles=(LEADER, LIAISON, DISTRICT, Role.PETITION_OFFICER),
        also=(
            "place={tongshan}&kind=study&order=name",
            "view=tiles",
            "place={shitun}",
            "place={village}",
        ),
    ),
    "visits:visit_detail": Address(("{planned}",), roles=(LEADER, LIAISON, DISTRICT)),
    "visits:visit_announce": Address(("{planned}",)),
    "visits:visit_approve": Address(("{planned}",)),
    "visits:visit_change": Address(("{planned}",), roles=(LIAISON,)),
    "visits:visit_confirm": Address(("{logged}",)),
    "visits:visit_end": Address(("{planned}",)),
    "visits:visit_join": Address(("{planned}",)),
    "visits:visit_log": Address(("{past}",), roles=(LIAISON, LEADER)),
    "visits:board_look": Address(query="visit={planned}&day=2026-12-01&half=am"),
    "visits:series_list": Address(roles=(LIAISON, DISTRICT), also=("show=ended",)),
    "visits:series_plan": Address(
        roles=(LIAISON,), also=("official={cadre}&date=2026-12-03&half=pm",)
    ),
    "visits:series_detail": Address(("{series}",), roles=(LIAISON, DISTRICT)),
    "visits:series_change": Address(("{series}", "{series_day}"), roles=(LIAISON,)),
    "visits:series_end": Address(("{series}",)),
    "visits:series_book": Address(("{series}", "{series_day}")),
    "visits:visit_move": Address(("{planned}",), roles=(LIAISON,)),
    "visits:visit_move_undo": Address(("{planned}",)),
    "visits:visit_matters": Address(("{logged}",), roles=(LEADER, DISTRICT)),
    "visits:visit_matters_docx": Address(("{logged}",)),
    "visits:visit_matters_xlsx": Address(("{logged}",)),
    "visits:matter_list": Address(
        roles=(LEADER, LIAISON, DISTRICT, Role.PETITION_OFFICER, Role.HANDLER),
        also=("work=all", "work=open&due=late", "visit={logged}", "state=settled"),
    ),
    "visits:matter_detail": Address(("{matter}",), roles=(LEADER, LIAISON, DISTRICT)),
    "visits:matter_step": Address(("{matter}", "say_done"), roles=(LEADER, LIAISON)),
    "visits:matter_slips": Address(("{matter}",)),
    "visits:matter_samples": Address(roles=(DISTRICT,)),
    "visits:matter_raise": Address(("{letter}",), roles=(Role.PETITION_OFFICER,)),
    "visits:question_list": Address(
        roles=(LEADER, DISTRICT, Role.PETITION_OFFICER, Role.HANDLER),
        also=("show=late", "show=answered", "show=turned", "show=all"),
    ),
    "visits:question_detail": Address(
        ("{promised}",), roles=(LEADER, LIAISON, DISTRICT, Role.PETITION_OFFICER)
    ),
    "visits:question_step": Address(
        ("{promised}", "answer"), roles=(LIAISON, DISTRICT)
    ),
    "visits:question_letter": Address(
        ("{promised}",), roles=(LIAISON, Role.PETITION_OFFICER)
    ),
    "visits:question_matter": Address(("{promised}",), roles=(LIAISON, LEADER)),
    "visits:talk_detail": Address(("{talk}",), roles=(LIAISON, DISTRICT, Role.CLERK)),
    "visits:talk_formats": Address(roles=(DISTRICT,)),
    "visits:talk_format_use": Address(("{talk_format}",)),
    "visits:word": Address(roles=(NOBODY,), is_open=True),
    "visits:word_matter": Address(is_open=True),
    "visits:word_thanks": Address(roles=(NOBODY,), is_open=True),
}
# The same address shows quite another page for another object.
MORE: list[tuple[str, Address]] = [
    *letter_addresses.MORE,
    *session_addresses.MORE,
    *study_addresses.MORE,
    (
        "visits:report_export",
        Address(roles=(Role.PETITION_OFFICER,), query="list=letters"),
    ),
    ("visits:report_export", Address(roles=(AUDITOR,), query="list=audit")),
    ("cadres:place_detail", Address(("{village}",), roles=(LIAISON,))),
    ("visits:visit_detail", Address(("{draft}",), roles=(LIAISON,))),
    ("visits:visit_detail", Address(("{past}",), roles=(LIAISON,))),
    ("visits:visit_detail", Address(("{logged}",), roles=(LEADER, LIAISON))),
    ("visits:visit_detail", Address(("{confirmed}",), roles=(DISTRICT,))),
    ("visits:visit_detail", Address(("{hidden}",), roles=(LEADER,))),
    ("visits:visit_detail", Address(("{cancelled}",), roles=(LEADER,))),
    ("visits:visit_log", Address(("{logged}",), roles=(LIAISON,))),
    ("visits:question_detail", Address(("{asked}",), roles=(LIAISON, LEADER))),
    ("visits:question_detail", Address(("{answered}",), roles=(LIAISON, DISTRICT))),
    ("visits:question_detail", Address(("{as_matter}",), roles=(LIAISON, DISTRICT))),
    ("visits:question_step", Address(("{asked}", "promise"), roles=(LIAISON,))),
    ("visits:question_step", Address(("{promised}", "put_off"), roles=(LIAISON,))),
    ("visits:question_step", Address(("{answered}", "correct"), roles=(LIAISON,))),
    ("visits:question_step", Address(("{asked}", "withdraw"), roles=(LIAISON,))),
    ("visits:matter_detail", Address(("{said_done}",), roles=(LEADER, DISTRICT))),
    ("visits:matter_step", Address(("{said_done}", "hear_call"), roles=(DISTRICT,))),
    ("visits:matter_step", Address(("{said_done}", "hear_paper"), roles=(LEADER,))),
    ("visits:matter_step", Address(("{matter}", "hand_over"), roles=(LEADER,))),
]


@dataclass(frozen=True)
class Page:
    """One page as one person opens it."""

    url: str
    role: str


class World:
    """One of everything in a piece of Jiangsu, and one account for each role."""

    def __init__(self) -> None:
        js = self.js = small_jiangsu()
        office = UnitFactory(name="徐州市委办公室", place=js.xuzhou)
        cadre = CadreFactory(name="辛志强", pinyin="xinzhiqiang", unit=office)
        PostFactory(cadre=cadre, title="副市长")
        ContactPointFactory(cadre=cadre, place=js.shitun)
        own = {Role.LEADER: {"cadre": cadre}, Role.LIAISON: {"acts_for": [cadre]}}
        self.accounts: dict[str, Account] = {
            role: AccountFactory(
                username=role.value,
                name=f"账号{role.value}",
                unit=office,
                role=role,
                role__place=None if role in own else js.xuzhou,
                **own.get(role, {}),
            )
            for role in Role
        }
        liaison = self.accounts[Role.LIAISON]
        self.things: dict[str, Any] = {
            "cadre": cadre.pk,
            "unit": office.pk,
            "review": start_review(
                by=self.accounts[Role.SECURITY_ADMIN], now=timezone.now()
            ).pk,
            "incident": enter_incident(
                by=self.accounts[Role.SECURITY_ADMIN],
                now=timezone.now(),
                title="电脑丢失",
                noticed_at=timezone.now() - timedelta(hours=1),
                data="姓名",
            ).pk,
            "xuzhou": js.xuzhou.pk,
            "tongshan": js.tongshan.pk,
            "shitun": js.shitun.pk,
            "village": js.village.pk,
            "account": self.accounts[Role.HANDLER].pk,
            "grant": RoleGrantFactory(
                account=self.accounts[Role.CLERK], role=Role.HANDLER, place=js.gulou
            ).pk,
            "mandate": MandateFactory(
                account=self.accounts[Role.CLERK], cadre=cadre
            ).pk,
            "reset": FactorReset.objects.create(
                account=self.accounts[Role.HANDLER],
                asked_by=self.accounts[Role.SYSTEM_ADMIN],
                asked_at=timezone.now(),
            ).pk,
            "absence": AbsenceFactory(
                cadre=cadre, first=timezone.localdate() + timedelta(days=40)
            ).pk,
            "day": CalendarDayFactory(
                region="3203",
                date=date(2026, 10, 9),
                name="地方假日",
                source=CalendarDay.Source.LOCAL,
            ).pk,
        }
        self.things |= letter_addresses.add_letters(self.accounts, js, cadre)
        self.things |= session_addresses.add_sessions(self.accounts, cadre)
        Feedback.objects.create(text="打印时缺一行。", by=liaison)
        self._visits(SimpleNamespace(js=js, cadre=cadre, liaison=liaison, unit=office))

    def _visits(self, of: SimpleNamespace) -> None:
        day = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
        common = {
            "officials": [of.cadre],
            "planned_by": of.liaison,
            "unit": of.unit,
            "places": [of.js.tangzhang, of.js.shitun],
            "places__activities": ["publicity", "study", "reception", "onsite"],
            "count": 2,
            "hours": 2,
        }
        action = ActionFactory(
            name="走基层统一行动",
            organiser=of.unit,
            first=day.date(),
            last=day.date() + timedelta(days=9),
        )

        def visit(days: int, state: str, **more: Any) -> Any:
            at = day + timedelta(days=days)
            made = VisitFactory(**{**common, "starts_at": at, "state": state, **more})
            VisitEvent.objects.create(
                visit=made,
                kind=VisitEvent.Kind.PLANNED,
                by=of.liaison,
                on_behalf_of=of.cadre,
            )
            return made

        now = timezone.now()
        visits = {
            "draft": visit(9, VisitState.DRAFT),
            "planned": visit(8, VisitState.PLANNED, action=action),
            "hidden": visit(7, VisitState.PLANNED, mode="unannounced"),
            "past": visit(-3, VisitState.ANNOUNCED),
            "logged": visit(-10, VisitState.LOGGED, summary="看了三户人家。"),
            "confirmed": visit(
                -20,
                VisitState.CONFIRMED,
                confirmed_at=now,
                confirmed_by=self.accounts[Role.LEADER],
            ),
            "cancelled": visit(11, VisitState.CANCELLED, reason_ended="另有安排"),
        }
        for held in (visits["logged"], visits["confirmed"]):
            stop = held.stops.order_by("position").first()
            talk = TalkFactory(
                stop=stop,
                format=TalkFormat.objects.first(),
                minutes=40,
                speaker="辛志强",
                speaker_post="副市长",
                documents="《江苏省农村供水条例》",
                audience_kind="村民代表",
                language="徐州话",
                material="政策明白纸",
                feedback="希望多讲水价。",
            )
            FindingFactory(stop=stop)
            ReceptionFactory(stop=stop)
            MatterFactory(stop=stop)
            matter = MatterFactory(stop=stop, assigned=True)
        self._questions(talk, matter)
        self.things |= study_addresses.add_studies(self.accounts, of.js, stop)
        self._lessons(of, visits["confirmed"])
        self.things["matter"] = matter.reference
        self.things["said_done"] = MatterFactory(stop=stop, awaiting=True).reference
        self.things |= {name: it.reference for name, it in visits.items()}
        self.things["action"] = action.reference
        self.things["own_list"] = OwnList.objects.create(
            owner=self.accounts[DISTRICT],
            unit=of.unit,
            page="matters",
            name="未结事项",
            query="work=open",
        ).reference
        self.things["filed"] = self._filed().reference
        self.things["export_job"] = ExportJob.objects.create(
            by=self.accounts[DISTRICT],
            purpose="季度会议",
            format="xlsx",
            language="zh-hans",
            query="report=districts&period=2026",
            about="分地区报表 · 徐州市",
            total=1200,
        ).reference
        series = SeriesFactory(
            place=of.js.tangzhang,
            unit=of.unit,
            planned_by=of.liaison,
            first=day.date(),
            officials=[of.cadre],
        )
        first = visits["planned"].starts_on
        series.dates.create(day=first, on=first, visit=visits["planned"])
        later = first + timedelta(days=7)
        skipped = series.dates.create(
            day=later,
            on=later,
            skipped=Skip.TAKEN,
            obstacle_visit=visits["cancelled"],
        )
        self.things |= {"series": series.reference, "series_day": str(skipped.day)}

    def _filed(self) -> Any:
        by = Account.objects.get(pk=self.accounts[DISTRICT].pk)
        on = timezone.localdate()
        asked = Asked(by, on, period_of(PeriodKind.YEAR, on))
        return file_report(
            Question(asked, place=self.js.xuzhou),
            by=by,
            now=timezone.now(),
            client_key=uuid.uuid4(),
            note="季度会议",
        )

    def _lessons(self, of: SimpleNamespace, visit: Any) -> None:
        """One that was changed and is shared; and a target of the official."""
        leader, now = self.accounts[Role.LEADER], timezone.now()
        for version, text in enumerate(("先看井。", "先看井，再开会。")):
            write_lesson(
                visit,
                by=leader,
                now=now,
                text=text,
                place=of.js.tangzhang,
                topic="饮水",
                is_shared=True,
                version=version,
            )
        self.things["target"] = Target.objects.create(
            official=of.cadre,
            indicator="visits",
            period="year",
            minimum=12,
            basis="市委2026年通知",
            valid_from=date(2026, 1, 1),
            set_by=self.accounts[DISTRICT],
        ).pk

    def _questions(self, talk: Any, matter: Any) -> None:
        self.things["talk"] = talk.reference
        self.things["talk_format"] = talk.format_id
        asked = {
            "asked": QuestionFactory(talk=talk),
            "promised": QuestionFactory(talk=talk, promised=True),
            "answered": QuestionFactory(talk=talk, answered=True),
            "as_matter": QuestionFactory(talk=talk, state="matter", matter=matter),
        }
        QuestionFactory(talk=talk, promised=True, due_on=date(2026, 11, 1))
        self.things |= {name: it.reference for name, it in asked.items()}

    def url(self, name: str, address: Address, query: str | None = None) -> str:
        path = reverse(name, args=[self.fill(arg) for arg in address.args])
        query = self.fill(address.query if query is None else query)
        return iri_to_uri(f"{path}?{query}" if query else path)

    def fill(self, text: str) -> str:
        return text.format_map(self.things)

    def pages(self) -> Iterator[Page]:
        """Every page, for each role that opens it and in each of its states."""
        for name, address in [*ADDRESSES.items(), *MORE]:
            for role in address.roles:
                yield Page(self.url(name, address), role)
            for query in address.also:
                yield Page(self.url(name, address, query), address.roles[0])


def names_of(resolver: Any = None, space: str = "") -> Iterator[str]:
    """The names of all URL patterns of config.urls and what it includes."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        elif isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names_of(pattern, inner)
