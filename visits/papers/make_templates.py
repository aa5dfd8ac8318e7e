"""Make the papers that are used until an office brings its own:

    python visits/papers/make_templates.py

Measures follow GB/T 9704: A4, 28 signs a line, fixed lines, title in 22 points. The
fonts are those of official papers; where they are not installed, their newer names
stand in.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

HERE = Path(__file__).parent
RED = RGBColor(0xC0, 0x00, 0x00)
LATIN = "Times New Roman"
SONG, FANG, HEI = "宋体", "仿宋_GB2312", "黑体"
# What to use where a font is not installed.
STANDS_IN = {SONG: "SimSun", FANG: "FangSong", HEI: "SimHei"}
CENTER, RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT

# Style, font, size, what else.
STYLES: tuple[tuple[str, str, float, dict[str, Any]], ...] = (
    ("Paper Head", SONG, 30, {"align": CENTER, "red": True, "bold": True}),
    ("Paper Number", FANG, 16, {"align": CENTER, "line": True}),
    ("Paper Title", SONG, 22, {"align": CENTER, "bold": True, "around": 18}),
    ("Paper To", FANG, 16, {}),
    ("Paper Text", FANG, 16, {"indent": 32}),
    ("Paper Label", HEI, 16, {"indent": 32}),
    ("Paper Sign", FANG, 16, {"align": RIGHT, "right": 32}),
    ("Paper Note", FANG, 12, {"small": True}),
)
HEAD = [("Paper Head", "{{ 出具单位 }}"), ("Paper Number", "编号：{{ 编号 }}")]
SIGN = [
    ("Paper Text", ""),
    ("Paper Sign", "{{ 出具单位 }}"),
    ("Paper Sign", "{{ 出具日期 }}"),
]


def text(*lines: str) -> list[tuple[str, str]]:
    return [("Paper Text", line) for line in lines]


def part(label: str, line: str) -> list[tuple[str, str]]:
    return [("Paper Label", label), ("Paper Text", line)]


TO_PERSON = ("Paper To", "{{ 信访人 }}：")
TO_UNIT = ("Paper To", "{{ 收文单位 }}：")
PAPERS: dict[str, list[tuple[str, str]]] = {
    "receipt": [
        *HEAD,
        ("Paper Title", "信访事项登记回执"),
        *text(
            "你（们）于{{ 收件日期 }}以{{ 信访形式 }}形式提出的信访事项，"
            "{{ 收件单位 }}已经登记，编号为{{ 编号 }}。",
            "{% if 查询码 %}凭编号和查询码{{ 查询码 }}可以查询办理进度和结果，"
            "请妥善保管。"
            "{% else %}凭编号和登记时交给你（们）的查询码，可以查询办理进度和结果。"
            "{% endif %}",
            "你（们）依法享有下列权利：信访事项自收到之日起十五日内得到是否受理的书面告知；"
            "申请与信访事项或者信访人有直接利害关系的工作人员回避；"
            "要求对姓名保密；对处理意见不服的，请求复查、复核。",
            "任何组织和个人不得打击报复信访人。受到压力或者打击报复的，"
            "可以凭编号和查询码直接向上级机关反映。",
        ),
        *SIGN,
    ],
    "acceptance": [
        *HEAD,
        ("Paper Title", "信访事项受理告知书"),
        TO_PERSON,
        *text(
            "你（们）提出的关于“{{ 诉求 }}”的信访事项，本机关于{{ 收件日期 }}收到。"
            "根据《信访工作条例》第二十三条、第三十一条规定，"
            "决定自{{ 受理日期 }}起受理，按照{{ 办理途径 }}办理。",
            "该事项由{{ 承办单位 }}承办。{% if 办结期限 %}"
            "应当在{{ 办结期限 }}前办结；情况复杂的，经本机关负责人批准，"
            "可以延长办理期限，但延长期限不超过三十日，并告知延期理由。{% endif %}",
            "承办人员与信访事项或者信访人有直接利害关系的，你（们）可以申请其回避。",
            "特此告知。",
        ),
        *SIGN,
    ],
    "refusal": [
        *HEAD,
        ("Paper Title", "信访事项不予受理告知书"),
        TO_PERSON,
        *text(
            "你（们）提出的关于“{{ 诉求 }}”的信访事项，本机关于{{ 收件日期 }}收到。"
            "经审查，{{ 不予受理理由 }}。根据《信访工作条例》有关规定，决定不予受理。",
            "该事项请向下列机关或者通过下列途径提出：{{ 去向 }}。",
            "有新的事实和理由的，可以重新提出。",
            "特此告知。",
        ),
        *SIGN,
    ],
    "extension": [
        *HEAD,
        ("Paper Title", "信访事项延期办理告知书"),
        TO_PERSON,
        *text(
            "你（们）提出的关于“{{ 诉求 }}”的信访事项，本机关已于{{ 受理日期 }}受理。"
            "因{{ 延期理由 }}，不能在原定期限内办结。",
            "根据《信访工作条例》第三十四条规定，经本机关负责人批准，"
            "办理期限延长{{ 延长天数 }}日，至{{ 延长后期限 }}。",
            "特此告知。",
        ),
        *SIGN,
    ],
    "opinion": [
        *HEAD,
        ("Paper Title", "信访事项处理意见书"),
        TO_PERSON,
        *text(
            "你（们）提出的信访事项，本机关于{{ 收件日期 }}收到"
            "{% if 受理日期 %}，{{ 受理日期 }}受理{% endif %}。"
            "现已办理完毕，处理意见如下：",
        ),
        *part("一、信访请求", "{{ 诉求 }}。"),
        *part("二、认定的事实", "{{ 认定事实 }}。"),
        *part("三、处理意见及理由", "{{ 处理意见 }}。"),
        *text("理由：{{ 理由 }}。", "对信访请求：{{ 处理结果 }}。"),
        *part("四、法律、法规、规章和政策依据", "{{ 法律依据 }}。"),
        *part("五、救济途径和期限", "{{ 救济途径 }}。"),
        *SIGN,
    ],
    "transfer": [
        *HEAD,
        ("Paper Title", "信访事项{{ 公文种类 }}函"),
        TO_UNIT,
        *text(
            "我单位于{{ 收件日期 }}收到{% if 信访人隐名 %}{{ 信访人隐名 }}{% endif %}"
            "以{{ 信访形式 }}形式提出的信访事项：{{ 诉求 }}。",
            "根据《信访工作条例》第二十二条规定，现将该信访事项{{ 公文种类 }}你单位。"
            "{{ 转办理由 }}。",
            "请依法依规处理，{% if 告知期限 %}于{{ 告知期限 }}前书面告知信访人"
            "是否受理，{% endif %}并对信访人的个人信息保密，"
            "不得将检举控告材料及有关情况透露或者转给被检举控告的人员或者单位。",
            "{% if 反馈期限 %}请于{{ 反馈期限 }}前向我单位报告办理结果。{% endif %}"
            "认为不属于你单位职权范围的，请自收到之日起五个工作日内提出异议，"
            "并说明理由，经我单位同意后退回。",
        ),
        *SIGN,
    ],
    "reminder": [
        *HEAD,
        ("Paper Title", "信访事项督办函"),
        TO_UNIT,
        *text(
            "我单位于{{ 收件日期 }}收到、由你单位办理的信访事项：{{ 诉求 }}。",
            "{{ 催办理由 }}。根据《信访工作条例》第三十九条规定，现予督办。"
            "{% if 当前期限 %}该事项的法定期限为{{ 当前期限 }}。{% endif %}",
            "请抓紧办理，并将办理情况和未按期办理的原因报告我单位。",
        ),
        *SIGN,
    ],
    "report": [
        ("Paper Head", "{% if 出具单位 %}{{ 出具单位 }}{% endif %}"),
        ("Paper Number", "{{ 统计期间 }}"),
        ("Paper Title", "{{ 标题 }}"),
        ("Paper To", "统计对象：{{ 统计对象 }}"),
        ("Paper To", "用途：{{ 用途 }}"),
        ("Paper Text", "{{ 报表内容 }}"),
        ("Paper Note", "导出：{{ 导出信息 }}"),
        ("Paper Sign", "{{ 出具单位 }}"),
        ("Paper Sign", "{{ 出具日期 }}"),
    ],
}


def _font(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size = LATIN, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:cs"), LATIN)
    fonts.set(qn("w:hint"), "eastAsia")


def _style(document: Any, name: str, font: str, size: float, more: Any) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    _font(style, font, size)
    style.font.bold = bool(more.get("bold"))
    if more.get("red"):
        style.font.color.rgb = RED
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(more.get("around", 0))
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Pt(max(size * 1.4, 18 if more.get("small") else 28))
    if "align" in more:
        form.alignment = more["align"]
    if "indent" in more:
        form.first_line_indent = Pt(more["indent"])
    if "right" in more:
        form.right_indent = Pt(more["right"])
    if more.get("line"):
        _red_line(style)


def _red_line(style: Any) -> None:
    """The red line under the head of an official paper."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    values = {"val": "single", "sz": "18", "space": "6", "color": "C00000"}
    for name, value in values.items():
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    style.element.get_or_add_pPr().insert_element_before(
        borders, "w:spacing", "w:ind", "w:jc"
    )


