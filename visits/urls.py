"""All addresses of visits, one per line."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from visits.views import actions, logs, plans, visits

app_name = "visits"


def soon(request: HttpRequest) -> HttpResponse:
    return HttpResponse("soon")


urlpatterns = [
    path("", soon, name="today"),
    path("visits/", soon, name="calendar"),
    path("search/", soon, name="search"),
    path("feedback/", soon, name="feedback"),
    path("reports/districts/", soon, name="report_districts"),
    path("reports/officials/", soon, name="report_officials"),
    path("actions/", actions.action_list, name="action_list"),
    path("actions/plan/", actions.action_create, name="action_create"),
    path("actions/<slug:reference>/", actions.action_detail, name="action_detail"),
    path("visits/check/", plans.visit_check, name="visit_check"),
    path("visits/plan/", plans.visit_plan, name="visit_plan"),
    path("visits/<slug:reference>/", visits.visit_detail, name="visit_detail"),
    path(
        "visits/<slug:reference>/announce/",
        visits.visit_announce,
        name="visit_announce",
    ),
    path(
        "visits/<slug:reference>/approve/", visits.visit_approve, name="visit_approve"
    ),
    path("visits/<slug:reference>/change/", plans.visit_change, name="visit_change"),
    path(
        "visits/<slug:reference>/confirm/", visits.visit_confirm, name="visit_confirm"
    ),
    path("visits/<slug:reference>/end/", visits.visit_end, name="visit_end"),
    path("visits/<slug:reference>/join/", plans.visit_join, name="visit_join"),
    path("visits/<slug:reference>/log/", logs.visit_log, name="visit_log"),
]
