"""The papers that can be made of a letter now, by this person, and what they say.

Papers follow from the letter's history: a notice from the step that recorded it, as
long as the letter has not been sent back since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.functional import Promise

from cadres.models import Account, Unit
from cadres.models.encrypted import read_sealed
from visits.models import DocumentTemplate, Letter, LetterEvent
from visits.reports.identity import may_know_identity
from visits.reports.letter_files import is_registering
from visits.reports.letter_steps import actors
from visits.rules.letter_records import Ground, Outcome, Route
from visits.rules.letter_states import Actor, Clock, Step
from visits.rules.paper_template import TemplateFault, template_faults
from visits.rules.papers import (
    BY_OFFICE,
    CODE,
    FIELDS,
    MASKED,
    PAPERS,
    PaperKind,
    missing,
)

OURS = Path(__file__).resolve().parent.parent / "papers"
# Papers are Chinese whatever language a page speaks, and say what pages say shorter.
CHANNELS: dict[str, str] = {
    Letter.Channel.ONLINE: "网络",
    Letter.Channel.LETTER: "来信",
    Letter.Channel.PHONE: "电话",
    Letter.Channel.FAX: "传真",
    Letter.Channel.VISIT: "走访",
    Letter.Channel.HANDED: "当面递交",
    Letter.Channel.OTHER: "其他",
}
GROUNDS: dict[str, str] = {
    Ground.REPEATED: "该事项正在依法办理，属于《信访工作条例》第十九条第三款规定的情形",
    Ground.ENDED: "该事项的复核意见已经作出，你（们）仍以同一事实和理由提出，"
    "属于《信访工作条例》第三十六条第三款规定的情形",
    Ground.OTHER_ROUTE: "该事项应当通过《信访工作条例》第三十一条规定的"
    "其他法定途径解决",
    Ground.OUTSIDE: "该事项不属于本机关职权范围",
}
ROUTES: dict[str, str] = {
    Route.PETITION: "信访程序（《信访工作条例》第三十一条第六项）",
    Route.ADMINISTRATIVE: "行政程序（《信访工作条例》第三十一条第四项）",
    Route.DUTY: "履行法定职责的程序（《信访工作条例》第三十一条第五项）",
    Route.ARBITRATION: "仲裁程序（《信访工作条例》第三十一条第二项）",
    Route.PARTY: "党内申诉程序（《信访工作条例》第三十一条第三项）",
    Route.STUDY: "建议意见研究论证程序（《信访工作条例》第二十九条）",
}
OUTCOMES: dict[str, str] = {
    Outcome.SUPPORTED: "予以支持",
    Outcome.EXPLAINED: "作出解释说明",
    Outcome.NOT_SUPPORTED: "不予支持",
}


@dataclass(frozen=True)
class PaperLink:
    """A paper that can be made now."""

    kind: str
    label: str | Promise
    event: LetterEvent


@dataclass(frozen=True)
class Missing:
    """A field that holds nothing, and the step that would record it."""

    label: str | Promise
    step: str | Promise


@dataclass(frozen=True)
class Source:
    """The template a paper is made from; `faults` say why it is not the unit's own."""

    data: bytes
    own: DocumentTemplate | None
    faults: list[TemplateFault]


def papers_for(
    letter: Letter,
    user: Account,
    parts: set[Actor] | None = None,
    history: Sequence[LetterEvent] | None = None,
) -> list[PaperLink]:
    """In the order of the table; empty for who has no part in the letter.

    `history` are its events in their order, where a page has read them already.
    """
    parts = actors(letter, user) if parts is None else parts
    is_clerk = is_registering(letter, user)
    if not parts and not is_clerk:
        return []
    since = _since_sent_back(_history(letter) if history is None else history)
    found = []
    for kind, paper in PAPERS.items():
        event = next((it for it in since if it.step in paper.steps), None)
        mine = parts.intersection(paper.by) or (is_clerk and kind == PaperKind.RECEIPT)
        if event and mine:
            found.append(PaperLink(kind, PaperKind(kind).label, event))
    return found


def _history(letter: Letter) -> Sequence[LetterEvent]:
    return list(letter.events.select_related("unit", "to_unit").order_by("pk"))


def _since_sent_back(history: Sequence[LetterEvent]) -> list[LetterEvent]:
    """The history, newest first, up to where the letter came back; and its start."""
    events = list(reversed(history))
    kept = []
    for event in events:
        if event.step == Step.AGREE:
            break
        kept.append(event)
    if events and events[-1] not in kept:
        kept.append(events[-1])
    return kept


def may_print_name(letter: Letter, user: Account) -> bool:
    return user.has_perm("visits.open_identity") and may_know_identity(
        letter, actors(letter, user)
    )


def issuer_of(letter: Letter, link: PaperLink) -> Unit:
    """Whose paper it is, and so whose template."""
    if link.kind in BY_OFFICE:
        return letter.office
    return link.event.unit or letter.unit or letter.office


