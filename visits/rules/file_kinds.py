"""What a file is, told by its content alone; its name and its sender are not asked.

A file that is two things at once (a PDF that also opens as an archive, a page in front
of a PDF) is refused: nobody needs one.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_ENTRIES = 2000
MOST_UNPACKED = 200 * 2**20  # bytes
MOST_RATIO = 150  # unpacked to packed, once it is more than a few MB
RATIO_FROM = 10 * 2**20  # bytes
END_OF_ARCHIVE = b"PK\x05\x06"


@dataclass(frozen=True, eq=False)  # its label has another hash in each language
class FileKind:
    content_type: str
    label: str | Promise
    extension: str  # first of those it may have
    others: tuple[str, ...] = ()
    is_picture: bool = False


JPEG = FileKind("image/jpeg", _("Picture"), "jpg", ("jpeg",), is_picture=True)
PNG = FileKind("image/png", _("Picture"), "png", is_picture=True)
WEBP = FileKind("image/webp", _("Picture"), "webp", is_picture=True)
GIF = FileKind("image/gif", _("Picture"), "gif", is_picture=True)
TIFF = FileKind("image/tiff", _("Picture"), "tiff", ("tif",), is_picture=True)
PDF = FileKind("application/pdf", _("PDF"), "pdf")
OOXML = "application/vnd.openxmlformats-officedocument"
DOCX = FileKind(f"{OOXML}.wordprocessingml.document", _("Word document"), "docx")
XLSX = FileKind(f"{OOXML}.spreadsheetml.sheet", _("Excel sheet"), "xlsx")
DOC = FileKind("application/msword", _("Word document"), "doc", ("wps",))
XLS = FileKind("application/vnd.ms-excel", _("Excel sheet"), "xls", ("et",))
TEXT = FileKind("text/plain", _("Text"), "txt", ("md", "csv"))
KINDS = (JPEG, PNG, WEBP, GIF, TIFF, PDF, DOCX, XLSX, DOC, XLS, TEXT)
BY_TYPE = {kind.content_type: kind for kind in KINDS}


class NoSuchKind(Exception):
    """The file is none of the kinds taken; `code` and `message` say why."""

    def __init__(self, message: str | Promise, *, code: str = "kind") -> None:
        super().__init__(code)
        self.message, self.code = message, code


def kind_of(data: bytes) -> FileKind:
    """Return what `data` is.

    Raises:
        NoSuchKind: code `empty`, `kind`, `macros`, `bomb`, `damaged`, `two_in_one`.
    """
    if not data:
        raise NoSuchKind(_("The file is empty."), code="empty")
    if picture := _picture(data):
        return picture
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return office_kind(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _old_office(data)
    if _is_text(data):
        return TEXT
    raise NoSuchKind(
        _("Only pictures, PDF, Word, Excel and plain text files are taken.")
    )


def _picture(data: bytes) -> FileKind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data.startswith((b"II*\x00", b"MM\x00*")):
        return TIFF
    return None


def _pdf(data: bytes) -> FileKind:
    if b"%%EOF" not in data[-1024:]:
        text = _("The PDF is damaged, or something hangs on at its end.")
        raise NoSuchKind(text, code="damaged")
    if END_OF_ARCHIVE in data[-66_000:]:
        text = _("This file is a PDF and an archive at once.")
        raise NoSuchKind(text, code="two_in_one")
    return PDF


def office_kind(data: bytes) -> FileKind:
    """Look into a zipped office file: its parts, its size unpacked, its macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _no_bomb(entries, len(data))
            names = {entry.filename for entry in entries}
            if "[Content_Types].xml" not in names:
                raise NoSuchKind(_("Archives are not taken; send the files in it."))
            _unpack_once(archive, entries)
            types = archive.read("[Content_Types].xml")
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, ValueError) as why:
        raise NoSuchKind(_("The file is damaged."), code="damaged") from why
    except NotImplementedError as why:
        raise NoSuchKind(_("The file is damaged."), code="damaged") from why
    lower = {name.lower() for name in names}
    has_macros = any("vbaproject" in name or "activex" in name for name in lower)
    if has_macros or b"macroenabled" in types.lower():
        text = _("The file holds macros; save it without them.")
        raise NoSuchKind(text, code="macros")
    if "word/document.xml" in names:
        return DOCX
    if "xl/workbook.xml" in names:
        return XLSX
    raise NoSuchKind(_("Of office files, only Word and Excel are taken."))


def _no_bomb(entries: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    too_dense = unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or too_dense:
        text = _("Unpacked, this file would be too large.")
        raise NoSuchKind(text, code="bomb")


def _unpack_once(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """What an entry says of its size may be a lie: reading it shows."""
    for entry in entries:
        with archive.open(entry) as unpacked:
            while unpacked.read(2**20):
                pass


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _old_office(data: bytes) -> FileKind:
    """The compound files of Word and Excel before 2007, by their streams' names."""
    if _wide("_VBA_PROJECT") in data:
        text = _("The file holds macros; save it without them.")
        raise NoSuchKind(text, code="macros")
    if _wide("WordDocument") in data:
        return DOC
    if _wide("Workbook") in data:
        return XLS
    raise NoSuchKind(
        _("Of office files, only Word and Excel without a password are taken.")
    )


def _is_text(data: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text)
    return False
