"""Names and numbers as screens at counters show them (handbook 12.3)."""

from collections.abc import Mapping

# Two-character surnames that are still common; others count as one character.
DOUBLE_SURNAMES = (
    "欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人",
    "夏侯", "诸葛", "尉迟", "公羊", "赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶",
    "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文", "司徒", "鲜于", "司空",
    "令狐", "百里", "呼延", "东郭", "南门", "西门",
)  # fmt: skip


def masked_name(name: str) -> str:
    """王某 for a Chinese name; the first letter of any other; nothing for none."""
    name = name.strip()
    if not name:
        return ""
    if name.startswith(DOUBLE_SURNAMES) and len(name) > 2:
        return f"{name[:2]}某"
    return f"{name[0]}某" if ord(name[0]) > 0x2E7F else f"{name[0]}***"


def masked_contact(contact: str) -> str:
    """The first three and last four signs of a long number; stars for what is short."""
    contact = contact.strip()
    if not contact:
        return ""
    if len(contact) < 8:
        return "****"
    return f"{contact[:3]}****{contact[-4:]}"


def without(text: str, names: Mapping[str, str]) -> str:
    """The text with each of these words replaced, the longest first, never longer."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, names[name][: len(name)])
    return text


def words_to_mask(identity: Mapping[str, str], *, kind: str) -> dict[str, str]:
    """What tells who wrote where it stands in a text, and what stays in its place.

    Nothing so short that it would be found in words that mean something else.
    """
    shown = masked(identity, kind=kind)
    found = {}
    for part, least in (("name", 2), ("contact", 5), ("address", 5)):
        word = identity.get(part, "").strip()
        if len(word) >= least:
            found[word] = shown[part] if part == "name" else "****"
    return found


def masked(identity: Mapping[str, str], *, kind: str) -> dict[str, str]:
    """Of a child not even a surname or four digits stay (PIPL Arts. 28, 31)."""
    name = identity.get("name", "")
    if kind == "child":
        return {
            "name": "某某" if name.strip() else "",
            "address": "****" if identity.get("address") else "",
            "contact": "****" if identity.get("contact", "").strip() else "",
        }
    is_organisation = kind == "organisation"
    return {
        "name": name[:2] + "***" if is_organisation and name else masked_name(name),
        "address": "****" if identity.get("address") else "",
        "contact": masked_contact(identity.get("contact", "")),
    }
