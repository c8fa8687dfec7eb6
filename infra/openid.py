"""OpenID Connect from our side: asking an identity provider who somebody is.

The authorization code flow with PKCE (OpenID Connect Core 1.0, RFC 7636), and the way out (OpenID
Connect RP-Initiated Logout 1.0). What the provider publishes is kept for some minutes.

authlib, joserfc and httpx are imported where they are used: most processes never sign anybody in
this way.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

import orjson
import structlog

from .errors import AppError, InvalidInput
from .i18n import _

if TYPE_CHECKING:
    import httpx

log = structlog.get_logger()

ALGORITHMS: Final = tuple(
    f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)
)
"""Signatures that only the provider can make: never none, nor one with a secret that we share."""

KEYS: Final = ("RSA", "EC")

SECONDS: Final = 10
"""What one request to a provider may take, to the last byte."""

MOST_BYTES: Final = 200_000
LEEWAY: Final = 60
"""Seconds that the provider's clock may differ from ours."""

LONGEST_TOKEN: Final = 30_000
"""Signs of an ID token: a person in hundreds of groups has some 10,000."""

KEPT_SECONDS: Final = 300
"""How long a key may still be trusted that the provider has withdrawn."""
KEPT_BYTES: Final = 20_000
MOST_KEPT: Final = 1000
_published: OrderedDict[tuple[str, str], tuple[float, dict[str, Any]]] = OrderedDict()
"""By tenant and address: until when, and the document. The oldest goes first."""


class SignInFailed(AppError):
    """The provider's answer does not say, or not so that it can be trusted, who somebody is."""

    code = "SIGN_IN_FAILED"
    status = 401


class ProviderSilent(AppError):
    """The provider cannot be reached, or answers something else than it should."""

    code = "PROVIDER_UNAVAILABLE"
    status = 502


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows us as. Without a secret we are a public client, held by PKCE alone.

    `nearby` allows http on this very machine, for the demonstration and tests. `tenant` is whose
    provider it is: what it publishes is kept for each apart.
    """

    issuer: str
    client_id: str
    secret: str | None
    scopes: tuple[str, ...]
    nearby: bool = False
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is kept in the browser between asking and the answer; each is random, and used once."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    acr_values: tuple[str, ...] = ()
    """Levels of assurance that are wanted, any of them, the one wanted most first."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who somebody is, as the provider says: the checked claims of the ID token, and the token."""

    claims: Mapping[str, object]
    id_token: str


@dataclass(frozen=True, slots=True)
class _Endpoints:
    authorization: str
    token: str
    keys: str
    end_session: str | None
    takes_secret_in_body: bool


async def reach(client: Client) -> None:
    """Raise ProviderSilent unless the provider is there and is what it is taken for."""
    async with _http() as http:
        await _discover(http, client, anew=True)


