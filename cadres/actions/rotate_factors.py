from allauth.mfa.models import Authenticator
from django.db import transaction

from cadres.models.encrypted import WrongKey
from cadres.models.factor_secret import is_under_old_key, open_secret, seal_secret

SECRETS = ("secret", "seed")


@transaction.atomic
def rotate_factors() -> tuple[int, list[int]]:
    """Encrypt the secrets of second factors anew; say how many, and which cannot be."""
    done, failed = 0, []
    rows = Authenticator.objects.select_for_update().order_by("pk")
    for factor in rows.exclude(type=Authenticator.Type.WEBAUTHN):
        old = {
            name: factor.data[name]
            for name in SECRETS
            if name in factor.data and is_under_old_key(factor.data[name])
        }
        try:
            anew = {name: seal_secret(open_secret(it)) for name, it in old.items()}
        except WrongKey:
            failed.append(factor.pk)
            continue
        if anew:
            factor.data |= anew
            factor.save(update_fields=["data"])
            done += 1
    return done, failed
