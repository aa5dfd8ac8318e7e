"""Fields and layouts that several forms share."""

from datetime import date, datetime, time
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.forms.sheet import ClockInput, DayInput
from visits.rules.activities import Activity

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 12, 31)


class DayField(forms.DateField):
    """A day that calendars and databases can still count with."""

    widget = DayInput
    default_validators = [
        MinValueValidator(EARLIEST, _("This day lies too far back.")),
        MaxValueValidator(LATEST, _("This day lies too far ahead.")),
    ]


class ClockField(forms.TimeField):
    widget = ClockInput


class ReferenceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among records by their reference."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, to_field_name="reference", **kwargs)

    def to_python(self, value: Any) -> Any:
        # PostgreSQL does not even look for a text with NUL.
        if isinstance(value, str) and "\x00" in value:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            )
        return super().to_python(value)


class ActivitiesField(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Kinds of work"),
            choices=Activity.choices,
            error_messages={"required": _("Choose at least one kind of work.")},
            **kwargs,
        )


class MaterialsField(forms.CharField):
    """A list of things asked for, one on each line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.Textarea(attrs={"rows": 2}), max_length=1000, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def clean(self, value: Any) -> Any:
        super().run_validators(value or "")
        lines = self.to_python(value)
        if any(len(line) > 100 for line in lines):
            raise ValidationError(_("Each line has at most 100 characters."))
        return lines


def as_chips(name: str) -> Field:
    """The kinds of work as large coloured choices."""
    return Field(name, template="visits/visits/_activity_choices.html")


def moment(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
