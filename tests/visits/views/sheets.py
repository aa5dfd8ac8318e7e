"""What the pages send: the fields of a booking, of a log, of a unified action."""

import uuid
from datetime import timedelta
from html.parser import HTMLParser

from django.utils import timezone


def days_ahead(days):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def sheet(official, place, **more):
    """What the booking page sends for one stop and one official."""
    data = {
        "purpose": "设施农业",
        "mode": "announced",
        "vehicles": "1",
        "press": "0",
        "escorts_own": "0",
        "escorts_superior": "0",
        "escorts_prefecture": "0",
        "escorts_county": "0",
        "escorts_township": "0",
        "client_key": str(uuid.uuid4()),
        "version": "0",
        "stops-TOTAL_FORMS": "1",
        "stops-INITIAL_FORMS": "0",
        "stops-0-place": place.path,
        "stops-0-place_id": str(place.pk),
        "stops-0-day": days_ahead(7),
        "stops-0-starts": "09:00",
        "stops-0-ends": "11:00",
        "stops-0-activities": ["study"],
        "stops-0-ORDER": "1",
        "team-TOTAL_FORMS": "1",
        "team-INITIAL_FORMS": "0",
        "team-0-official": str(official.pk),
        "team-0-part": "lead",
        "team-0-ORDER": "1",
    }
    return data | more


class _Fields(HTMLParser):
    """Collects what a browser would send of the page's guarded form."""

    def __init__(self):
        super().__init__()
        self.sent = {}
        self.is_inside = False
        self.templates = 0
        self.select = self.textarea = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.is_inside = "data-guard" in given
        self.templates += tag == "template"
        if not self.is_inside or self.templates:
            return
        if tag == "input":
            box = given.get("type") in ("checkbox", "radio")
            if "name" in given and (not box or "checked" in given):
                self._add(given["name"], given.get("value") or ("on" if box else ""))
        elif tag == "select":
            self.select = given["name"]
            self.sent.setdefault(self.select, [])
        elif tag == "option" and self.select and "selected" in given:
            self._add(self.select, given.get("value", ""))
        elif tag == "textarea":
            self.textarea = given["name"]
            self._add(self.textarea, "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.is_inside = False
        self.templates -= tag == "template"
        if tag == "select":
            self.select = None
        if tag == "textarea":
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.sent[self.textarea] = [(self.sent[self.textarea][0] + data).strip()]

    def _add(self, name, value):
        self.sent.setdefault(name, []).append(value)


def page_sends(response, **typed):
    """The fields of the form on a page as a browser would send them, some retyped."""
    parser = _Fields()
    parser.feed(response.content.decode())
    sent = {name: values for name, values in parser.sent.items() if values}
    return {name: v if len(v) > 1 else v[0] for name, v in sent.items()} | typed


class _Forms(HTMLParser):
    """Collects every form that is sent by POST, with what a browser would send."""

    def __init__(self):
        super().__init__()
        self.found = []
        self.sent = None
        self.select = self.textarea = None
        self.templates = 0

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value = given.get("name"), given.get("value") or ""
        self.templates += tag == "template"
        if tag == "form":
            self.sent = {} if given.get("method") == "post" else None
            if self.sent is not None:
                self.found.append((given.get("action") or "", self.sent))
        elif self.sent is None or self.templates:
            return
        elif tag == "select":
            self.select = name
            self.sent.setdefault(name, "")
        elif tag == "option" and self.select:
            if "selected" in given or not self.sent[self.select]:
                self.sent[self.select] = value
        elif tag == "textarea":
            self.textarea, self.sent[name] = name, ""
        elif tag in ("input", "button") and name and name != "csrfmiddlewaretoken":
            is_choice = given.get("type") in ("checkbox", "radio")
            if not is_choice or "checked" in given or name not in self.sent:
                self.sent[name] = value or ("on" if is_choice else "")

    def handle_data(self, data):
        if self.textarea:
            self.sent[self.textarea] += data

    def handle_endtag(self, tag):
        self.templates -= tag == "template"
        if tag == "form":
            self.sent = None
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None


def forms_of(response):
    """Address and fields of each form on a page; "" is the page's own address."""
    parser = _Forms()
    parser.feed(response.content.decode())
    return parser.found
