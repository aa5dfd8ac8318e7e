"""What is typed when the archives have received their copies."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper
from visits.forms.letter_fields import TypedField


class AcknowledgeArchiveForm(forms.Form):
    """Names are `acknowledge_archive`'s arguments; the ticks stand in the table."""

    receipt = TypedField(
        label=_("Receipt of the archives"),
        max_length=50,
        help_text=_("The number on the list of the hand-over. No names."),
    )

    helper = plain_helper("receipt")
