from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import plain_helper


class SetPaperTemplateForm(forms.Form):
    file = forms.FileField(
        label=_("Word document (.docx)"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("file")
