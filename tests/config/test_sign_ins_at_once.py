"""Many sign in at one time, with one account: none of them is a guess."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cadres.models import WrongTry
from tests.factories import AccountFactory


@pytest.mark.django_db(transaction=True)
def test_right_passwords_wait_for_each_other_and_all_get_in(settings):
    # As slow as in earnest, so that none is decided before the next begins.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    account = AccountFactory(username="leader")
    account.set_password("right-password-1")
    account.save()
    at_once = Barrier(8, timeout=30)

    def sign_in(_number):
        try:
            at_once.wait()
            data = {"login": "leader", "password": "right-password-1"}
            return Client().post(reverse("account_login"), data).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sign_in, range(8)))

    assert answers == [302] * 8
    assert not WrongTry.objects.exists()
