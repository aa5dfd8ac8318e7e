"""Django's admin site for tables of reference alone; off unless `ADMIN=1`.

Letters, visits and people are not in it: their pages know who may see what, and what
is changed there is an action with its history. Days of the calendar and rules of clocks
are shown and not changed, because their own pages count legal limits anew.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cadres.models import CalendarDay, District, Unit
from visits.models import ClockRule, ContentSubject, StudyArea, TalkFormat

PERMISSION = "cadres.edit_reference"


class ReferenceSite(admin.AdminSite):
    site_title = site_header = _("Four Grassroots: reference tables")
    index_title = _("Reference tables")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.has_perm(PERMISSION)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The product's own sign-in, with its limits and its second factor."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.get_full_path())


site = ReferenceSite(name="admin")


class Shown(admin.ModelAdmin):  # type: ignore[type-arg]
    """Looked at; nothing in it is changed."""

    show_full_result_count = False
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(PERMISSION)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows of reference end; they do not go: what rests on them stays."""
        return False


class Edited(Shown):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(PERMISSION)


class Places(Shown):
    search_fields = ("code", "name")
    list_display = ("code", "name", "level", "valid_from", "valid_to")
    ordering = ("code",)
    raw_id_fields = tuple(
        field.name for field in District._meta.fields if field.is_relation
    )


class Units(Edited):
    search_fields = ("name",)
    list_display = ("name", "place", "kind")
    list_select_related = ("place",)
    ordering = ("name",)
    raw_id_fields = ("place", "superior", "dissolved_into")


class Days(Shown):
    list_display = ("date", "region", "name", "is_workday", "source")
    ordering = ("-date",)


class Rules(Shown):
    list_display = ("clock", "jurisdiction", "days", "mode", "valid_from")
    ordering = ("clock", "valid_from")
    list_select_related = ("jurisdiction",)


SITE: dict[type[Model], type[Shown]] = {
    District: Places,
    Unit: Units,
    CalendarDay: Days,
    ClockRule: Rules,
    ContentSubject: Edited,
    TalkFormat: Edited,
    StudyArea: Edited,
}
for _model, _admin in SITE.items():
    site.register(_model, _admin)
