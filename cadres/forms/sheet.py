"""Pages of several forms: one main form and rows of others, sent as one action."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cadres.actions.refusals import RowRefusal
from cadres.http import MOST_ROWS


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


def plain_helper(*fields: Any) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*fields)
    return helper


class QuietFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows whose deletion column is out of sight: a button stands for it."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[DELETION_FIELD_NAME].widget = forms.HiddenInput()
        form.is_taken_out = bool(form[DELETION_FIELD_NAME].value())
        # What the row's own button says to the server.
        form.set_name, form.row_number = self.prefix, index if index is not None else ""

    def clean(self) -> None:
        if self.min_num and not any(self._stands(form) for form in self.forms):
            raise ValidationError(_("At least one row is needed."), code="too_few")

    def rows(self) -> list[Any]:
        """The rows that stand, in order; rows left empty are nobody's."""
        return self._rows

    # Kept, for a row that an action refuses loses what its order rests on.
    @cached_property
    def _rows(self) -> list[Any]:
        kept = [form for form in self.forms if self._stands(form)]
        return sorted(kept, key=_order_of)

    def complete_rows(self) -> list[Any]:
        """The rows that are whole already, while the page is still being typed."""
        self.is_valid()
        kept = [
            form
            for form in self.forms
            if self._stands(form) and form.is_valid() and form.cleaned_data
        ]
        return sorted(kept, key=_order_of)

    def _stands(self, form: Any) -> bool:
        if self._should_delete_form(form):  # type: ignore[attr-defined]
            return False
        return bool(form.has_changed() or not form.empty_permitted)


def _order_of(form: Any) -> Any:
    """Where a row belongs among the others, if its form says so; else as typed."""
    return form.order_key() if hasattr(form, "order_key") else 0


def row_set(form: Any, *, least: int) -> Any:
    return forms.formset_factory(
        form,
        formset=QuietFormSet,
        extra=0,
        min_num=least,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
        validate_max=True,
        can_delete=True,
    )


def show_refusal(form: forms.BaseForm, refusal: ValidationError) -> None:
    """Show what an action refused beside the fields that are its arguments."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        shown = name in form.fields and not form.fields[name].widget.is_hidden
        form.add_error(name if shown else None, errors)


class Sheet:
    """Several forms that are one page and one action.

    `sets` maps an argument of the action to the formset of its rows.
    """

    main: forms.Form
    sets: dict[str, Any]

    @property
    def forms(self) -> list[Any]:
        return [self.main, *(form for rows in self.sets.values() for form in rows)]

    def is_valid(self) -> bool:
        # Every form is asked, so that every fault is shown at once.
        answers = [
            self.main.is_valid(),
            *(rows.is_valid() for rows in self.sets.values()),
        ]
        return all(answers)

    def forgive(self) -> None:
        """Show what is typed without judging it: the page is not yet sent."""
        for form in self.forms:
            form._errors = forms.utils.ErrorDict()
            form.cleaned_data = {}
        for rows in self.sets.values():
            rows._errors, rows._non_form_errors = [], rows.error_class()

    def name_rows(self, found: Any, argument: str, rows: list[Any]) -> None:
        """Tell clashes or crowds by what name the page knows the row they speak of."""
        for it in found:
            it.at = f"{argument}-{self.sets[argument].forms.index(rows[it.row])}"

    def add_refusal(self, refusal: ValidationError) -> None:
        """Show what an action refused beside the fields that it speaks of."""
        faults = refusal.faults if isinstance(refusal, RowRefusal) else {}
        for argument, found in faults.items():
            rows = self.sets[argument].rows()
            for fault in found:
                field = fault.field if fault.field in rows[fault.row].fields else None
                rows[fault.row].add_error(
                    field, ValidationError(fault.message, code=fault.code)
                )
        if not faults:
            show_refusal(self.main, refusal)
