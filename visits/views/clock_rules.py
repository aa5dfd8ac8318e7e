"""The rules of the legal clocks: which hold, and what a new one would move."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cadres.http import AuthedRequest
from cadres.reports.record_history import history_of_all
from visits.actions.change_clock_rule import change_clock_rule, clock_rule
from visits.forms.clock_rule import ChangeClockRuleForm
from visits.models import ClockRule
from visits.reports.clock_moves import count_moves, touched_by_rule
from visits.reports.clock_rules import rules_by_clock
from visits.reports.clocks_now import Calendars


@require_safe
@permission_required("visits.view_clock_rules", raise_exception=True)
def clock_rules(request: AuthedRequest) -> HttpResponse:
    may_enter = request.user.has_perm("visits.edit_clock_rules")
    context = {
        "clocks": rules_by_clock(on=timezone.localdate()),
        "history": history_of_all(ClockRule) if may_enter else None,
        "section": "letters",
    }
    return render(request, "visits/clock_rules/list.html", context)


@permission_required("visits.edit_clock_rules", raise_exception=True)
def clock_rule_enter(request: AuthedRequest) -> HttpResponse:
    """The first POST shows what would move, the second one enters the rule."""
    form = ChangeClockRuleForm(request.POST or None)
    moved = None
    if form.is_valid():
        try:
            rule = clock_rule(by=request.user, **form.arguments())
            if form.cleaned_data["told"] == form.said:
                change_clock_rule(by=request.user, **form.arguments())
                messages.success(
                    request, _("The rule stands; open letters are counted anew.")
                )
                return redirect("visits:clock_rules")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            rules = [*ClockRule.objects.as_terms(), rule]
            moved = count_moves(touched_by_rule(rule), rules, Calendars())
            form.data = {**request.POST.dict(), "told": form.said}
    context = {"form": form, "moved": moved, "section": "letters"}
    status = 422 if form.errors else 200
    return render(request, "visits/clock_rules/enter.html", context, status=status)
