"""Accounts: found, opened, changed, closed; their roles and mandates, seen."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cadres.actions.change_account import change_account, mark_of
from cadres.actions.close_account import close_account, reopen_account
from cadres.actions.open_account import open_account, random_password
from cadres.actions.reset_password import reset_password
from cadres.forms.account import ChangeAccountForm, NewPasswordForm, OpenAccountForm
from cadres.forms.find import FindAccountForm
from cadres.forms.role import EndForm, GiveMandateForm, GrantRoleForm
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest, posted
from cadres.models import Account, RoleGrant
from cadres.reports.keyset import page_asked

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
        "section": "accounts",
    }
    return render(request, "cadres/accounts/list.html", context)


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
        context["password_form"] = NewPasswordForm()
    return render(
        request, "cadres/accounts/detail.html", context | forms, status=status
    )


@sensitive_post_parameters("password")
@permission_required("cadres.manage_accounts", raise_exception=True)
def account_open(request: AuthedRequest) -> HttpResponse:
    form = OpenAccountForm(posted(request), user=request.user)
    if form.is_valid():
        arguments = form.cleaned_data
        arguments.pop("seen")
        typed = arguments.pop("password")
        password = typed or random_password()
        try:
            account = open_account(by=request.user, password=password, **arguments)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            return _done(request, account, typed, password, _("The account is open."))
    context = {"form": form, "section": "accounts"}
    status = 422 if request.method == "POST" else 200
    return render(request, "cadres/accounts/edit.html", context, status=status)


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
        close_account(account, by=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The account is closed and signed out everywhere."))
    return redirect("cadres:account_detail", pk=account.pk)


@require_POST
@sensitive_post_parameters("password")
@permission_required("cadres.manage_accounts", raise_exception=True)
def account_password(request: AuthedRequest, pk: int) -> HttpResponse:
    """Give an open account a new password, or reopen a closed one with it."""
    account = _account(request, pk, "manageable_by")
    form = NewPasswordForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data["password"]
        password = typed or random_password()
        try:
            if account.is_active:
                done = _("The password is reset; old sessions have ended.")
                reset_password(account, by=request.user, password=password)
            else:
                done = _("The account is open again.")
                reopen_account(account, by=request.user, password=password)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            return _done(request, account, typed, password, done)
    return account_page(request, account, status=422, password_form=form)


def _account(request: AuthedRequest, pk: int, rows: str) -> Account:
    accounts = getattr(Account.objects, rows)(request.user)
    found: Account = get_object_or_404(
        accounts.select_related("unit__place", "cadre__unit"), pk=pk
    )
    return found


def _done(
    request: AuthedRequest, account: Account, typed: str, password: str, text: str
) -> HttpResponse:
    """A random password is shown in this one answer and is kept nowhere."""
    messages.success(request, text)
    if typed:
        return redirect("cadres:account_detail", pk=account.pk)
    context = {"account": account, "password": password, "section": "accounts"}
    return render(request, "cadres/accounts/password.html", context)
