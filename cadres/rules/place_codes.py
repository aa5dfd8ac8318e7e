"""What a code tells of its place, and where it misleads (domain handbook 2.1, 2.3)."""

from cadres.rules.levels import CODE_DIGITS, Level, level_of

# Prefecture-level cities without counties (trap 5): statistics repeat the city at
# county level. There the city is its own county, and no second row stands for it.
OWN_COUNTY = {"441900": "4419", "442000": "4420", "460400": "4604", "620201": "6202"}


def is_own_county(code: str) -> bool:
    """Whether this is a prefecture-level city that has no counties."""
    return code in OWN_COUNTY.values()


def parent_code(code: str) -> str | None:
    """Where a place stands by its code; a list may know better (trap 4).

    Raises:
        ValueError: see `level_of`.
    """
    level = level_of(code)
    if level == Level.PROVINCE:
        return None
    above = code[: CODE_DIGITS[Level(level - 1)]]
    return OWN_COUNTY.get(above, above)


def is_zone_code(code: str) -> bool:
    """County-level codes of zones, in the statistical list alone (trap 6)."""
    return len(code) == CODE_DIGITS[Level.COUNTY] and "71" <= code[4:] <= "79"


def is_dummy(code: str, name: str) -> bool:
    """Prefecture rows that only hold counties of a province together (trap 4)."""
    return len(code) == CODE_DIGITS[Level.PREFECTURE] and (
        name in ("市辖区", "县") or "直辖县" in name
    )
