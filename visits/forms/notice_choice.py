"""How each kind of notice comes: one choice a kind; names are those of the kinds."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from visits.models import Notice, NoticeChoice
from visits.reports.notice_groups import NoticeGroup

Channel = NoticeChoice.Channel
BOTH = ("", _("In the app and by mail"))
APP = (Channel.APP.value, Channel.APP.label)
NONE = (Channel.NONE.value, Channel.NONE.label)


class ChooseNoticesForm(forms.Form):
    def __init__(
        self,
        *args: Any,
        groups: Iterable[NoticeGroup],
        chosen: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = dict(chosen)
        super().__init__(*args, **kwargs)
        self.groups = list(groups)
        for group in self.groups:
            for kind in group.kinds:
                choices = [BOTH, APP]
                if kind in Notice.MAY_MUTE:
                    choices.append(NONE)
                self.fields[kind.value] = forms.ChoiceField(
                    label=kind.label,
                    choices=choices,
                    required=False,
                    help_text=Notice.WHY[kind],
                    widget=forms.Select(attrs={"class": "form-select"}),
                )

    def rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Each group with its fields, as the page shows them."""
        return [
            (it.label, [self[kind.value] for kind in it.kinds]) for it in self.groups
        ]
