import pytest

from visits.rules.identity_numbers import has_identity_number
from visits.rules.representatives import representatives_in


@pytest.mark.parametrize(
    "text",
    [
        "320302198001010017",
        "身份证32030219800101001X。",
        "32030219800101001x",
        "３２０３０２１９８００１０１００１７",
        "320302 19800101 0017",
        "320302-19800101-0017",
    ],
)
def test_what_reads_as_an_identity_number_is_found(text):
    assert has_identity_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "13800002207",
        "6222021234567890123",  # a bank card has 19 digits
        "320302198013010017",  # no such month
        "订单 20261124000000000001",
        "住户四十六户，三号楼",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert not has_identity_number(text)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("", []),
        ("王芳", [("王芳", "")]),
        ("王芳 13800000001；赵强", [("王芳", "13800000001"), ("赵强", "")]),
        (
            "王芳，13800000001; Anna Li a@b.c",
            [("王芳", "13800000001"), ("Anna Li", "a@b.c")],
        ),
        ("；；\n", []),
    ],
)
def test_representatives_are_read_from_one_field(text, people):
    assert representatives_in(text) == people
