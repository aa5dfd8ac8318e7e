from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cadres.actions.load_places import NotAPlaceList, load_places
from cadres.models import District, Succession
from cadres.rules.place_lines import Fault

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
SMALL = [
    "code,name",
    "32,江苏省",
    "3203,徐州市",
    "320302,鼓楼区",
    "320302008,拾屯街道",
    "320302008001,天齐社区居委会",
]


def load(*lines, **options):
    return load_places(lines, on=TODAY, **options)


def by_code(code):
    return District.objects.get(code=code)


def counts(report):
    return report.added, report.changed, report.unchanged, len(report.refused)


def faults(report):
    return [(it.line, it.code, it.fault) for it in report.refused]


def test_load_places_adds_and_fills_in_all(db):
    report = load(*SMALL)

    assert counts(report) == (5, 0, 0, 0)
    village, township = by_code("320302008001"), by_code("320302008")
    assert village.path == "江苏 / 徐州 / 鼓楼区 / 拾屯街道 / 天齐社区"
    assert (township.pinyin, township.initials) == ("shitunjiedao", "stjd")
    assert village.parent == township
    assert village.chain_ids == [
        by_code(code).pk for code in ("32", "3203", "320302", "320302008")
    ] + [village.pk]
    assert (village.kind, village.valid_from) == ("residents", TODAY)


def test_load_places_again_changes_nothing():
    load(*SMALL)

    assert counts(load(*SMALL)) == (0, 0, 5, 0)


def test_load_places_changes_names_and_carries_paths_down():
    load(*SMALL)

    report = load("code,name", "3203,彭城市")

    assert counts(report) == (0, 1, 0, 0)
    assert by_code("320302008001").path.startswith("江苏 / 彭城 / 鼓楼区 / ")
    [change] = report.changes
    assert (change.line, change.code) == (2, "3203")
    assert change.before.startswith("江苏 / 徐州")
    assert change.after.startswith("江苏 / 彭城")


def test_load_places_moves_a_township_and_its_villages():
    load(*SMALL, "320312,铜山区")

    load("code,name,parent", "320302008,拾屯街道,320312")

    village = by_code("320302008001")
    assert village.path == "江苏 / 徐州 / 铜山区 / 拾屯街道 / 天齐社区"
    assert village.county == by_code("320312")


def test_load_places_keeps_what_the_list_has_no_column_for():
    load("code,name,is_zone,aliases", "32,江苏省,0,苏 吴", "3203,徐州市,1,彭城")

    load("code,name", "32,江苏省", "3203,徐州市")

    assert by_code("32").aliases == ["苏", "吴"]
    assert by_code("3203").is_zone


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("3203x2,坏区", Fault.CODE),
        ("32030,坏区", Fault.CODE),
        ("320399,", Fault.NAME),
        ("320399," + "长" * 61, Fault.NAME),
        ("329901,孤儿区", Fault.PARENT),
        ("320302,鼓楼区", Fault.DOUBLED),
        ("320398,某区,4", Fault.LEVEL),
        ("320302010,某街道,,3203", Fault.LEVEL),
        ("320397,某区,,,2020-13-01", Fault.DATE),
        ("320397,某区,,,2020-02-01,2020-01-01", Fault.DATE),
        ("320302,鼓楼区,,,2020-01-01", Fault.OVERLAP),
        ("320396,某区,,,,,,999999", Fault.MANAGER),
        ("320395,某区,,,,,hearsay", Fault.SOURCE),
        ("320394,某区,,,,,,,320399@2020-01-01/merged", Fault.SUCCESSOR),
        ("320394,某区,,,,,,,320302@2020-01-01/eaten", Fault.SUCCESSOR),
    ],
)
def test_load_places_refuses_by_line_and_then_loads_nothing(line, fault):
    columns = "code,name,level,parent,valid_from,valid_to,source,managed_by,successors"
    lines = [columns, *SMALL[1:], line]

    report = load(*lines)

    assert faults(report) == [(7, line.split(",")[0], fault)]
    assert not report.is_loaded
    assert not District.objects.exists()


def test_load_places_keeps_going_without_the_refused_and_what_hangs_on_them():
    report = load(
        *SMALL,
        "329901,孤儿区",
        "329901001,孤儿街道",
        "32030a,坏区",
        keep_going=True,
    )

    assert report.is_loaded
    assert faults(report) == [
        (7, "329901", Fault.PARENT),
        (8, "329901001", Fault.PARENT),
        (9, "32030a", Fault.CODE),
    ]
    assert District.objects.count() == 5


def test_load_places_keeps_going_past_parents_that_fail_late():
    report = load(
        "code,name,managed_by",
        "32,江苏省,",
        "3203,徐州市,999999",
        "320302,鼓楼区,",
        "320302008,拾屯街道,",
        keep_going=True,
    )

    assert [it.fault for it in report.refused] == [
        Fault.MANAGER,
        Fault.PARENT,
        Fault.PARENT,
    ]
    assert [place.code for place in District.objects.all()] == ["32"]


def test_load_places_in_a_preview_says_all_and_changes_nothing():
    load(*SMALL)

    report = load("code,name", "32,江苏省", "3203,彭城市", "3201,南京市", preview=True)

    assert counts(report) == (1, 1, 1, 0)
    assert not report.is_loaded
    assert by_code("3203").name == "徐州市"
    assert District.objects.count() == 5


def test_load_places_wants_a_header():
    with pytest.raises(NotAPlaceList):
        load("32,江苏省")


def test_load_places_takes_the_statistical_lines_of_a_city_without_counties():
    report = load(
        "code,name",
        "44,广东省",
        "4419,东莞市",
        "441900,东莞市",
        "441900003,东城街道",
    )

    assert counts(report) == (3, 0, 0, 0)
    assert by_code("441900003").path == "广东 / 东莞 / 东城街道"


def test_command_reports_lines_and_fails(tmp_path):
    path = tmp_path / "地方 list.csv"
    path.write_text("\n".join([*SMALL, "329901,孤儿区"]), encoding="utf-8-sig")
    out, err = StringIO(), StringIO()

    with pytest.raises(CommandError, match="Nothing is loaded"):
        call_command("load_places", path, stdout=out, stderr=err)

    assert "7: 329901" in err.getvalue()
    assert not District.objects.exists()
    call_command("load_places", path, "--keep-going", stdout=out, stderr=err)
    assert "5 added, 0 changed, 0 as before, 1 refused" in out.getvalue()


def test_command_previews(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("\n".join(SMALL), encoding="utf-8")
    out = StringIO()

    call_command("load_places", path, "--preview", stdout=out)

    assert "5 added" in out.getvalue()
    assert not District.objects.exists()


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"code,name\n32,\xff\xfe\n"])
def test_command_answers_files_that_are_no_list(tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)

    with pytest.raises(CommandError):
        call_command("load_places", path, stdout=StringIO())
    with pytest.raises(CommandError):
        call_command("load_places", tmp_path / "none.csv", stdout=StringIO())


def test_load_places_links_what_a_place_became():
    load(
        "code,name,valid_from,valid_to,successors",
        "32,江苏省,1980-12-31,,",
        "3203,徐州市,1980-12-31,,",
        "320304,矿区,1980-12-31,1995-12-30,320304@1995-12-31/renamed",
        "320304,九里区,1995-12-31,,",
    )

    [link] = Succession.objects.select_related("predecessor", "successor")
    assert (link.predecessor.name, link.successor.name) == ("矿区", "九里区")
    assert (link.reason, link.on) == ("renamed", date(1995, 12, 31))
