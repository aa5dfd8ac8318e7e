"""The admin site is off; where it is on, it has tables of reference and no casework."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

CODE = """
import django
django.setup()
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse
from cadres.models import Account
from config.admin import PERMISSION, SITE, site
call_command("check", verbosity=0)
assert reverse("admin:index") == "/admin/"
assert {it._meta.label for it in site._registry} == {it._meta.label for it in SITE}
request = RequestFactory().get("/admin/")
for may in (False, True):
    class Someone:
        is_active = is_authenticated = True
        has_perm = staticmethod(lambda perm: may and perm == PERMISSION)
    request.user = Someone
    assert site.has_permission(request) == may
    for it in site._registry.values():
        assert it.has_view_permission(request) == may
        assert not it.has_delete_permission(request)
        assert may or not it.has_change_permission(request)
print(sorted(it._meta.label for it in site._registry))
"""


@pytest.mark.django_db
def test_the_admin_site_is_off(client):
    assert "django.contrib.admin" not in str(settings.INSTALLED_APPS)
    assert client.get("/admin/").status_code in (302, 404)
    assert client.get("/admin/login/", follow=True).status_code == 404


def test_where_it_is_on_it_has_reference_tables_for_those_who_may():
    found = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=Path(settings.BASE_DIR),
        env=os.environ | {"ADMIN": "1", "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
    )

    assert found.returncode == 0, found.stderr
    assert "Letter'" not in found.stdout
    assert "Visit" not in found.stdout.replace("visits.", "")
    assert "Account" not in found.stdout