async def question(client: Client, asked: Asked) -> str:
    """The address at the provider to send the browser to. Raises ProviderSilent."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
    from authlib.oauth2.rfc7636 import create_s256_code_challenge

    async with _http() as http:
        endpoints = await _discover(http, client)
    address: str = prepare_grant_uri(
        endpoints.authorization,
        client_id=client.client_id,
        response_type="code",
        redirect_uri=asked.redirect_uri,
        scope=" ".join(client.scopes),
        state=asked.state,
        nonce=asked.nonce,
        code_challenge=create_s256_code_challenge(asked.verifier),
        code_challenge_method="S256",
        **({"acr_values": " ".join(asked.acr_values)} if asked.acr_values else {}),
    )
    return address


async def way_out(client: Client, *, id_token: str, back: str) -> str | None:
    """The address to send the browser to so that the provider's session ends too; None when it
    publishes none. `id_token` may be empty. Raises ProviderSilent."""
    async with _http() as http:
        endpoints = await _discover(http, client)
    if endpoints.end_session is None:
        return None
    from authlib.common.urls import add_params_to_uri

    told = {"client_id": client.client_id, "post_logout_redirect_uri": back}
    if id_token:
        told["id_token_hint"] = id_token
    address: str = add_params_to_uri(endpoints.end_session, list(told.items()))
    return address


async def answer(client: Client, asked: Asked, code: str) -> Told:
    """What the provider says of whoever came back with `code`.

    Raises SignInFailed when it cannot be trusted, ProviderSilent when it does not come.
    """
    from joserfc.errors import JoseError

    async with _http() as http:
        endpoints = await _discover(http, client)
        token = await _redeem(http, client, endpoints, asked, code)
        try:
            _refuse_strange(str(token["id_token"]))
            keys = await _keys_for(http, client, endpoints, token)
            return Told(_checked(client, asked, token, keys), str(token["id_token"]))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.warning("id_token_refused", issuer=client.issuer, reason=repr(error)[:300])
            raise SignInFailed(
                _("The answer of the sign-in service could not be trusted. Try again.")
            ) from None


def check_issuer(issuer: str, *, nearby: bool) -> str:
    """The issuer as OpenID Connect wants it: https, without query or fragment. InvalidInput."""
    issuer = issuer.strip()
    if not is_safe_address(issuer, nearby=nearby) or "?" in issuer or "#" in issuer:
        raise InvalidInput(
            _("Write the address of the issuer, such as https://inloggning.kommun.example."),
            field="issuer",
        )
    return issuer


def is_safe_address(address: str, *, nearby: bool) -> bool:
    """Whether we ask there: https at a name. http only at this machine, and only when `nearby`."""
    import httpx

    if len(address) > 500 or not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts, host = urlsplit(address), httpx.URL(address).host
        port = parts.port
    except (ValueError, httpx.InvalidURL):
        return False
    if host != parts.hostname or port == 0 or parts.username is not None or "\\" in address:
        return False
    at_home = host == "localhost" or host.endswith(".localhost") or _is_number(host)
    if at_home:
        return nearby and host in ("localhost", "127.0.0.1", "::1") and parts.scheme == "http"
    return parts.scheme == "https" and "." in host


def _is_number(host: str) -> bool:
    """An address by number names something within our own network sooner than a provider."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # 2130706433 and 0x7f.1 are read as addresses of four numbers by resolvers.
        return host.rpartition(".")[2][:1].isdigit()
    return True


def _http() -> httpx.AsyncClient:
    import httpx

    return httpx.AsyncClient(timeout=SECONDS / 2, follow_redirects=False)


async def _discover(http: httpx.AsyncClient, client: Client, *, anew: bool = False) -> _Endpoints:
    address = client.issuer.rstrip("/") + "/.well-known/openid-configuration"
    found = await _document(http, client, address, anew=anew)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    told = [str(found.get(name)) for name in names]
    safe = all(is_safe_address(address, nearby=client.nearby) for address in told)
    if found.get("issuer") != client.issuer or not safe:
        log.warning("discovery_refused", issuer=client.issuer, said=str(found.get("issuer"))[:200])
        raise _silent()
    methods = found.get("token_endpoint_auth_methods_supported")
    in_body = isinstance(methods, list) and "client_secret_post" in methods
    out = found.get("end_session_endpoint")
    if not isinstance(out, str) or not is_safe_address(out, nearby=client.nearby):
        out = None
    return _Endpoints(told[0], told[1], told[2], out, takes_secret_in_body=in_body)


async def _document(
    http: httpx.AsyncClient, client: Client, address: str, *, anew: bool = False
) -> dict[str, Any]:
    """What the provider publishes at an address, at most some minutes old; `anew` asks again."""
    import httpx

    key, now = (client.tenant, address), time.monotonic()
    until, found = _published.get(key, (0.0, {}))
    if until > now and not anew:
        return found
    found = await _read(http, httpx.Request("GET", address))
    _published.pop(key, None)
    if len(orjson.dumps(found)) <= KEPT_BYTES:
        _published[key] = now + KEPT_SECONDS, found
    while len(_published) > MOST_KEPT:
        _published.popitem(last=False)
    return found


