"""All addresses of places and people, one per line."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from cadres.views import calendar_days, settings

app_name = "cadres"


def soon(request: HttpRequest, **kwargs: int) -> HttpResponse:
    return HttpResponse("soon")


urlpatterns = [
    path("places/", soon, name="place_list"),
    path("places/pick/", soon, name="place_pick"),
    path("places/<int:pk>/", soon, name="place_detail"),
    path("officials/", soon, name="cadre_list"),
    path("officials/<int:pk>/", soon, name="cadre_detail"),
    path("calendar/days/", calendar_days.calendar_days, name="calendar_days"),
    path("settings/", settings.settings, name="settings"),
]
