"""Addresses of the whole site."""

from importlib import import_module
from typing import Any

from allauth.account import views as account_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from django.conf import settings
from django.db.transaction import atomic
from django.urls import include, path

from cadres import urls as cadres_urls
from cadres.confirm import confirm_to_read
from cadres.views import my_security
from cadres.views import sign_in as sign_in_views
from config import oidc, views
from config.metrics import metrics
from config.policy_reports import policy_report
from visits.views import officials, places

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error

# Pages of people and places that show visits, too: `cadres` knows nothing of visits,
# so the views are theirs, and the names stay with the noun.
of_people_and_places = [
    path("officials/<int:pk>/", officials.cadre_detail, name="cadre_detail"),
    path("places/<int:pk>/", places.place_detail, name="place_detail"),
]


def own_factor(view: Any) -> Any:
    """A page of allauth that changes a factor or shows codes: it asks first who it is,
    by our own means, for allauth asks nobody who has neither password nor factor. What
    changes, and what the person is told of it, is one act.
    """
    return confirm_to_read(atomic(view))


# Of allauth's pages only these: accounts are given, and forgotten passwords reset, by
# an administrator.
sign_in = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("inactive/", account_views.account_inactive, name="account_inactive"),
    path("provider/<slug:provider_id>/", oidc.login, name="openid_connect_login"),
    path(
        "provider/<slug:provider_id>/callback/",
        oidc.callback,
        name="openid_connect_callback",
    ),
    path(
        "provider/<slug:provider_id>/confirm/",
        oidc.confirm,
        name="openid_connect_confirm",
    ),
    path("welcome/", sign_in_views.welcome, name="welcome"),
    path("second-factor/", atomic(mfa_views.authenticate), name="mfa_authenticate"),
    path("passkey/", views.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("confirm/", sign_in_views.confirm, name="account_reauthenticate"),
    path("session/", sign_in_views.session_state, name="session_state"),
    path("again/", sign_in_views.signed_in_again, name="signed_in_again"),
    path(
        "password/change/",
        account_views.password_change,
        name="account_change_password",
    ),
    path("security/", my_security.my_security, name="mfa_index"),
    path(
        "security/app/", own_factor(totp_views.activate_totp), name="mfa_activate_totp"
    ),
    # allauth sends there who has one already.
    path("security/app/set/", views.to_security, name="mfa_deactivate_totp"),
    path(
        "security/key/",
        own_factor(webauthn_views.add_webauthn),
        name="mfa_add_webauthn",
    ),
    path(
        "security/factors/<int:pk>/remove/",
        my_security.factor_remove,
        name="factor_remove",
    ),
    path(
        "security/factors/<int:pk>/rename/",
        my_security.factor_rename,
        name="factor_rename",
    ),
    path(
        "security/codes/",
        own_factor(code_views.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "security/codes/new/",
        own_factor(code_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("security/session/end/", my_security.session_end, name="session_end"),
    path("security/sessions/end/", my_security.sessions_end, name="sessions_end"),
]

urlpatterns = [
    path("", include("visits.urls")),
    path("", include(([*cadres_urls.urlpatterns, *of_people_and_places], "cadres"))),
    path("accounts/", include(sign_in)),
    path("roles/", views.roles, name="roles"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("csp-report", policy_report, name="policy_report"),
    path("language/", views.set_language, name="set_language"),
]
if settings.ADMIN:
    urlpatterns.append(path("admin/", import_module("config.admin").site.urls))
