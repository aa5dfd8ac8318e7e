"""Addresses of the whole site."""

from importlib import import_module

from allauth.account import views as account_views
from django.conf import settings
from django.urls import include, path

from cadres import urls as cadres_urls
from config import views
from config.metrics import metrics
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
# Of allauth's pages only these: accounts are opened, and forgotten passwords reset, by
# an administrator.
sign_in = [
    path("login/", account_views.login, name="account_login"),
    path("logout/", account_views.logout, name="account_logout"),
    path("inactive/", account_views.account_inactive, name="account_inactive"),
    path(
        "password/change/",
        account_views.password_change,
        name="account_change_password",
    ),
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
    path("language/", views.set_language, name="set_language"),
]
if settings.ADMIN:
    urlpatterns.append(path("admin/", import_module("config.admin").site.urls))
