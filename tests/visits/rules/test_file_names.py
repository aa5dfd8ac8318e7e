import pytest

from visits.rules.file_kinds import JPEG, PDF, TEXT
from visits.rules.file_names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("name", "kind", "cleaned"),
    [
        ("来信.pdf", PDF, "来信.pdf"),
        ("照片.JPEG", JPEG, "照片.jpeg"),
        ("照片.png", JPEG, "照片.jpg"),
        ("照片", JPEG, "照片.jpg"),
        ("evil.html", TEXT, "evil.txt"),
        ("evil.svg", TEXT, "evil.txt"),
        ("公式.csv", TEXT, "公式.txt"),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        ("C:\\temp\\信.pdf", PDF, "信.pdf"),
        ("a\x00b\r\nSet-Cookie: x.pdf", PDF, "abSet-Cookie_ x.pdf"),
        ("a\u202efdp.exe", PDF, "afdp.pdf"),
        ("..pdf", PDF, "pdf.pdf"),
        ("", PDF, "file.pdf"),
        ("   . .", PDF, "file.pdf"),
        ('a"b<c>.pdf', PDF, "a_b_c_.pdf"),
        ("2024.06.清单.pdf", PDF, "2024.06.清单.pdf"),
        ("e\u0301.pdf", PDF, "\u00e9.pdf"),
    ],
)
def test_clean_name(name, kind, cleaned):
    assert clean_name(name, kind) == cleaned


def test_a_long_name_keeps_its_ending():
    cleaned = clean_name("长" * 300 + ".pdf", PDF)

    assert len(cleaned) == LONGEST
    assert cleaned.endswith("长.pdf")
