"""What someone learned on a visit, and the list of what is shared."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Column, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import plain_helper
from cadres.models import District
from visits.models import Lesson, Visit


class LessonListForm(forms.Form):
    """Filters stand in the address; what cannot be understood narrows nothing."""

    place = PlaceField(label=_("Place"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)

    def __init__(self, *args: Any, topics: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["topic"]
        field.choices = [("", _("All")), *((it, it) for it in topics)]

    def typed(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class WriteLessonForm(forms.Form):
    """Names are `write_lesson`'s arguments."""

    text = forms.CharField(
        label=_("What I learned"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("At most 500 characters. No names of villagers."),
    )
    place = forms.ModelChoiceField(
        District.objects.none(), label=_("About the place"), empty_label=None
    )
    topic = forms.CharField(
        label=_("Topic"),
        max_length=60,
        required=False,
        help_text=_(
            "May stay empty. A shared note with a topic also stands in briefings of "
            "visits whose purpose names it."
        ),
    )
    is_shared = forms.BooleanField(
        label=_("Share with colleagues"),
        required=False,
        help_text=_(
            "Then it stands on the page of the place and in briefings, with your name. "
            "Take the tick away, and it is yours alone again."
        ),
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=1_000_000
    )

    def __init__(
        self, *args: Any, visit: Visit, lesson: Lesson | None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {"version": 0}
        if lesson:
            names = ("text", "place", "topic", "is_shared", "version")
            initial = {name: getattr(lesson, name) for name in names}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place"]
        stops = visit.stops.values("place")
        field.queryset = District.objects.filter(pk__in=stops).order_by("code", "pk")
        self.helper = plain_helper(
            "text",
            Row(
                Column("place", css_class="col-sm-7"),
                Column("topic", css_class="col-sm-5"),
            ),
            "is_shared",
            "version",
        )
