"""An identity provider on a free port, which can be made to lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx
import oidc_provider_mock
import pytest
import werkzeug.serving
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette

from roder.infra.settings import Settings
from roder.platform.app import create_app


class Provider:
    """`oidc-provider-mock`, with PKCE on top. What is set here changes its next answers.

    `claims` overrides claims of the ID token (None takes one away), `sign` says how it is signed,
    `header` adds to the token's header, `forge` makes the whole token of its claims, `metadata`
    overrides what discovery tells. `asked` are the paths that were asked for.
    """

    def __init__(self) -> None:
        self.issuer = ""
        self.be_honest()
        self._challenges: dict[str, str] = {}
        self._keys = {
            "rsa": RSAKey.generate_key(2048, {"kid": "rsa"}),
            "ec": ECKey.generate_key("P-256", {"kid": "ec"}),
        }
        self._stranger = RSAKey.generate_key(2048, {"kid": "rsa"})
        self.app = oidc_provider_mock.app(require_nonce=True)
        self.app.before_request(self._hold_to_pkce)
        self.app.after_request(self._lie)

    def be_honest(self) -> None:
        self.claims: dict[str, object] = {}
        self.sign = ""
        self.header: dict[str, object] = {}
        self.forge: Callable[[dict[str, object]], object] | None = None
        self.metadata: dict[str, object] = {}
        self.moved = False
        self.secrets: list[str] = []
        self.asked: list[str] = []

    def _hold_to_pkce(self) -> Any:
        request = flask.request
        self.asked.append(request.path)
        if self.moved:
            return flask.redirect("/elsewhere")
        if request.path != "/oauth2/token":
            return None
        self.secrets.append(request.form.get("client_secret") or str(request.authorization))
        verifier = request.form["code_verifier"].encode()
        made = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
        if self._challenges.get(request.form["code"]) != made:
            return flask.jsonify(error="invalid_grant"), 400
        return None

    def _lie(self, response: flask.Response) -> flask.Response:
        path = flask.request.path
        if path == "/oauth2/authorize" and "location" in response.headers:
            assert flask.request.args["code_challenge_method"] == "S256"
            [code] = parse_qs(urlsplit(response.headers["location"]).query)["code"]
            self._challenges[code] = flask.request.args["code_challenge"]
        elif path == "/.well-known/openid-configuration":
            response.set_data(json.dumps({**response.get_json(), **self.metadata}))
        elif path == "/jwks" and self.sign:
            keys = [key.as_dict(private=False) for key in self._keys.values()]
            response.set_data(json.dumps({"keys": keys}))
        elif path == "/oauth2/token" and response.status_code == 200 and self.sign:
            body = response.get_json()
            response.set_data(json.dumps({**body, "id_token": self._signed(body["id_token"])}))
        return response

    def _signed(self, token: str) -> Any:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        claims.pop("at_hash", None)
        claims = {k: v for k, v in {**claims, **self.claims}.items() if v is not None}
        if self.forge is not None:
            return self.forge(claims)
        if self.sign in ("RS256", "PS384"):
            return _encoded(self.sign, claims, self._keys["rsa"])
        if self.sign == "ES256":
            return _encoded("ES256", claims, self._keys["ec"])
        if self.sign == "stranger":
            return self.signed_by(self._stranger, {"kid": "rsa", **self.header}, claims)
        if self.sign == "own":
            return self.signed_by(self._keys["rsa"], {"kid": "rsa", **self.header}, claims)
        return self._by_hand(claims)

    def signed_by(self, key: RSAKey, header: dict[str, object], claims: object) -> str:
        """RS256 over any header and any text, which libraries would not sign."""
        text = claims if isinstance(claims, str) else json.dumps(claims)
        head = json.dumps({"alg": "RS256", **header})
        body = ".".join(_part(part.encode()) for part in (head, text))
        made = key.private_key.sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{body}.{_part(made)}"

    @property
    def key(self) -> RSAKey:
        return self._keys["rsa"]

    def _by_hand(self, claims: dict[str, object]) -> str:
        """What no library signs: nothing at all, or the public key taken for a shared secret."""
        alg = {"none": "none", "public": "HS256", "broken": "RS256"}[self.sign]
        header = {"alg": alg, "kid": "rsa"}
        body = ".".join(_part(json.dumps(part).encode()) for part in (header, claims))
        pem = self._keys["rsa"].as_pem(private=False)
        ends = {
            "none": b"",
            "public": hmac.new(pem, body.encode(), "sha256").digest(),
            "broken": b"x" * 256,
        }
        return f"{body}.{_part(ends[self.sign])}"


def _encoded(alg: str, claims: dict[str, object], key: RSAKey | ECKey) -> str:
    return jwt.encode({"alg": alg, "kid": key.kid}, claims, key, algorithms=[alg])


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _run() -> Iterator[Provider]:
    provider = Provider()
    server = werkzeug.serving.make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session", autouse=True)
def _plain_http() -> None:
    """The mock is made with Authlib, which wants to be told that http will do."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


@pytest.fixture(scope="session")
def _provider() -> Iterator[Provider]:
    yield from _run()


@pytest.fixture(scope="session")
def _other_provider() -> Iterator[Provider]:
    yield from _run()


@pytest.fixture
def provider(_provider: Provider) -> Provider:
    _provider.be_honest()
    return _provider


@pytest.fixture
def other_provider(_other_provider: Provider) -> Provider:
    _other_provider.be_honest()
    return _other_provider


@pytest.fixture(scope="module")
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: Starlette, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with its cookies."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
        yield client
