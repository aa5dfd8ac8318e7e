"""Sign-in at an identity provider: a small real one, with its own keys and server."""

import json
import threading
import time
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.urls import reverse

from cadres.models import Setting
from cadres.models.session import STATE
from cadres.rules.roles import Role
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
LOGIN = reverse("openid_connect_login", args=["office"])
KEY, OTHER_KEY = (rsa.generate_private_key(65537, 2048) for _n in range(2))


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


class Idp:
    """Answers as OpenID Connect asks; `claims` and `key` are what a test makes of it."""

    def __init__(self):
        self.claims, self.key, self.algorithm = {}, KEY, "RS256"
        self.issuer = ""  # else as another than it is
        self.asked = []
        self.server = make_server("127.0.0.1", 0, self, handler_class=Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        answers = {
            "/.well-known/openid-configuration": self.configuration,
            "/jwks": lambda: {"keys": [self.public_key()]},
            "/token": lambda: self.token(environ),
        }
        body = json.dumps(answers[path]()).encode()
        start_response("200 OK", [("Content-Type", "application/json")])
        return [body]

    def configuration(self):
        return {
            "issuer": self.issuer or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def public_key(self):
        jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return jwk | {"kid": "1", "alg": "RS256", "use": "sig"}

    def token(self, environ):
        length = int(environ["CONTENT_LENGTH"])
        self.asked.append(parse_qs(environ["wsgi.input"].read(length).decode()))
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "us",
            "iat": now,
            "exp": now + 60,
        } | self.claims
        headers = {"kid": "1"}
        signed = jwt.encode(claims, self.key, self.algorithm, headers=headers)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


@pytest.fixture
def idp(settings):
    cache.clear()
    idp = Idp()
    app = {
        "provider_id": "office",
        "name": "市政务认证",
        "client_id": "us",
        "secret": "s",
        "settings": {"server_url": idp.url, "fetch_userinfo": False},
    }
    settings.OIDC_NAME = "市政务认证"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }
    yield idp
    idp.server.shutdown()
    idp.server.server_close()
    cache.clear()


def sign_in(client, there=LOGIN, **changes):
    """Go there and come back, as a browser does; `changes` are to what is brought."""
    there = urlsplit(client.get(there).url)
    state = parse_qs(there.query)["state"][0]
    back = reverse("openid_connect_callback", args=["office"])
    return client.get(back, {"code": "c", "state": state} | changes)


def is_in(client):
    return client.session.get("_auth_user_id")


def test_who_the_administrator_named_signs_in_and_nobody_else(client, idp):
    account = AccountFactory(username="wang.wei", provider_subject="42")
    AccountFactory(email="x@example.cn")
    assert "市政务认证" in client.get(reverse("account_login")).content.decode()
    refused = [
        ({"sub": "43"}, {}),
        ({"sub": "43", "email": "x@example.cn", "email_verified": True}, {}),
        ({"sub": ""}, {}),
        ({"sub": "42", "aud": "others"}, {}),
        ({"sub": "42", "iss": "http://evil.example"}, {}),
        ({"sub": "42", "exp": 1}, {}),
        ({"sub": "42"}, {"state": "forged"}),
        ({"sub": "42"}, {"error": "access_denied"}),
    ]
    for claims, changes in refused:
        idp.claims = claims
        answer = sign_in(client, **changes)
        assert answer.status_code in (401, 403), (claims, changes)
        assert not is_in(client)
    for key, algorithm in ((OTHER_KEY, "RS256"), ("0" * 64, "HS256")):
        idp.claims, idp.key, idp.algorithm = {"sub": "42"}, key, algorithm
        sign_in(client)
        assert not is_in(client), algorithm
    idp.key, idp.algorithm = KEY, "RS256"

    sign_in(client)

    assert is_in(client) == str(account.pk)
    assert "code_verifier" in idp.asked[-1]
    client.logout()
    account.is_active = False
    account.save()
    assert sign_in(client).url == reverse("account_inactive")
    assert not is_in(client)


def test_a_provider_that_calls_itself_another_is_not_believed(client, idp):
    AccountFactory(provider_subject="42")
    idp.issuer = "https://other.example"
    idp.claims = {"sub": "42", "iss": idp.issuer}

    assert sign_in(client).status_code in (401, 403)
    assert not is_in(client)


def test_our_second_factor_holds_unless_theirs_is_trusted(client, idp):
    Setting.objects.create(name="factor.clerk", value=1)
    AccountFactory(provider_subject="44", role=Role.CLERK)
    security = reverse("mfa_index")
    cases = [
        ({"amr": ["pwd"]}, 0, security),
        ({"amr": ["mfa"]}, 0, security),
        ({"amr": ["pwd"]}, 1, security),
        ({"amr": "mfa"}, 1, security),
        ({"amr": ["pwd", "otp"]}, 1, None),
    ]
    for claims, trust, led in cases:
        Setting.objects.update_or_create(
            name="oidc.trust_amr", defaults={"value": trust}
        )
        idp.claims = {"sub": "44"} | claims
        sign_in(client)
        answer = client.get(reverse("cadres:place_list"))
        assert answer.headers.get("Location") == led, (claims, trust)
        client.logout()


def test_who_has_no_password_confirms_there_anew(client, idp):
    """Theirs is to ask again, and to say when it did: else it was an old sign-in."""
    Setting.objects.create(name="signin.step_up_minutes", value=15)
    account, other = (AccountFactory(provider_subject=it) for it in ("42", "43"))
    for one in (account, other):
        one.set_unusable_password()
        one.save()
    client.cookies["django_language"] = "en"
    idp.claims = {"sub": "42"}
    sign_in(client)
    session = client.session
    session[STATE] = session[STATE] | {"at": session[STATE]["at"] - 3600}
    session.save()
    act, now = reverse("factor_remove", args=[1]), int(time.time())
    door = f"{reverse('openid_connect_confirm', args=['office'])}?next="
    asked = client.post(act, {"typed": "文"}).content.decode()
    assert "Confirm with 市政务认证" in asked
    assert 'name="typed" value="文"' in asked
    # allauth alone would let them add a factor without a question.
    confirm = reverse("account_reauthenticate")
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_view_recovery_codes"):
        assert client.get(reverse(name)).url.startswith(confirm)
    query = parse_qs(urlsplit(client.get(door).url).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    cases = [
        {"sub": "42"},
        {"sub": "42", "auth_time": now - 300},
        {"sub": "42", "auth_time": now + 300},
        {"sub": "42", "auth_time": str(now)},
        {"sub": "42", "auth_time": True},
        {"sub": "43", "auth_time": now},
    ]
    for claims in cases:
        idp.claims = claims
        answer = sign_in(client, there=door)
        assert answer.status_code == 403, claims
        assert "It was not confirmed" in answer.content.decode()
        assert is_in(client) == str(account.pk)
        assert "Is it you?" in client.post(act).content.decode(), claims
    idp.claims = {"sub": "42", "auth_time": now}
    # An ordinary sign-in there asks nobody anew, whatever it is called.
    assert sign_in(client, there=f"{LOGIN}?process=redirect").status_code == 403

    assert sign_in(client, there=f"{door}//evil.example").url == reverse("mfa_index")
    assert client.post(act).url == reverse("mfa_index")


def test_without_a_provider_there_is_no_such_door(client, db):
    assert client.get(LOGIN).status_code == 404
    assert "office" not in client.get(reverse("account_login")).content.decode()
