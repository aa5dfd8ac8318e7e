"""What is typed on the page of one letter, beside its steps."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cadres.forms.pick import CadreField
from cadres.forms.sheet import DayInput, plain_helper
from cadres.models import Account, Cadre
from cadres.rules.roles import Role
from visits.models import LeaderHold, Letter, LetterLink
from visits.reports.letter_steps import keeper_of

LONG = forms.Textarea(attrs={"rows": 2})


class SmallForm(forms.Form):
    """Several stand on one page: each has ids of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)
        self.helper = plain_helper(*self.fields)


class LookForm(SmallForm):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ReturnDraftForm(SmallForm):
    note = forms.CharField(label=_("What is to be changed"), max_length=200)


class LinkLettersForm(SmallForm):
    reference = forms.CharField(label=_("Reference of the other letter"), max_length=9)
    kind = forms.ChoiceField(label=_("Kind"), choices=LetterLink.Kind.choices)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_reference(self) -> str:
        text: str = self.cleaned_data["reference"]
        return text.replace("-", "").strip().upper()


class HoldLetterForm(SmallForm):
    leader = CadreField(label=_("Leader"))
    plan = forms.CharField(label=_("Plan and measures"), max_length=500, widget=LONG)
    due_on = forms.DateField(label=_("Deadline"), widget=DayInput)

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officials = Cadre.objects.visible_to(user).select_related("unit")
        self.fields["leader"].queryset = officials  # type: ignore[attr-defined]


class ExtendHoldForm(SmallForm):
    due_on = forms.DateField(label=_("Later deadline"), widget=DayInput)


class NoteProgressForm(SmallForm):
    progress = forms.CharField(label=_("Progress"), max_length=2000, widget=LONG)


class EndHoldForm(SmallForm):
    result = forms.ChoiceField(
        label=_("Result for the matter"), choices=LeaderHold.Result.choices
    )
    closing = forms.CharField(
        label=_("Closing paper"),
        help_text=_("What was done for the matter, and what came of it."),
        max_length=2000,
        widget=LONG,
    )


class DeclareRecusalForm(SmallForm):
    ground = forms.CharField(label=_("Ground"), max_length=200)


class AskRecusalForm(SmallForm):
    account = forms.ModelChoiceField(Account.objects.none(), label=_("Who"))
    ground = forms.CharField(
        label=_("Ground, as the petitioner gives it"), max_length=200
    )

    def __init__(self, *args: Any, letter: Letter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [letter.office_id, letter.unit_id, letter.review_unit_id]
        people = Account.objects.working_in([pk for pk in units if pk])
        if letter.is_sealed:
            # None but those for whom it exists.
            keepers = Account.objects.working_in([keeper_of(letter).pk])
            keepers = keepers.holding(Role.SEAL_OFFICER, on=timezone.localdate())
            named = letter.sealed_handlers.values("account")
            people = Account.objects.filter(
                Q(pk__in=keepers.order_by().values("pk")) | Q(pk__in=named)
            ).order_by("name", "pk")
        self.fields["account"].queryset = people  # type: ignore[attr-defined]
