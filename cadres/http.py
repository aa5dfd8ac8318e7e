import re

from django.http import HttpRequest, QueryDict

from cadres.models import Account

ADD = re.compile(r"add_([a-z_]+)")
MOST_ROWS = 20


class AuthedRequest(HttpRequest):
    """A request whose user is signed in: what every view behind the login gets."""

    user: Account


def adds_row(request: HttpRequest) -> bool:
    """Whether a button was pressed that adds a row and saves nothing."""
    return any(ADD.fullmatch(name) for name in request.POST)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, if anything, with the rows that its buttons add."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    for name in request.POST:
        if found := ADD.fullmatch(name):
            key = f"{found[1]}-TOTAL_FORMS"
            total = str(data.get(key, ""))
            if re.fullmatch("[0-9]{1,4}", total):
                data[key] = str(min(int(total) + 1, MOST_ROWS))
    return data
