"""All addresses of places and people, one per line.

The pages of one official and one place are in config/urls.py: they show visits, too.
"""

from django.urls import path

from cadres.views import (
    access_reviews,
    accounts,
    calendar_days,
    incidents,
    mandates,
    officials,
    places,
    roles,
    settings,
    units,
)

app_name = "cadres"

urlpatterns = [
    path("places/", places.place_list, name="place_list"),
    path("places/pick/", places.place_pick, name="place_pick"),
    path("calendar/days/", calendar_days.calendar_days, name="calendar_days"),
    path("settings/", settings.settings, name="settings"),
    path("settings/sign-in/", settings.sign_in_rules, name="sign_in_rules"),
    path("officials/", officials.cadre_list, name="cadre_list"),
    path("officials/enter/", officials.cadre_enter, name="cadre_enter"),
    path("officials/pick/", officials.cadre_pick, name="cadre_pick"),
    path("officials/<int:pk>/change/", officials.cadre_change, name="cadre_change"),
    path("incidents/", incidents.incident_list, name="incident_list"),
    path("incidents/enter/", incidents.incident_enter, name="incident_enter"),
    path("incidents/<int:pk>/", incidents.incident_detail, name="incident_detail"),
    path(
        "incidents/<int:pk>/change/", incidents.incident_change, name="incident_change"
    ),
    path("incidents/<int:pk>/close/", incidents.incident_close, name="incident_close"),
    path("units/", units.unit_list, name="unit_list"),
    path("units/enter/", units.unit_enter, name="unit_enter"),
    path("units/pick/", units.unit_pick, name="unit_pick"),
    path("units/<int:pk>/change/", units.unit_change, name="unit_change"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/open/", accounts.account_open, name="account_open"),
    path("accounts/reviews/", access_reviews.review_list, name="review_list"),
    path("accounts/reviews/start/", access_reviews.review_start, name="review_start"),
    path(
        "accounts/reviews/<int:pk>/", access_reviews.review_detail, name="review_detail"
    ),
    path("accounts/<int:pk>/", accounts.account_detail, name="account_detail"),
    path("accounts/<int:pk>/change/", accounts.account_change, name="account_change"),
    path("accounts/<int:pk>/close/", accounts.account_close, name="account_close"),
    path("accounts/<int:pk>/invite/", accounts.account_invite, name="account_invite"),
    path(
        "accounts/<int:pk>/invitation/end/",
        accounts.invitation_end,
        name="invitation_end",
    ),
    path(
        "accounts/<int:pk>/factors/", accounts.account_factors, name="account_factors"
    ),
    path(
        "factor-resets/<int:pk>/decide/",
        accounts.factor_reset_decide,
        name="factor_reset_decide",
    ),
    path("accounts/<int:pk>/roles/", roles.role_grant, name="role_grant"),
    path("accounts/<int:pk>/mandates/", roles.mandate_give, name="mandate_give"),
    path("roles/<int:pk>/end/", roles.role_end, name="role_end"),
    path("mandates/<int:pk>/end/", roles.mandate_end, name="mandate_end"),
    path("acting-for-me/", mandates.own_mandates, name="own_mandates"),
    path(
        "acting-for-me/<int:pk>/end/",
        mandates.own_mandate_end,
        name="own_mandate_end",
    ),
]
