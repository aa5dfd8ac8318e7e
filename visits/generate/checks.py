"""What a generated database has, beside what it was to have."""

from collections.abc import Iterator

from visits.generate.scales import Scale

TOLERANCE = 0.15


class OffPlan(Exception):
    """A table has not as many rows as planned; nothing is kept."""


def figures(scale: Scale, areas: int) -> Iterator[str]:
    """A line for each figure of the plan.

    Raises:
        OffPlan: one is too far from it.
    """
    for model, planned in scale.of_area.items():
        wanted, found = planned * areas, model._default_manager.count()
        if abs(found - wanted) > wanted * TOLERANCE:
            raise OffPlan(f"{model.__name__}: {found} instead of {wanted}")
        yield f"{found:12,d}    {model._meta.db_table} (plan: {wanted:,d})"
