import pytest
from django.urls import reverse


class Endless:
    """A body of 300 MB that is never in memory; counts what is read of it."""

    def __init__(self, size):
        self.left, self.largest = size, 0

    def read(self, size=-1):
        assert size >= 0
        self.largest = max(self.largest, size)
        piece = min(size, self.left)
        self.left -= piece
        return bytes(piece)

    readline = None


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.django_db
def test_300_mb_get_a_clear_page_and_are_never_kept(client, liaison, signed_in):
    if signed_in:
        client.force_login(liaison)
    body = Endless(300 * 2**20)

    answer = client.generic(
        "POST",
        reverse("visits:letter_files", args=["ABCD2345"]),
        content_type="multipart/form-data; boundary=x",
        **{"wsgi.input": body, "CONTENT_LENGTH": str(300 * 2**20)},
    )

    assert answer.status_code == 413
    assert "60 MB" in answer.content.decode()
    assert (body.left, body.largest) == (0, 2**16)
