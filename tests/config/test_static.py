"""Static files that no other tool reads before a browser does."""

from django.conf import settings
from django.core.files.base import ContentFile

from config.static import WholeCompressor, WholeStaticFiles


def test_every_block_of_the_stylesheet_is_closed():
    text = (settings.BASE_DIR / "static/css/app.css").read_text(encoding="utf-8")
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        depth += line.count("{") - line.count("}")
        assert depth >= 0, number
        # Each section begins at the top level: nothing above it is left open.
        assert not (line.startswith("/* ---") and depth), number

    assert depth == 0


def test_a_file_is_there_while_it_is_written_anew(tmp_path):
    storage = WholeStaticFiles(location=tmp_path)
    storage.save("css/app.css", ContentFile(b"old"))
    storage.delete("css/app.css")
    with storage.open("css/app.css") as read_on:
        storage.save("css/app.css", ContentFile(b"new" * 99))
        assert read_on.read() == b"old"

    WholeCompressor(quiet=True, use_brotli=False).compress(storage.path("css/app.css"))
    found = sorted(it.name for it in (tmp_path / "css").iterdir())
    assert found == ["app.css", "app.css.gz"]
    assert (tmp_path / "css/app.css").read_bytes() == b"new" * 99
