from django.utils.html import format_html
from django.utils.safestring import SafeString

from cadres.html import html, joined

TYPED = """<b>"'&</b>{}"""


def test_html_is_put_together_as_format_html_does_it():
    safe = format_html("<i>{}</i>", "&")

    for parts in ((TYPED, safe), (safe, TYPED), ("", "plain"), (safe + TYPED, "{0}")):
        made = html('<a title="{}">{}</a>', *parts)
        assert made == format_html('<a title="{}">{}</a>', *parts)
        assert isinstance(made, SafeString)


def test_what_is_joined_stays_safe():
    made = joined(html("<li>{}</li>", it) for it in ("a", "<"))

    assert made == "<li>a</li><li>&lt;</li>"
    assert html("{}", made) == made
