import pytest

from visits.rules.page_path import page_path


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("http://office.example/visits/", "/visits/"),
        ("https://office.example/visits/ABC/?q=secret#x", "/visits/ABC/"),
        ("/visits/", "/visits/"),
        ("/visits/?q=secret", "/visits/"),
        ("/%E5%9B%9B/", "/%E5%9B%9B/"),
        ("http://evil.example/visits/", ""),
        ("http://office.example.evil.example/", ""),
        ("//evil.example/", ""),
        ("http://office.example//evil.example/", ""),
        ("/\\evil.example/", ""),
        ("javascript:alert(1)", ""),
        ("ftp://office.example/visits/", ""),
        ("visits/", ""),
        ("", ""),
        ("/a\nb", "/ab"),  # as browsers read it
        ("/a b", ""),
        ("/\x00", ""),
        ("/四/", ""),
        ("http://[::1/", ""),
        ("/" + "a" * 200, ""),
    ],
)
def test_page_path_keeps_a_path_of_this_site(address, path):
    assert page_path(address, "office.example") == path
