"""What the office sets itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cadres.actions.change_settings import change_settings
from cadres.forms.settings import ChangeSettingsForm
from cadres.http import AuthedRequest
from cadres.models import Setting, SettingChange
from cadres.rules.settings import SETTINGS

RECENT = 50


@permission_required("cadres.edit_settings", raise_exception=True)
def settings(request: AuthedRequest) -> HttpResponse:
    own = dict(Setting.objects.values_list("name", "value"))
    form = ChangeSettingsForm(_typed(request), own=own)
    if form.is_valid():
        try:
            changes = change_settings(
                by=request.user, now=timezone.now(), values=form.changed_values()
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            _say_what_changed(request, changes)
            return redirect("cadres:settings")
    context = {
        "form": form,
        "rows": [
            {"name": name, "choice": choice, "own": own.get(name), "field": form[name]}
            for name, choice in SETTINGS.items()
        ],
        "changes": SettingChange.objects.select_related("by").order_by("-at", "-pk")[
            :RECENT
        ],
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
