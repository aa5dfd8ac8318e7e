"""What was said at the demo's talks, and what people asked there."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from cadres.demo.staff import Staff
from cadres.models import Account, Cadre
from visits.actions.turn_question import turn_into_letter, turn_into_matter
from visits.demo.lands import where_of
from visits.demo.problems import RURAL
from visits.demo.question_words import ASKED, DIALECTS, DOCUMENTS, FEEDBACK, LISTENERS
from visits.models import Question, QuestionEvent, Talk, TalkFormat, VisitOfficial
from visits.models.visit import ALPHABET
from visits.reports.matter_units import unit_named
from visits.reports.question_page import lead_of, offices_for
from visits.rules.question_states import QuestionState, QuestionStep, to_json
from visits.rules.visit_states import Part

BATCH = 2000
FORMATS = {
    True: ("屋场会", "院坝会", "板凳会", "田头会", "村口会", "入户宣讲", "微宣讲"),
    False: ("板凳会", "入户宣讲", "微宣讲", "专题党课", "报告会", "夜访", "线上"),
}
MATERIAL = ("政策明白纸", "办事指南", "联系卡", "图解折页")
FRESH = 30  # days in which a promise may still be open
TURNED = 6  # of the leader's own questions, into a letter or a matter


class Talks:
    """How each talk was, by a dice of its own: the rest of the demo stays as it is."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.formats = {it.name: it for it in TalkFormat.objects.all()}

    def describe(self, talk: Talk) -> Talk:
        rng = self.rng
        is_rural = where_of(talk.stop.place) == RURAL
        talk.reference = "".join(rng.choice(ALPHABET) for _n in range(8))
        talk.format = self.formats[rng.choice(FORMATS[is_rural])]
        talk.is_online = talk.format.name == "线上"
        talk.minutes = rng.choice((20, 30, 30, 40, 45, 60))
        talk.audience_kind = rng.choice(LISTENERS[is_rural])
        talk.language = rng.choice(DIALECTS)
        talk.documents = DOCUMENTS.get(talk.theme, "")
        if rng.random() < 0.6:
            talk.material = rng.choice(MATERIAL)
        if rng.random() < 0.4:
            talk.feedback = rng.choice(FEEDBACK)
        return talk


class Questions:
    """Asked at some of the talks; the latest of the leader's in every state."""

    def __init__(self, rng: Random, staff: Staff, *, now: datetime) -> None:
        self.rng = rng
        self.staff = staff
        self.now = now
        self.today = timezone.localdate(now)
        self.questions: list[Question] = []
        self.events: list[QuestionEvent] = []

    def tell(self, talks: list[Talk]) -> None:
        leader = self.staff.by_username["leader"].cadre_id
        leads = VisitOfficial.objects.filter(part=Part.LEAD).select_related("official")
        lead_of_visit = {it.visit_id: it.official for it in leads}
        for talk in talks:
            rng, lead = self.rng, lead_of_visit[talk.stop.visit_id]
            if lead.pk != leader and rng.random() > 0.35:
                continue
            for text, answer, unit in rng.sample(ASKED, rng.randint(1, 3)):
                self.questions.append(self._ask(talk, lead, text, answer, unit))
        Question.objects.bulk_create(self.questions, BATCH)
        QuestionEvent.objects.bulk_create(self.events, BATCH)
        self._turn(leader)

    def _ask(
        self, talk: Talk, lead: Cadre, text: str, answer: str, unit: str
    ) -> Question:
        rng, by = self.rng, talk.stop.visit.planned_by
        day = timezone.localdate(talk.stop.starts_at)
        question = Question(
            reference="".join(rng.choice(ALPHABET) for _n in range(8)),
            talk=talk,
            text=text,
            recorded_by=by,
            client_key=UUID(int=rng.getrandbits(128), version=4),
            state=QuestionState.ASKED,
        )
        at = talk.stop.ends_at + timedelta(hours=2)
        chance, age = rng.random(), (self.today - day).days
        if chance < 0.55:
            self._answer(question, answer, lead.name, day)
            self._happened(question, QuestionStep.RECORD, by, at)
            return question
        if chance < 0.95 or age > FRESH:
            question.state = QuestionState.PROMISED
            question.unit_name = unit
            question.unit = unit_named(unit, talk.stop.place)
            due_on = day + timedelta(days=rng.choice((7, 10, 15, 30)))
            question.due_on = question.first_due_on = due_on
        self._happened(question, QuestionStep.RECORD, by, at)
        if question.state == QuestionState.PROMISED and age > rng.randint(9, FRESH):
            answered_on = min(day + timedelta(days=rng.randint(3, 9)), self.today)
            self._answer(question, answer, unit, answered_on)
            later = at + timedelta(days=(answered_on - day).days)
            self._happened(question, QuestionStep.ANSWER, by, min(later, self.now))
        return question

    def _answer(self, question: Question, answer: str, by: str, on: date) -> None:
        question.state = QuestionState.ANSWERED
        question.answer, question.answered_by, question.answered_on = answer, by, on

    def _happened(
        self, question: Question, step: QuestionStep, by: Account, at: datetime
    ) -> None:
        names = ["answer", "answered_by", "answered_on", "unit_name", "due_on"]
        if step == QuestionStep.RECORD:
            names.insert(0, "text")
        came_from = "" if step == QuestionStep.RECORD else QuestionState.PROMISED
        question.version += bool(came_from)
        record = {name: getattr(question, name) for name in names}
        self.events.append(
            QuestionEvent(
                question=question,
                step=step,
                from_state=came_from,
                to_state=question.state,
                at=at,
                by=by,
                record=to_json(record),
            )
        )

    def _turn(self, leader: int | None) -> None:
        """A few of the leader's questions asked for something."""
        rows = Question.objects.filter(
            state__in=[QuestionState.ASKED, QuestionState.ANSWERED],
            talk__stop__visit__team__official=leader,
            talk__stop__visit__team__part=Part.LEAD,
        ).select_related("talk__stop__place", "talk__stop__visit", "recorded_by")
        latest = rows.order_by("-talk__stop__starts_at", "pk")[2 : 2 + TURNED]
        for number, question in enumerate(latest):
            key = UUID(int=self.rng.getrandbits(128), version=4)
            by, lead = question.recorded_by, lead_of(question.talk)
            office = offices_for(question.talk, by).first()
            if number % 2 and office:
                turn_into_letter(
                    question,
                    by=by,
                    now=self.now,
                    version=question.version,
                    office=office,
                    request=question.text,
                    client_key=key,
                )
            elif lead:
                turn_into_matter(
                    question,
                    by=by,
                    now=self.now,
                    version=question.version,
                    subject=question.text,
                    decided_by=lead,
                    client_key=key,
                )
