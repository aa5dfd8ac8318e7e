"""Roles and mandates of an account, given and ended by the security administrator."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cadres.actions.end_mandate import end_mandate
from cadres.actions.end_role import end_role
from cadres.actions.give_mandate import give_mandate
from cadres.actions.grant_role import grant_role
from cadres.confirm import confirm_first
from cadres.forms.role import EndForm, GiveMandateForm, GrantRoleForm
from cadres.forms.sheet import show_refusal
from cadres.http import AuthedRequest
from cadres.models import Account, Mandate, RoleGrant
from cadres.views.accounts import account_page


def _account(request: AuthedRequest, pk: int) -> Account:
    accounts = Account.objects.grantable_by(request.user)
    found: Account = get_object_or_404(
        accounts.select_related("unit__place", "cadre__unit"), pk=pk
    )
    return found


@require_POST
@confirm_first
@permission_required("cadres.manage_roles", raise_exception=True)
def role_grant(request: AuthedRequest, pk: int) -> HttpResponse:
    account, today = _account(request, pk), timezone.localdate()
    form = GrantRoleForm(request.POST, user=request.user, today=today, prefix="role")
    if form.is_valid():
        try:
            grant_role(account, by=request.user, today=today, **form.cleaned_data)
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The role is given."))
            return redirect("cadres:account_detail", pk=account.pk)
    return account_page(request, account, status=422, role_form=form)


@require_POST
@confirm_first
@permission_required("cadres.manage_roles", raise_exception=True)
def role_end(request: AuthedRequest, pk: int) -> HttpResponse:
    mine = Account.objects.grantable_by(request.user)
    grant = get_object_or_404(RoleGrant.objects.filter(account__in=mine), pk=pk)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            end_role(
                grant, by=request.user, today=timezone.localdate(), **form.cleaned_data
            )
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        else:
            messages.success(request, _("The end of the role is recorded."))
    else:
        messages.error(request, _("This is no date."))
    return redirect("cadres:account_detail", pk=grant.account_id)


@require_POST
@confirm_first
@permission_required("cadres.manage_roles", raise_exception=True)
def mandate_give(request: AuthedRequest, pk: int) -> HttpResponse:
    account, today = _account(request, pk), timezone.localdate()
    form = GiveMandateForm(
        request.POST, user=request.user, today=today, prefix="mandate"
    )
    if form.is_valid():
        try:
            give_mandate(
                by=request.user, account=account, today=today, **form.cleaned_data
            )
        except ValidationError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The mandate is given."))
            return redirect("cadres:account_detail", pk=account.pk)
    return account_page(request, account, status=422, mandate_form=form)


@require_POST
@confirm_first
@permission_required("cadres.manage_roles", raise_exception=True)
def mandate_end(request: AuthedRequest, pk: int) -> HttpResponse:
    mine = Account.objects.grantable_by(request.user)
    mandate = get_object_or_404(Mandate.objects.filter(account__in=mine), pk=pk)
    say_end(request, mandate)
    return redirect("cadres:account_detail", pk=mandate.account_id)


def say_end(request: AuthedRequest, mandate: Mandate) -> None:
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This is no date."))
        return
    try:
        end_mandate(
            mandate, by=request.user, today=timezone.localdate(), **form.cleaned_data
        )
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The end of the mandate is recorded."))
