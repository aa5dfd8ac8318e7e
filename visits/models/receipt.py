"""The one-time code on a receipt: known to the petitioner, kept as a keyed hash."""

import secrets

from django.utils.crypto import constant_time_compare, salted_hmac

from visits.models.visit import ALPHABET

CODE_LENGTH = 8


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _i in range(CODE_LENGTH))


def hash_of(reference: str, code: str) -> str:
    return salted_hmac(
        "visits.letter.code", f"{reference}/{code}", algorithm="sha256"
    ).hexdigest()


def is_code(reference: str, code: str, code_hash: str) -> bool:
    typed = code.strip().upper().replace("-", "").replace(" ", "")
    return bool(code_hash) and constant_time_compare(
        hash_of(reference, typed), code_hash
    )
