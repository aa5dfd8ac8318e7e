"""Static files that no other tool reads before a browser does."""

from django.conf import settings


def test_every_block_of_the_stylesheet_is_closed():
    text = (settings.BASE_DIR / "static/css/app.css").read_text(encoding="utf-8")
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        depth += line.count("{") - line.count("}")
        assert depth >= 0, number
        # Each section begins at the top level: nothing above it is left open.
        assert not (line.startswith("/* ---") and depth), number

    assert depth == 0
