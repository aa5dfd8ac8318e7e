import pytest

from cadres.rules.levels import Kind, Level
from cadres.rules.pinyin import spelled
from cadres.rules.place_codes import is_dummy, is_zone_code, parent_code
from cadres.rules.place_names import kind_of, short_name


@pytest.mark.parametrize(
    ("code", "name", "kind"),
    [
        ("32", "江苏省", Kind.PROVINCE),
        ("11", "北京市", Kind.MUNICIPALITY),
        ("15", "内蒙古自治区", Kind.AUTONOMOUS_REGION),
        ("3203", "徐州市", Kind.CITY),
        ("6532", "和田地区", Kind.PREFECTURE),
        ("1522", "兴安盟", Kind.LEAGUE),
        ("4228", "恩施土家族苗族自治州", Kind.AUTONOMOUS_PREFECTURE),
        ("320302", "鼓楼区", Kind.DISTRICT),
        ("321183", "句容市", Kind.COUNTY_CITY),
        ("320321", "丰县", Kind.COUNTY),
        ("130321", "青龙满族自治县", Kind.AUTONOMOUS_COUNTY),
        ("150223", "达尔罕茂明安联合旗", Kind.BANNER),
        ("320302008", "拾屯街道", Kind.SUBDISTRICT),
        ("320312106", "棠张镇", Kind.TOWN),
        ("350921200", "盐田畲族乡", Kind.TOWNSHIP),
        ("441900401", "松山湖", Kind.TOWNSHIP_ZONE),
        ("320302008001", "某社区居委会", Kind.RESIDENTS),
        ("320312106201", "牌坊村委会", Kind.VILLAGERS),
        ("320312106498", "虚拟生活区", Kind.OTHER),
    ],
)
def test_kind_of_reads_name_and_number(code, name, kind):
    assert kind_of(code, name) == kind


def test_kind_of_a_zone_is_no_district():
    assert kind_of("320371", "徐州经济技术开发区", is_zone=True) == Kind.ZONE


@pytest.mark.parametrize(
    ("name", "level", "short"),
    [
        ("江苏省", Level.PROVINCE, "江苏"),
        ("徐州市", Level.PREFECTURE, "徐州"),
        ("恩施土家族苗族自治州", Level.PREFECTURE, "恩施"),
        ("鼓楼区", Level.COUNTY, "鼓楼区"),
        ("句容市", Level.COUNTY, "句容市"),
        ("拾屯街道", Level.TOWNSHIP, "拾屯街道"),
        ("牌坊村委会", Level.VILLAGE, "牌坊村"),
        ("牌坊村村民委员会", Level.VILLAGE, "牌坊村"),
        ("黄楼社区居委会", Level.VILLAGE, "黄楼社区"),
        ("黄楼居委会", Level.VILLAGE, "黄楼居委会"),
    ],
)
def test_short_name_is_what_stands_in_a_path(name, level, short):
    assert short_name(name, level) == short


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("鼓楼区", "gulouqu", "glq"),
        ("重庆市", "chongqingshi", "cqs"),
        ("长沙市", "changshashi", "css"),
        ("𠮷村", "𠮷cun", "𠮷c"),
    ],
)
def test_spelled_knows_words_and_keeps_rare_characters(name, pinyin, initials):
    assert spelled(name) == (pinyin, initials)


@pytest.mark.parametrize(
    ("code", "parent"),
    [
        ("32", None),
        ("3203", "32"),
        ("320302", "3203"),
        ("320302008", "320302"),
        ("320302008001", "320302008"),
        ("441900003", "4419"),
        ("620201001", "6202"),
    ],
)
def test_parent_code_knows_cities_without_counties(code, parent):
    assert parent_code(code) == parent


@pytest.mark.parametrize("code", ["", "3", "320", "32030", "3203a2", "３２"])
def test_parent_code_refuses_what_is_no_code(code):
    with pytest.raises(ValueError):
        parent_code(code)


def test_zones_and_dummy_rows_are_told_by_code_and_name():
    assert [is_zone_code(code) for code in ("320371", "320302", "32037")] == [
        True,
        False,
        False,
    ]
    assert is_dummy("1101", "市辖区")
    assert is_dummy("6590", "自治区直辖县级行政区划")
    assert not is_dummy("3203", "徐州市")
