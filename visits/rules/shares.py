"""Percentages: never without their two counts, never of a small base (handbook 9.3)."""


def share(part: int, whole: int, *, min_base: int) -> int | None:
    """Whole percent, rounded half up; None when the base is under `min_base`."""
    if whole < max(min_base, 1):
        return None
    return (200 * part + whole) // (2 * whole)
