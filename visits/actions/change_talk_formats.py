"""The list of forms of talk; a form is never removed, only left out."""

from visits.models import TalkFormat


def add_format(*, name: str) -> TalkFormat:
    """Add a form of talk.

    Raises:
        ValidationError: keyed by field; code `unique` when it is on the list.
    """
    row = TalkFormat(name=name.strip())
    row.full_clean()
    row.save()
    return row


def use_format(row: TalkFormat, *, is_used: bool) -> TalkFormat:
    """Offer it for new talks, or no longer; talks that have it keep it."""
    row.is_used = is_used
    row.save(update_fields=["is_used"])
    return row