def source_of(kind: str, unit: Unit | None) -> Source:
    """The unit's own template; ours, when it has none or one that no longer fits."""
    own = DocumentTemplate.objects.filter(kind=kind, unit=unit).first()
    ours = (OURS / f"{PaperKind(kind).value}.docx").read_bytes()
    if own is None:
        return Source(ours, None, [])
    data = bytes(own.file)
    if faults := template_faults(data, PAPERS[kind].fields):
        return Source(ours, None, faults)
    return Source(data, own, [])


def values_of(letter: Letter, link: PaperLink, *, code: str = "") -> dict[str, str]:
    """What the paper says, but for the full name: that is `print_paper`'s.

    `code` is the one-time code, known only while the letter is being registered.
    Of a sealed letter this reads the text: only behind an `Access` written before.
    """
    event, record = link.event, _record(letter, link.event)
    text = letter.read_sealed_text() if letter.is_sealed else letter.text()
    values = {
        "编号": letter.printed_reference,
        "出具单位": str(issuer_of(letter, link)),
        "出具日期": in_chinese(event.on),
        "收件日期": in_chinese(letter.received_on),
        "收件单位": str(letter.office),
        "信访形式": CHANNELS.get(letter.channel, ""),
        "诉求": text["request"],
        "承办单位": str(letter.unit or letter.office),
        "受理日期": in_chinese(letter.accepted_on),
        CODE: f"{code[:4]}-{code[4:]}" if code else "",
    }
    values |= _of_step(letter, event, record)
    if MASKED in PAPERS[link.kind].fields and not letter.is_sealed:
        values[MASKED] = masked_names(letter)
    # The paper's own sentences end with a full stop; a value brings none.
    return {
        name: values.get(name, "").strip().rstrip("。；;.")
        for name in PAPERS[link.kind].fields
    }


def _record(letter: Letter, event: LetterEvent) -> dict[str, str]:
    record = dict(event.record)
    if event.sealed_record:
        record |= read_sealed(
            event.sealed_record, purpose="letter", seal_id=letter.seal_id
        )
    return record


def _of_step(
    letter: Letter, event: LetterEvent, record: Mapping[str, str]
) -> dict[str, str]:
    """What the step itself has recorded."""
    if event.step == Step.ACCEPT:
        return {
            "办理途径": ROUTES.get(record.get("route", ""), ""),
            "办结期限": _clock(letter, Clock.HANDLE),
        }
    if event.step == Step.NOT_ACCEPT:
        return {
            "不予受理理由": GROUNDS.get(record.get("ground", ""), ""),
            "去向": record.get("where_to", ""),
        }
    if event.step == Step.EXTEND:
        return {
            "延长天数": str(record.get("days") or ""),
            "延期理由": record.get("reasons", ""),
            "延长后期限": _clock(letter, Clock.EXTENSION),
        }
    if event.step == Step.ANSWER:
        return {
            "认定事实": record.get("facts", ""),
            "理由": record.get("reasons", ""),
            "处理结果": OUTCOMES.get(record.get("outcome", ""), ""),
            "处理意见": record.get("opinion", ""),
            "法律依据": record.get("legal_basis", ""),
            "救济途径": record.get("remedy", ""),
        }
    if event.step == Step.URGE:
        return {
            "收文单位": str(letter.review_unit or letter.unit or ""),
            "催办理由": record.get("reasons", ""),
            "当前期限": in_chinese(letter.due_legal_on),
        }
    return {
        "收文单位": str(event.to_unit or ""),
        "公文种类": "交办" if record.get("report_on") else "转送",
        "转办理由": record.get("reasons") or record.get("decision", ""),
        "告知期限": _clock(letter, Clock.NOTICE_FORWARDED),
        "反馈期限": in_chinese(record.get("report_on")),
    }


def _clock(letter: Letter, clock: Clock) -> str:
    row = letter.clocks.filter(clock=clock).order_by("-started_on", "-pk").first()
    return in_chinese(row.legal_on) if row else ""


def in_chinese(day: date | str | None) -> str:
    """2026年3月2日, as official papers write it."""
    if not day:
        return ""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{day.year}年{day.month}月{day.day}日"


def masked_names(letter: Letter) -> str:
    """王某; nothing of a name that is to be kept secret, or that nobody gave."""
    if letter.keep_name_secret:
        return ""
    rows = letter.petitioners.order_by("position")
    return "、".join(name for row in rows if (name := row.masked()["name"]))


def missing_of(kind: str, values: Mapping[str, str]) -> list[Missing]:
    return [
        Missing(FIELDS[name].label, step.label)
        for name in missing(kind, values)
        if (step := FIELDS[name].step)
    ]


def has_name(letter: Letter) -> bool:
    """Whether anyone gave a name; without one the notice is waived (Art. 23)."""
    return any(row.masked()["name"] for row in letter.petitioners.all())
