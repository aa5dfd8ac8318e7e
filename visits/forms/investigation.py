"""What is typed about investigations: the topic, places, an end, findings in use."""

import uuid
from typing import Any

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.layout import Column, Row
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.forms.place import PlaceField
from cadres.forms.sheet import plain_helper
from cadres.models import Account, Cadre
from visits.forms.fields import DayField
from visits.forms.letter_fields import TypedField
from visits.forms.matter import LeaderField
from visits.models import FindingUse, Investigation, StudyArea
from visits.models.visit import sees_few_visits
from visits.reports.investigation_list import StudyShow, leaders_seen
from visits.rules.investigation_states import StudyKind, StudyMethod, StudyMove
from visits.rules.study_records import FIELDS, NO_NAMES

MOST_TALKED = 1_000_000
LABELS: dict[str, Any] = {name: it.label for name, it in FIELDS.items()}


class AddAreaForm(forms.Form):
    name = TypedField(label=_("New subject area"), max_length=50)


class UseAreaForm(forms.Form):
    is_used = forms.BooleanField(required=False)


class InvestigationListForm(forms.Form):
    """Filters stand in the address; what cannot be understood narrows nothing."""

    show = forms.ChoiceField(label=_("Show"), choices=StudyShow.choices, required=False)
    area = forms.ModelChoiceField(
        StudyArea.objects.order_by("pk"),
        label=_("Subject area"),
        required=False,
        empty_label=_("All"),
    )
    leader = LeaderField(
        Cadre.objects.none(), label=_("Led by"), required=False, empty_label=_("All")
    )

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = leaders_seen(user)  # type: ignore[attr-defined]
        if not sees_few_visits(user):
            del self.fields["leader"]

    def shown(self) -> list[Any]:
        return [self[name] for name in ("area", "leader") if name in self.fields]

    def typed(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def _talked(name: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=LABELS[name],
        required=False,
        min_value=0,
        max_value=MOST_TALKED,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class InvestigationForm(forms.Form):
    """What stands about a topic; names are arguments of the actions."""

    topic = TypedField(label=_("Topic"), max_length=200)
    area = forms.ModelChoiceField(
        StudyArea.objects.none(),
        label=_("Subject area"),
        required=False,
        empty_label="———",
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", "———"), *StudyKind.choices], required=False
    )
    methods = forms.MultipleChoiceField(
        label=_("Methods"),
        choices=StudyMethod.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    opened_on = DayField(label=_("Opened on"))
    ends_on = DayField(label=_("To be finished by"), required=False)
    talked_residents = _talked("talked_residents")
    talked_cadres = _talked("talked_cadres")
    talked_firms = _talked("talked_firms")
    talked_experts = _talked("talked_experts")
    talked_units = _talked("talked_units")
    talked = (
        "talked_residents",
        "talked_cadres",
        "talked_firms",
        "talked_experts",
        "talked_units",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An area that is no longer used stays on the investigations that have it.
        area = self.initial.get("area")
        stands = Q(is_used=True) | Q(pk=getattr(area, "pk", area))
        areas = StudyArea.objects.filter(stands).order_by("pk")
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]
        self.helper = plain_helper(
            *self.before,
            "topic",
            Row(
                Column("area", css_class="col-sm-6"),
                Column("kind", css_class="col-sm-6"),
            ),
            InlineCheckboxes("methods"),
            Row(
                Column("opened_on", css_class="col-sm-6"),
                Column("ends_on", css_class="col-sm-6"),
            ),
        )
        self.of_sources = plain_helper(
            Row(*[Column(name, css_class="col-6 col-lg-4") for name in self.talked])
        )

    before: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        opened, ends = typed.get("opened_on"), typed.get("ends_on")
        if opened and ends and ends < opened:
            text = _("The end must lie after the beginning.")
            self.add_error("ends_on", ValidationError(text, code="too_early"))
        return typed

    def arguments(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        return typed | {name: typed[name] or 0 for name in self.talked}


class OpenInvestigationForm(InvestigationForm):
    """Names are `open_investigation`'s arguments."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    leader = LeaderField(Cadre.objects.none(), label=_("Led by"), empty_label=None)
    before = ("client_key", "leader")

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        today = timezone.localdate()
        mine = Cadre.objects.here(on=today).filter(pk__in=user.acts_for_ids())
        leaders = mine.select_related("unit").order_by("pk")
        kwargs["initial"] = {
            "client_key": uuid.uuid4(),
            "opened_on": today,
            "leader": leaders.first(),
        }
        super().__init__(*args, **kwargs)
        field: Any = self.fields["leader"]
        field.queryset = leaders


class ChangeInvestigationForm(InvestigationForm):
    """Names are `change_investigation`'s arguments."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000
    )
    report = TypedField(
        label=LABELS["report"],
        help_text=_("A few lines, or where the report lies. No report is needed."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    follow_up = TypedField(
        label=LABELS["follow_up"],
        help_text=_("The next topic, or the address of a paper."),
        max_length=200,
        required=False,
    )
    before = ("version",)

    def __init__(self, *args: Any, investigation: Investigation, **kw: Any) -> None:
        names = [*self.base_fields]
        kw["initial"] = {name: getattr(investigation, name) for name in names}
        super().__init__(*args, **kw)
        self.of_report = plain_helper("report", "follow_up")


class ChoosePlaceForm(forms.Form):
    """Names are `choose_place`'s arguments; the second reason only if warned."""

    place = PlaceField(label=_("Place"))
    reason = TypedField(
        label=_("Why this place"),
        max_length=200,
        help_text=_("What can be learned there and nowhere else."),
    )
    despite = TypedField(label=LABELS["despite"], max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("place", "reason")

    def warn(self) -> None:
        """Show the second reason, too."""
        self.helper = plain_helper("place", "reason", "despite")


class StudyMoveForm(forms.Form):
    """The arguments of one row of the table, with the version it was seen in."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000
    )

    def __init__(
        self, *args: Any, move: StudyMove, investigation: Investigation, **kw: Any
    ) -> None:
        kw["initial"] = {
            "version": investigation.version,
            "report": investigation.report,
            "follow_up": investigation.follow_up,
        }
        super().__init__(*args, **kw)
        self.names = (*move.needs, *move.may)
        for name in self.names:
            about = FIELDS[name]
            common: dict[str, Any] = {
                "label": about.label,
                "help_text": about.help,
                "required": name in move.needs,
                "max_length": 100 if name == "handed_to" else about.most,
            }
            if about.kind == "text":
                common["widget"] = forms.Textarea(attrs={"rows": 4})
            self.fields[name] = TypedField(**common)
        self.helper = plain_helper("version", *self.names)

    def record(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names}


class RecordUseForm(forms.Form):
    """Names are `record_use`'s arguments."""

    used_on = DayField(label=LABELS["used_on"])
    effect = TypedField(
        label=LABELS["effect"],
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, use: FindingUse, **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs["initial"] = {"used_on": use.used_on or today, "effect": use.effect}
        super().__init__(*args, **kwargs)
        self.helper = plain_helper("used_on", "effect")


class PlanUseForm(forms.Form):
    """Names are `plan_use`'s arguments; with a day it was put to use already."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    finding = TypedField(
        label=LABELS["finding"],
        max_length=300,
        help_text=NO_NAMES,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    where = TypedField(
        label=LABELS["where"],
        max_length=200,
        help_text=_("A rule, a plan, a budget, a unit’s way of working."),
    )
    used_on = DayField(
        label=LABELS["used_on"],
        required=False,
        help_text=_("Left empty, it is planned."),
    )
    effect = TypedField(label=LABELS["effect"], max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"client_key": uuid.uuid4()}
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(
            "client_key",
            "finding",
            "where",
            Row(
                Column("used_on", css_class="col-sm-4"),
                Column("effect", css_class="col-sm-8"),
            ),
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("effect") and not typed.get("used_on"):
            text = _("It has an effect once it is put to use.")
            self.add_error("used_on", ValidationError(text, code="required"))
        return typed
