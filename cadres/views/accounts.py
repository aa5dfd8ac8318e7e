"""Accounts: found, opened, changed, closed; their roles and mandates, seen."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cadres.actions.begin_session import factors_of
from cadres.actions.change_account import change_account, mark_of
from cadres.actions.close_account import close_account, reopen_account
from cadres.actions.invite import Invited, end_invitation, invite_account
from cadres.actions.mail_invitation import can_mail, mail_invitation
from cadres.actions.open_account import open_account
from cadres.actions.second_factor import ask_for_reset, decide_reset
from cadres.confirm import confirm_first
from cadres.forms.account import ChangeAccountForm
from cadres.forms.find import FindAccountForm
from cadres.forms.role import EndForm, GiveMandateForm, GrantRoleForm
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest, posted
from cadres.models import Account, FactorReset, RoleGrant
from cadres.models.sign_in import FactorResetQuerySet
from cadres.reports.access_review import review_due_on
from cadres.reports.keyset import page_asked
from cadres.reports.second_persons import second_persons

EVENTS = 50


@require_safe
@permission_required("cadres.view_account", raise_exception=True)
def account_list(request: AuthedRequest) -> HttpResponse:
    today = timezone.localdate()
    form = FindAccountForm(request.GET)
    accounts = form.narrow(Account.objects.visible_to(request.user), on=today)
    held = RoleGrant.objects.active(on=today).select_related("place", "unit")
    rows = accounts.select_related("unit", "cadre").prefetch_related(
        Prefetch("grants", held.order_by("pk"), to_attr="held")
    )
    context = {
        "form": form,
        "page": page_asked(rows, request.GET, "username", "pk"),
        "due_on": review_due_on(request.user),
        "resets": _resets(request.user).order_by("asked_at"),
        "today": today,
        "section": "accounts",
    }
    return render(request, "cadres/accounts/list.html", context)


def _resets(user: Account) -> FactorResetQuerySet:
    """Resets of second factors that wait for this person."""
    waiting = FactorReset.objects.open(now=timezone.now()).decidable_by(user)
    return waiting.select_related("account", "asked_by")


def _reset_of(account: Account, user: Account) -> dict[str, Any]:
    """The reset that is asked for, if any; who can confirm it, and whether one can."""
    waiting = FactorReset.objects.open(now=timezone.now()).filter(account=account)
    reset = waiting.select_related("asked_by").first()
    if reset is None:
        return {}
    return {
        "reset": reset,
        "may_decide": waiting.decidable_by(user).exists(),
        "second": second_persons(account, by=reset.asked_by, on=timezone.localdate()),
    }


@require_safe
@permission_required("cadres.view_account", raise_exception=True)
def account_detail(request: AuthedRequest, pk: int) -> HttpResponse:
    return account_page(request, _account(request, pk, "visible_to"))


def account_page(
    request: AuthedRequest, account: Account, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page of an account; `forms` are those that came back with a refusal."""
    user, today = request.user, timezone.localdate()
    may_grant = Account.objects.grantable_by(user).filter(pk=account.pk).exists()
    may_manage = Account.objects.manageable_by(user).filter(pk=account.pk).exists()
    context: dict[str, Any] = {
        "account": account,
        "grants": account.grants.select_related("place", "unit").order_by(
            "-first", "-pk"
        ),
        "mandates": account.mandates.select_related("cadre__unit").order_by(
            "-first", "-pk"
        ),
        "events": account.events.select_related("by").order_by("-at", "-pk")[:EVENTS],
        "may_manage": may_manage and account != user,
        "may_grant": may_grant,
        "today": today,
        "section": "accounts",
    }
    if may_grant:
        context["role_form"] = GrantRoleForm(user=user, today=today, prefix="role")
        context["mandate_form"] = GiveMandateForm(
            user=user, today=today, prefix="mandate"
        )
        context["end_form"] = EndForm()
    if may_manage:
        context |= {
            "invitation": account.invitations.open(now=timezone.now()).first(),
            "can_mail": bool(account.email) and can_mail(),
            "factors": list(factors_of(account).order_by("pk")),
        }
    if may_manage or user.has_perm("cadres.confirm_reset"):
        context |= _reset_of(account, user)
    return render(
        request, "cadres/accounts/detail.html", context | forms, status=status
    )


@confirm_first
@permission_required("cadres.manage_accounts", raise_exception=True)
def account_open(request: AuthedRequest) -> HttpResponse:
    form = ChangeAccountForm(posted(request), user=request.user)
    if form.is_valid():
        arguments = form.cleaned_data
        arguments.pop("seen")
        try:
            invited = open_account(by=request.user, now=timezone.now(), **arguments)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            return _hand_over(request, invited, _("The account is open."))
    context = {"form": form, "section": "accounts"}
    status = 422 if request.method == "POST" else 200
    return render(request, "cadres/accounts/edit.html", context, status=status)


