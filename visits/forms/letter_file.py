from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One or more files; which kinds and sizes are taken, the action says."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(file, initial) for file in files]


class AttachFilesForm(forms.Form):
    files = SeveralFilesField(  # type: ignore[assignment]
        label=_("Files"),
        allow_empty_file=True,
        help_text=_("Pictures, PDF, Word, Excel or plain text."),
    )
    shows_no_identity = forms.BooleanField(
        label=_("They show no name, address or phone number of the petitioner"),
        required=False,
        help_text=_(
            "Leave it open for scans of the letter: they are opened by reason, like "
            "the name itself."
        ),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("files", "shows_no_identity", "client_key")


class ReasonForm(forms.Form):
    """Why someone looks at what is kept apart."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept with your name, and the petition office reads it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("reason")
