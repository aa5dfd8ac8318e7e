"""HEAD as the server gets it: Django's test client would empty the body by itself."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.http import FileResponse, StreamingHttpResponse
from django.test import RequestFactory

from config.middleware import EmptyForHead
from config.wsgi import application

# The end of each answer looks after the connection.
pytestmark = pytest.mark.django_db


def answered(method, path):
    given = {}

    def start_response(status, headers):
        given.update(dict(headers), status=int(status.split()[0]))

    response = application(
        RequestFactory().generic(method, path).environ, start_response
    )
    body = b"".join(response)
    response.close()
    return given, body


@pytest.mark.parametrize("path", ["/", "/healthz", "/%00", "/static/none.css"])
def test_head_has_the_headers_of_get_and_no_body(path):
    got, body = answered("GET", path)
    asked, nothing = answered("HEAD", path)

    assert nothing == b""
    assert asked["status"] == got["status"]
    assert asked["Content-Type"] == got["Content-Type"]
    assert int(asked["Content-Length"]) == len(body)


@pytest.mark.parametrize(
    "response",
    [
        lambda: StreamingHttpResponse(iter([b"a", b"b"])),
        lambda: FileResponse(Path(finders.find("css/app.css")).open("rb")),  # noqa: SIM115
    ],
)
def test_a_stream_is_not_begun_for_head(response):
    given = response()
    empty = EmptyForHead(lambda _request: given)(RequestFactory().head("/"))

    assert b"".join(empty) == b""
    assert getattr(empty, "file_to_stream", None) is None
    empty.close()