@confirm_first
@permission_required("cadres.manage_accounts", raise_exception=True)
def account_change(request: AuthedRequest, pk: int) -> HttpResponse:
    account = _account(request, pk, "manageable_by")
    data = posted(request)
    form = ChangeAccountForm(data, user=request.user, account=account)
    if form.is_valid():
        try:
            change_account(account, by=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
            if data and getattr(refusal, "code", "") == "stale":
                data["seen"] = mark_of(account)
        else:
            messages.success(request, _("The account is changed."))
            return redirect("cadres:account_detail", pk=account.pk)
    context = {"form": form, "account": account, "section": "accounts"}
    status = 422 if data is not None else 200
    return render(request, "cadres/accounts/edit.html", context, status=status)


@require_POST
@permission_required("cadres.manage_accounts", raise_exception=True)
def account_close(request: AuthedRequest, pk: int) -> HttpResponse:
    account = _account(request, pk, "manageable_by")
    try:
        close_account(account, by=request.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The account is closed and signed out everywhere."))
    return redirect("cadres:account_detail", pk=account.pk)


@require_POST
@confirm_first
@permission_required("cadres.manage_accounts", raise_exception=True)
def account_invite(request: AuthedRequest, pk: int) -> HttpResponse:
    """Make a code with which a password is set; a closed account opens with it."""
    account = _account(request, pk, "manageable_by")
    if account.is_active:
        done = _("The invitation is made.")
        return _invited(request, account, invite_account, done)
    return _invited(request, account, reopen_account, _("The account is open again."))


@require_POST
@confirm_first
@permission_required("cadres.manage_accounts", raise_exception=True)
def account_factors(request: AuthedRequest, pk: int) -> HttpResponse:
    """Ask that all second factors are taken off; another administrator confirms it."""
    account = _account(request, pk, "manageable_by")
    try:
        ask_for_reset(account, by=request.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        text = _("The reset is asked for. It takes effect when someone confirms it.")
        messages.success(request, text)
    return redirect("cadres:account_detail", pk=account.pk)


@require_POST
@confirm_first
@permission_required("cadres.confirm_reset", raise_exception=True)
def factor_reset_decide(request: AuthedRequest, pk: int) -> HttpResponse:
    resets = FactorReset.objects.decidable_by(request.user)
    reset = get_object_or_404(resets, pk=pk)
    confirm = request.POST.get("answer") == "confirm"
    try:
        decide_reset(reset, by=request.user, now=timezone.now(), confirm=confirm)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        done = _("The second factors are reset; the person is signed out everywhere.")
        refused = _("The reset is refused.")
        messages.success(request, done if confirm else refused)
    return redirect("cadres:account_detail", pk=reset.account_id)


@require_POST
@permission_required("cadres.manage_accounts", raise_exception=True)
def invitation_end(request: AuthedRequest, pk: int) -> HttpResponse:
    account = _account(request, pk, "manageable_by")
    try:
        end_invitation(account, by=request.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("cadres:account_detail", pk=account.pk)


def _account(request: AuthedRequest, pk: int, rows: str) -> Account:
    accounts = getattr(Account.objects, rows)(request.user)
    found: Account = get_object_or_404(
        accounts.select_related("unit__place", "cadre__unit"), pk=pk
    )
    return found


def _invited(
    request: AuthedRequest, account: Account, act: Callable[..., Invited], done: str
) -> HttpResponse:
    try:
        invited = act(account, by=request.user, now=timezone.now())
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("cadres:account_detail", pk=account.pk)
    return _hand_over(request, invited, done)


def _hand_over(request: AuthedRequest, invited: Invited, done: str) -> HttpResponse:
    """The code is mailed, or shown in this one answer to be printed; kept nowhere."""
    account = invited.invitation.account
    if request.POST.get("how") == "mail" and account.email and can_mail():
        if mail_invitation(invited):
            messages.success(request, done)
            text = _("The code was mailed to %s.") % account.email
            messages.success(request, text)
            return redirect("cadres:account_detail", pk=account.pk)
        messages.error(request, _("The mail did not leave; here is the code."))
    else:
        messages.success(request, done)
    context = {
        "account": invited.invitation.account,
        "invitation": invited.invitation,
        "code": invited.code,
        "address": settings.SITE_URL + reverse("welcome"),
        "section": "accounts",
    }
    return render(request, "cadres/accounts/invitation.html", context)
