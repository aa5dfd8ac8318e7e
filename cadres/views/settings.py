"""What the office sets itself."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.actions.change_settings import change_settings
from cadres.confirm import confirm_first
from cadres.forms.settings import ChangeSettingsForm
from cadres.http import AuthedRequest
from cadres.models import Setting, SettingChange
from cadres.models.setting import default_of
from cadres.rules.choice import Choice
from cadres.rules.settings import OFFICE, SETTINGS
from cadres.rules.sign_in import SIGN_IN

RECENT = 50


@permission_required("cadres.edit_settings", raise_exception=True)
def settings(request: AuthedRequest) -> HttpResponse:
    words = {
        "title": _("Settings"),
        "caption": _(
            "Limits and periods that your office sets. "
            "An empty field means the default."
        ),
    }
    return _page(request, OFFICE, "cadres:settings", words)


@confirm_first
@permission_required("cadres.edit_sign_in_rules", raise_exception=True)
def sign_in_rules(request: AuthedRequest) -> HttpResponse:
    words = {
        "title": _("Rules of sign-in"),
        "caption": _("What is asked at the door, from the next sign-in on."),
    }
    return _page(request, SIGN_IN, "cadres:sign_in_rules", words)


def _page(
    request: AuthedRequest,
    choices: Mapping[str, Choice],
    address: str,
    words: dict[str, str],
) -> HttpResponse:
    own = dict(Setting.objects.filter(name__in=choices).values_list("name", "value"))
    form = ChangeSettingsForm(_typed(request), choices=choices, own=own)
    if form.is_valid():
        try:
            changes = change_settings(
                by=request.user, now=timezone.now(), values=form.changed_values()
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            _say_what_changed(request, changes)
            return redirect(address)
    # What the product no longer has was the office's.
    of_others = [name for name in SETTINGS if name not in choices]
    latest = SettingChange.objects.exclude(name__in=of_others)
    context = words | {
        "form": form,
        "rows": [
            {
                "name": name,
                "choice": choice,
                "default": default_of(name),
                "own": own.get(name),
                "field": form[name],
            }
            for name, choice in choices.items()
        ],
        "changes": latest.select_related("by").order_by("-at", "-pk")[:RECENT],
    }
    status = 422 if form.errors else 200
    return render(request, "cadres/settings/settings.html", context, status=status)


def _typed(request: AuthedRequest) -> Any:
    """What was sent; "Back to the default" is as good as an empty field."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    name = str(data.get("reset", ""))
    if name in SETTINGS:
        data[name] = ""
    return data


def _say_what_changed(request: AuthedRequest, changes: list[SettingChange]) -> None:
    if not changes:
        messages.info(request, _("Nothing has changed."))
        return
    names = "; ".join(str(change.label) for change in changes)
    messages.success(request, _("Changed: %(settings)s.") % {"settings": names})
