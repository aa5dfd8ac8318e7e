"""Addresses of the whole site."""

from django.urls import include, path

from config import views

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error

urlpatterns = [
    path("", include("visits.urls")),
    path("", include("cadres.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("language/", views.set_language, name="set_language"),
]