async def _redeem(
    http: httpx.AsyncClient, client: Client, endpoints: _Endpoints, asked: Asked, code: str
) -> dict[str, Any]:
    import httpx

    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked.redirect_uri,
        "client_id": client.client_id,
        "code_verifier": asked.verifier,
    }
    headers = {}
    if client.secret is not None and endpoints.takes_secret_in_body:
        form["client_secret"] = client.secret
    elif client.secret is not None:
        # RFC 6749, section 2.3.1: both are form-encoded first.
        pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    request = httpx.Request("POST", endpoints.token, data=form, headers=headers)
    return await _read(http, request, refused=(400, 401, 403))


async def _read(
    http: httpx.AsyncClient, request: httpx.Request, *, refused: tuple[int, ...] = ()
) -> dict[str, Any]:
    """A JSON object of a limited size. `refused` are statuses that say no to the person's code."""
    import httpx

    address = str(request.url)
    try:
        async with asyncio.timeout(SECONDS):
            status, body = await _send(http, request)
        found = orjson.loads(body) if status == httpx.codes.OK else None
    except (httpx.HTTPError, TimeoutError, ValueError) as error:
        log.warning("provider_silent", address=address, reason=repr(error)[:300])
        raise _silent() from None
    if status in refused:
        log.warning(
            "code_refused",
            address=address,
            status=status,
            said=body[:300].decode("utf-8", "replace"),
        )
        raise SignInFailed(_("The sign-in was used already, or took too long. Try again."))
    if not isinstance(found, dict):
        log.warning("provider_silent", address=address, status=status)
        raise _silent()
    return found


async def _send(http: httpx.AsyncClient, request: httpx.Request) -> tuple[int, bytes]:
    # Uncompressed, so that a short answer stays one.
    request.headers.update({"accept": "application/json", "accept-encoding": "identity"})
    response = await http.send(request, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MOST_BYTES:
                raise ValueError(f"longer than {MOST_BYTES} bytes")
    finally:
        await response.aclose()
    return response.status_code, bytes(body)


def _refuse_strange(id_token: str) -> None:
    """A name that stands twice is read as one thing by us and as another by others. Nor is there
    a text that the database cannot hold: with U+0000, or half of a letter. ValueError."""
    from authlib.common.encoding import urlsafe_b64decode

    if len(id_token) > LONGEST_TOKEN:
        raise ValueError("too long")
    for part in id_token.split(".")[:2]:
        read = json.loads(urlsafe_b64decode(part.encode()), object_pairs_hook=_each_once)
        if b"\\u0000" in orjson.dumps(read):
            raise ValueError("a text with U+0000")


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


async def _keys_for(
    http: httpx.AsyncClient, client: Client, endpoints: _Endpoints, token: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The provider's keys, anew unless the token names one of those that are kept."""
    from authlib.common.encoding import urlsafe_b64decode

    head = str(token["id_token"]).partition(".")[0]
    named = orjson.loads(urlsafe_b64decode(head.encode())).get("kid")
    keys = await _document(http, client, endpoints.keys, anew=named is None)
    if named is None or any(key.get("kid") == named for key in keys["keys"]):
        return keys
    return await _document(http, client, endpoints.keys, anew=True)


def _checked(
    client: Client, asked: Asked, token: Mapping[str, Any], keys: Mapping[str, Any]
) -> Mapping[str, object]:
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.jwk import KeySet

    public = [key for key in keys["keys"] if key.get("kty") in KEYS and key.get("use") != "enc"]
    signed = jwt.decode(
        token["id_token"], KeySet.import_key_set({"keys": public}), algorithms=ALGORITHMS
    )
    wanted = {
        "iss": {"essential": True, "value": client.issuer},
        "aud": {"essential": True, "value": client.client_id},
        "sub": {"essential": True},
    }
    params = {
        "nonce": asked.nonce,
        "client_id": client.client_id,
        "access_token": token.get("access_token"),
    }
    claims = CodeIDToken(signed.claims, signed.header, wanted, params)
    claims.validate(now=int(time.time()), leeway=LEEWAY)
    return dict(claims)


def _silent() -> ProviderSilent:
    return ProviderSilent(
        _("The sign-in service of the municipality does not answer as it should. Try again later.")
    )
