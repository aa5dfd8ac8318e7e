"""What the pages of intake are sent, as a browser would."""

import uuid

from django.utils import timezone


def register_data(office, place, **fields):
    return {
        "office": office.pk,
        "received_on": timezone.localdate().isoformat(),
        "channel": "letter",
        "place": place.path,
        "place_id": place.pk,
        "request": "小区自来水时断时续",
        "facts": "三号楼以上每晚无水，住户四十六户。",
        "people": 1,
        "client_key": uuid.uuid4(),
        **rows(
            "petitioners",
            {
                "name": "李测试",
                "contact": "13800002207",
                "address": "测试小区3号楼",
                "kind": "person",
            },
        ),
        **rows("named"),
        **rows("second_named"),
    } | fields


def rows(prefix, *given):
    data = {f"{prefix}-TOTAL_FORMS": len(given), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(given):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def reception_data(clerk, office, place, **fields):
    return {
        "typed_by": clerk.pk,
        "office": office.pk,
        "received_on": timezone.localdate().isoformat(),
        "channel": "visit",
        "place": place.path,
        "place_id": place.pk,
        "subject": "slsw",
        "name": "李测试",
        "contact": "13800002207",
        "request": "小区自来水时断时续",
        "people": 1,
        "client_key": uuid.uuid4(),
    } | fields
