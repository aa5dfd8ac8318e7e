"""The lines of Today: up to forty visits and as many tasks, too many for templates."""

from functools import lru_cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cadres.rules.place_names import short_path
from visits.reports.task import Task
from visits.templatetags.visits import span

register = template.Library()
NONE = SafeString()
NEAR = 3  # days before a limit that are told in colour
BY_LIMIT = ("matter", "letter", "question")
OVER = ("log", "confirm")


@lru_cache(maxsize=10)
def _words(language: str | None) -> dict[str, str]:
    return {
        "comma": _(", "),
        "colon": _(": "),
        "hidden": _("Unannounced"),
        "briefing": _("Briefing"),
    }


@register.simple_tag
def today_visit(visit: Any) -> SafeString:
    """A visit of `week_ahead`."""
    words = _words(get_language())
    places = (
        " ".join(filter(None, [short_path(it["path"], it["level"]), it["venue"]]))
        for it in visit.places
    )
    briefing = NONE
    if visit.is_briefed:
        briefing = format_html(
            '<p class="item-links"><a href="{}" aria-label="{}{}{}">{}</a></p>',
            reverse("visits:visit_briefing", args=[visit.reference]),
            *(words["briefing"], words["colon"], visit.purpose, words["briefing"]),
        )
    return format_html(
        '<li><p class="item-title"><a href="{}">{}</a>{}</p><p class="when">{}</p>'
        '<p class="caption">{}</p><p class="caption">{}</p>{}</li>',
        visit.get_absolute_url(),
        visit.purpose,
        format_html('<span class="state">{}</span>', words["hidden"])
        if visit.is_hidden
        else NONE,
        span(visit.starts_at, visit.ends_at),
        words["comma"].join(places),
        words["comma"].join(visit.names),
        briefing,
    )


@register.simple_tag
def task_limit(task: Task) -> SafeString | str:
    """How near a task is to its limit, in words."""
    day = date_format(task.on, "MONTH_DAY_FORMAT")
    if task.kind in BY_LIMIT:
        return _told(_left(task.days), task.days, _("by %(day)s") % {"day": day})
    if task.kind == "received":
        return _("received %(day)s") % {"day": day}
    if task.kind == "drawn":
        return _("struck off %(day)s") % {"day": day}
    if task.kind == "series" or task.when is None:
        return f"{date_format(task.on, 'DATE_FORMAT')} {date_format(task.on, 'D')}"
    words = _over(task.late) if task.kind in OVER else _begins(task.days)
    # What is over is not late yet.
    days = max(task.days, 1) if task.kind in OVER else task.days
    return _told(words, days, span(*task.when))


def _told(words: str, days: int, when: str) -> SafeString:
    tone = " state-late" if days <= 0 else " state-soon" if days <= NEAR else ""
    return format_html('<span class="state{}">{}</span> {}', tone, words, when)


def _left(days: int) -> str:
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
    if days == 0:
        return _("due today")
    return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}


def _over(days: int) -> str:
    if days == 0:
        return _("was today")
    return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


def _begins(days: int) -> str:
    if days < 0:
        return _("its day is past")
    if days == 0:
        return _("begins today")
    return ngettext("begins in %(n)s day", "begins in %(n)s days", days) % {"n": days}
