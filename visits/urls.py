"""All addresses of visits, one per line."""

from django.urls import path

from visits.views import (
    absences,
    actions,
    calendar,
    calendar_days,
    feedback,
    logs,
    plans,
    report_rows,
    reports,
    search,
    today,
    visits,
)

app_name = "visits"


urlpatterns = [
    path("absences/", absences.absence_list, name="absence_list"),
    path("absences/record/", absences.absence_create, name="absence_create"),
    path("absences/<int:pk>/change/", absences.absence_change, name="absence_change"),
    path("absences/<int:pk>/remove/", absences.absence_remove, name="absence_remove"),
    path(
        "calendar/days/add/",
        calendar_days.calendar_day_create,
        name="calendar_day_create",
    ),
    path(
        "calendar/days/<int:pk>/change/",
        calendar_days.calendar_day_change,
        name="calendar_day_change",
    ),
    path(
        "calendar/days/<int:pk>/remove/",
        calendar_days.calendar_day_remove,
        name="calendar_day_remove",
    ),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/list/", feedback.feedback_list, name="feedback_list"),
    path("", today.today, name="today"),
    path("visits/", calendar.calendar, name="calendar"),
    path("search/", search.search, name="search"),
    path("reports/districts/", reports.report_districts, name="report_districts"),
    path(
        "reports/districts/csv/",
        reports.report_districts_csv,
        name="report_districts_csv",
    ),
    path("reports/officials/", reports.report_officials, name="report_officials"),
    path(
        "reports/officials/csv/",
        reports.report_officials_csv,
        name="report_officials_csv",
    ),
    path(
        "reports/officials/<int:pk>/", reports.report_official, name="report_official"
    ),
    path("reports/rows/", report_rows.report_rows, name="report_rows"),
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
