from datetime import date

from django.db import migrations

IN_FORCE = date(2022, 5, 1)
RULES = [
    ("C1", 15, "calendar", "22"),
    ("C2", 0, "calendar", "22, 25"),
    ("C3", 15, "calendar", "23(2)"),
    ("C4", 15, "calendar", "23(3)"),
    ("C5", 5, "working", "23(3)"),
    ("C7", 60, "calendar", "34"),
    ("C8", 30, "calendar", "34"),
    ("C9", 30, "calendar", "35"),
    ("C10", 30, "calendar", "35"),
    ("C11", 30, "calendar", "36"),
    ("C12", 30, "calendar", "36"),
]
SUBJECTS = [
    ("城乡建设", "cxjs"), ("农业农村", "nync"), ("自然资源", "zrzy"), ("住房保障", "zfbz"),
    ("劳动社保", "ldsb"), ("医疗卫生", "ylws"), ("教育", "jy"), ("民政救助", "mzjz"),
    ("交通运输", "jtys"), ("水利水务", "slsw"), ("生态环境", "sthj"), ("市场监管", "scjg"),
    ("公共安全", "ggaq"), ("村务公开", "cwgk"), ("物业管理", "wygl"), ("供电通信", "gdtx"),
    ("文化体育", "whty"), ("退役军人", "tyjr"), ("其他", "qt"),
]  # fmt: skip


def fill(apps, schema_editor):
    rule = apps.get_model("visits", "ClockRule")
    rule.objects.bulk_create(
        rule(
            clock=clock,
            days=days,
            mode=mode,
            valid_from=IN_FORCE,
            basis=f"信访工作条例 {article}",
        )
        for clock, days, mode, article in RULES
    )
    subject = apps.get_model("visits", "ContentSubject")
    subject.objects.bulk_create(
        subject(name=name, initials=initials) for name, initials in SUBJECTS
    )


def empty(apps, schema_editor):
    apps.get_model("visits", "ClockRule").objects.all().delete()
    apps.get_model("visits", "ContentSubject").objects.all().delete()


class Migration(migrations.Migration):
    """The national rules of the Regulations, and a first list that offices extend."""

    dependencies = [("visits", "0003_access_append_only")]
    operations = [migrations.RunPython(fill, empty)]
