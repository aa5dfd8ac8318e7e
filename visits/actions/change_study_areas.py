"""The list of subject areas; an area is never removed, only left out."""

from visits.models import StudyArea


def add_area(*, name: str) -> StudyArea:
    """Add a subject area.

    Raises:
        ValidationError: keyed by field; code `unique` when it is on the list.
    """
    row = StudyArea(name=name.strip())
    row.full_clean()
    row.save()
    return row


def use_area(row: StudyArea, *, is_used: bool) -> StudyArea:
    """Offer it for new investigations, or no longer; those that have it keep it."""
    row.is_used = is_used
    row.save(update_fields=["is_used"])
    return row
