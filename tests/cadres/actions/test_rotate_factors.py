import base64

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from cadres.models.factor_secret import is_under_old_key, open_secret
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db


def key(number):
    return f"{number}:{base64.b64encode(bytes([number]) * 32).decode()}"


def test_second_factors_outlive_the_rotation_of_keys(settings, files_dir):
    account = AccountFactory()
    settings.IDENTITY_KEYS = [key(1)]
    app = TOTP.activate(account, "JBSWY3DPEHPK3PXP").instance
    codes = RecoveryCodes.activate(account)
    before = codes.generate_codes()
    settings.IDENTITY_KEYS = [key(2)]
    with pytest.raises(CommandError):
        call_command("rotate_identity_key", verbosity=0)
    settings.IDENTITY_KEYS = [key(2), key(1)]

    call_command("rotate_identity_key", verbosity=0)

    settings.IDENTITY_KEYS = [key(2)]
    app.refresh_from_db()
    assert open_secret(app.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert not is_under_old_key(app.data["secret"])
    again = Authenticator.objects.get(type="recovery_codes").wrap()
    assert again.generate_codes() == before
