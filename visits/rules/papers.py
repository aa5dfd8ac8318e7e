"""The papers of a letter: which there are, from which step, and what stands in them.

Papers are Chinese documents, so the names of their fields are, too: the office writes
them into its own templates with its word processor.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from visits.rules.letter_states import Actor, Step


class PaperKind(TextChoices):
    RECEIPT = "receipt", _("Receipt")
    ACCEPTANCE = "acceptance", _("Notice of acceptance")
    REFUSAL = "refusal", _("Notice of refusal")
    EXTENSION = "extension", _("Extension notice")
    OPINION = "opinion", _("Handling opinion")
    TRANSFER = "transfer", _("Transfer letter")
    REMINDER = "reminder", _("Reminder")
    # Of no letter: what a report is exported in.
    REPORT = "report", _("Report")


@dataclass(frozen=True)
class PaperField:
    """A field of a paper, the step that records it, and a value to try it out with.

    Without a step it belongs to a report.
    """

    label: str | Promise
    step: Step | None
    sample: str


NAME = "信访人"
MASKED = "信访人隐名"
CODE = "查询码"
TABLES = "报表内容"
FIELDS: Mapping[str, PaperField] = {
    "编号": PaperField(_("Reference"), Step.RECEIVE, "K7PM-4TQX"),
    NAME: PaperField(_("Petitioner, full name"), Step.RECEIVE, "王小明"),
    MASKED: PaperField(_("Petitioner, name masked"), Step.RECEIVE, "王某"),
    "收件日期": PaperField(_("Received on"), Step.RECEIVE, "2026年3月2日"),
    "收件单位": PaperField(_("Received by"), Step.RECEIVE, "徐州市信访局"),
    "信访形式": PaperField(_("Channel"), Step.RECEIVE, "来信"),
    "诉求": PaperField(_("Request"), Step.RECEIVE, "集镇排水沟淤堵"),
    CODE: PaperField(_("One-time code"), Step.RECEIVE, "H4WD-9K2M"),
    "出具单位": PaperField(_("Issued by"), Step.RECEIVE, "徐州市水务局"),
    "出具日期": PaperField(_("Issued on"), Step.RECEIVE, "2026年3月12日"),
    "公文种类": PaperField(_("Forwarded or assigned"), Step.FORWARD, "转送"),
    "收文单位": PaperField(_("Unit that gets it"), Step.FORWARD, "徐州市水务局"),
    "转办理由": PaperField(_("Why that unit"), Step.FORWARD, "供水由你单位主管"),
    "告知期限": PaperField(
        _("Notice of acceptance due on"), Step.FORWARD, "2026年3月27日"
    ),
    "反馈期限": PaperField(_("Report due on"), Step.ASSIGN, "2026年4月30日"),
    "承办单位": PaperField(_("Unit in charge"), Step.FORWARD, "徐州市水务局"),
    "受理日期": PaperField(_("Accepted on"), Step.ACCEPT, "2026年3月12日"),
    "办理途径": PaperField(
        _("Procedure"), Step.ACCEPT, "信访程序（《信访工作条例》第三十一条第六项）"
    ),
    "办结期限": PaperField(_("To be handled by"), Step.ACCEPT, "2026年5月11日"),
    "不予受理理由": PaperField(
        _("Ground of refusal"), Step.NOT_ACCEPT, "应当通过其他法定途径解决"
    ),
    "去向": PaperField(_("Where to go"), Step.NOT_ACCEPT, "徐州市劳动人事争议仲裁院"),
    "延长天数": PaperField(_("Days of extension"), Step.EXTEND, "30"),
    "延期理由": PaperField(_("Why extended"), Step.EXTEND, "水质检测尚未完成"),
    "延长后期限": PaperField(_("New date"), Step.EXTEND, "2026年6月10日"),
    "认定事实": PaperField(_("Facts found"), Step.ANSWER, "三号楼水泵损坏属实"),
    "理由": PaperField(_("Reasons"), Step.ANSWER, "供水设施应当及时维修"),
    "处理结果": PaperField(_("Outcome"), Step.ANSWER, "予以支持"),
    "处理意见": PaperField(_("Opinion"), Step.ANSWER, "十五日内更换水泵"),
    "法律依据": PaperField(_("Legal basis"), Step.ANSWER, "《城市供水条例》第二十七条"),
    "救济途径": PaperField(
        _("Remedy and its period"),
        Step.ANSWER,
        "如不服本意见，可自收到之日起三十日内向徐州市人民政府请求复查",
    ),
    "催办理由": PaperField(_("Why urged"), Step.URGE, "已近法定期限，尚未告知信访人"),
    "当前期限": PaperField(_("Date that comes first"), Step.FORWARD, "2026年3月27日"),
    "标题": PaperField(_("Title"), None, "分地区报表"),
    "统计对象": PaperField(_("Place or officials"), None, "江苏省徐州市"),
    "统计期间": PaperField(_("Period"), None, "2026年第四季度"),
    TABLES: PaperField(_("The tables"), None, "（此处为报表表格）"),
    "用途": PaperField(_("Purpose"), None, "提交市委常委会"),
    "导出信息": PaperField(
        _("Who exported it, when, under which number"),
        None,
        "2026年11月30日 · 周敏 · K7PM-4TQX",
    ),
}


@dataclass(frozen=True)
class Paper:
    """`needs` must be there before it is printed; `may` is left out when absent."""

    steps: tuple[Step, ...]
    by: tuple[Actor, ...]
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()

    @property
    def to_person(self) -> bool:
        """Bears the petitioner's full name (handbook 12.3, 4)."""
        return NAME in self.needs

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.needs, *self.may)


