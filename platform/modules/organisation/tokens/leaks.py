"""`POST /token-leaks`: whoever has a key may have it revoked, such as a scanner that found it.

In the manner of the partner programmes for secret scanning: a JSON list of objects with `token`,
and perhaps `type`, `url` and `source`; or one such object, or the bare text. The answer says of
each key whether it was one of ours, and nothing of whose.
https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partner-program
"""

from __future__ import annotations

import base64
import time
from collections import OrderedDict
from dataclasses import replace
from typing import Final

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from .....graphql import http
from .....graphql.endpoint import answer_refused
from .....graphql.rates import Bucket, TooFast
from .....infra.errors import InvalidInput
from .....infra.i18n import _, use_locale
from .....infra.runtime import Runtime
from .....tenants.actors import Source, Way, service
from .....tenants.entry import STRANGER, all_tenants
from .....tenants.keys import digest
from .....tenants.sign_in.guesses import network
from .....tenants.tokens.keys import keys_in
from .....tenants.tokens.leaks import tokens_of
from .....tenants.tokens.tokens import revoke
from .....tenants.work import open_work
from .jobs import tell_of_leak

BYTES: Final = 200_000
MOST: Final = 100
A_MINUTE: Final = 20.0
"""Reports that a process takes in a minute from one address, or one network of IPv6."""
IN_ALL: Final = 200.0
"""And from wherever: each asks every municipality."""
WHOLE: Final = "*"
ADDRESSES: Final = 1_000
"""That a process remembers, those that came last; one that is forgotten begins anew."""


async def report(request: Request) -> Response:
    with use_locale(http.language(request.headers.get("accept-language"))):
        try:
            return await _revoke(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            return answer_refused(error, request)


leak_routes = (Route("/token-leaks", report, methods=["POST"], name="token_leaks"),)


async def _revoke(request: Request) -> Response:
    _refuse_flood(request)
    body = await http.read_body(request.receive, request.headers.get("content-length"), most=BYTES)
    keys = keys_in(body.decode("utf-8", "replace"))
    if not keys:
        raise InvalidInput(_("There is no key of this service in the text."), field="token")
    if len(keys) > MOST:
        raise InvalidInput(_("Report at most {most} keys at a time.", most=MOST), field="token")
    runtime: Runtime = request.app.state.runtime
    source = Source(Way.API, "token-leaks", http.address_of(request))
    ours = await revoke_everywhere(runtime, keys, source)
    told = [
        {
            "token_hash": base64.b64encode(digest(key)).decode(),
            "token_type": "roder_api_token",
            "label": "true_positive" if digest(key) in ours else "false_positive",
        }
        for key in keys
    ]
    return Response(orjson.dumps(told), headers={"Cache-Control": "no-store"}, media_type=http.JSON)


async def revoke_everywhere(runtime: Runtime, keys: list[str], source: Source) -> set[bytes]:
    """The digests of those that are keys of any municipality, which are shut from now on."""
    ours: set[bytes] = set()
    for tenant in await all_tenants(runtime):
        async with open_work(runtime, tenant, STRANGER, write=False) as work:
            found = await tokens_of(work, keys)
        if not found:
            continue
        ours |= {token.digest for token in found}
        async with open_work(
            runtime, tenant, replace(service(), source=source), write=True
        ) as work:
            for token in await tokens_of(work, keys):
                if await revoke(work, token, leaked=True):
                    await tell_of_leak(work, token)
    return ours


def _refuse_flood(request: Request) -> None:
    """Whoever sends too many waits alone: what is refused counts for nobody else."""
    now, state = time.monotonic(), request.app.state
    if not hasattr(state, "leak_reports"):
        state.leak_reports = OrderedDict()
    buckets: OrderedDict[str, Bucket] = state.leak_reports
    own = _bucket(buckets, network(http.address_of(request)), A_MINUTE, now)
    whole = _bucket(buckets, WHOLE, IN_ALL, now)
    if own.left < 1 or whole.left < 1:
        raise TooFast(_("Too many reports just now. Wait a few seconds."), seconds=3)
    own.left -= 1
    whole.left -= 1


def _bucket(buckets: OrderedDict[str, Bucket], address: str, most: float, now: float) -> Bucket:
    bucket = buckets.setdefault(address, Bucket(most, most, now))
    bucket.fill(most, now)
    buckets.move_to_end(address)
    if len(buckets) > ADDRESSES:
        buckets.popitem(last=False)
    return bucket