def _stand_ins(document: Any) -> None:
    """Which font to take when one is not installed, in the table of fonts."""
    for part_ in document.part.package.iter_parts():
        if part_.partname == "/word/fontTable.xml":
            entries = "".join(
                f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>'
                for name, other in STANDS_IN.items()
            )
            part_._blob = part_.blob.replace(
                b"</w:fonts>", f"{entries}</w:fonts>".encode()
            )


def make(lines: list[tuple[str, str]], title: str) -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"], FANG, 16)
    for style in STYLES:
        _style(document, *style)
    for name, line in lines:
        document.add_paragraph(line, style=name)
    # Unit and date never stand alone on a page; a heading never at its foot.
    *body, _date = document.paragraphs
    for paragraph in body[-3:]:
        paragraph.paragraph_format.keep_with_next = True
    for paragraph in body:
        if paragraph.style and paragraph.style.name == "Paper Label":
            paragraph.paragraph_format.keep_with_next = True
    _stand_ins(document)
    about = document.core_properties
    about.author, about.comments, about.title = "四下基层", "", title
    return document


if __name__ == "__main__":
    for name, paper in PAPERS.items():
        title = next(line for style, line in paper if style == "Paper Title")
        make(paper, title.replace("{{ 公文种类 }}", "")).save(
            str(HERE / f"{name}.docx")
        )