K = PaperKind
BY_OFFICE = (K.RECEIPT, K.TRANSFER, K.REMINDER)  # the others, by the handling unit
ISSUED = ("编号", "出具单位", "出具日期")
OF_UNIT = (Actor.UNIT, Actor.HEAD, Actor.OFFICE)
OF_OFFICE = (Actor.OFFICE, Actor.SEALER)
PAPERS: Mapping[str, Paper] = {
    K.RECEIPT: Paper(
        (Step.RECEIVE,),
        (Actor.OFFICE, Actor.SEALER, Actor.UNIT, Actor.HEAD),
        (*ISSUED, "收件日期", "收件单位", "信访形式"),
        (CODE,),
    ),
    K.ACCEPTANCE: Paper(
        (Step.ACCEPT,),
        OF_UNIT,
        (*ISSUED, NAME, "收件日期", "诉求", "受理日期", "办理途径", "承办单位"),
        ("办结期限",),
    ),
    K.REFUSAL: Paper(
        (Step.NOT_ACCEPT,),
        OF_UNIT,
        (*ISSUED, NAME, "收件日期", "诉求", "不予受理理由", "去向"),
    ),
    K.EXTENSION: Paper(
        (Step.EXTEND,),
        OF_UNIT,
        (*ISSUED, NAME, "诉求", "受理日期", "延长天数", "延期理由", "延长后期限"),
    ),
    K.OPINION: Paper(
        (Step.ANSWER,),
        OF_UNIT,
        (
            *ISSUED,
            NAME,
            "收件日期",
            "诉求",
            "认定事实",
            "理由",
            "处理结果",
            "处理意见",
            "法律依据",
            "救济途径",
        ),
        ("受理日期",),
    ),
    K.TRANSFER: Paper(
        # A sealed letter is handed on by two, inside the system: it has no such paper.
        (Step.FORWARD, Step.ASSIGN, Step.DECIDE),
        OF_OFFICE,
        (*ISSUED, "收文单位", "公文种类", "收件日期", "信访形式", "诉求", "转办理由"),
        (MASKED, "告知期限", "反馈期限"),
    ),
    K.REMINDER: Paper(
        (Step.URGE,),
        OF_OFFICE,
        (*ISSUED, "收文单位", "收件日期", "诉求", "催办理由"),
        ("当前期限",),
    ),
    K.REPORT: Paper(
        (),
        (),
        ("标题", "统计对象", "统计期间", TABLES, "用途", "导出信息"),
        ("出具单位", "出具日期"),
    ),
}


def missing(kind: str, values: Mapping[str, str]) -> list[str]:
    """The fields that the paper needs and that hold nothing."""
    return [name for name in PAPERS[kind].needs if not values.get(name, "").strip()]


def samples(kind: str) -> dict[str, str]:
    found = {name: FIELDS[name].sample for name in PAPERS[kind].fields}
    if kind in BY_OFFICE:
        found["出具单位"] = FIELDS["收件单位"].sample
    return found
