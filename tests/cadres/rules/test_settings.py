from django.conf import settings

from cadres.rules.settings import SETTINGS


def test_the_readme_names_every_setting_of_the_office():
    readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")

    assert [name for name in SETTINGS if f"`{name}`" not in readme] == []
