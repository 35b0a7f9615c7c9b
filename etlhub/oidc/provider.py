"""Talks to the OIDC provider: what it is, its keys, a code for tokens. Every call is bounded in time, size and tries."""

from __future__ import annotations

import base64
import json
import ssl
import time
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import quote

import httpx
from django.views.decorators.debug import sensitive_variables
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from etlhub.errors import Unavailable
from etlhub.oidc.config import Config, Misconfigured, check_url

TIMEOUT = httpx.Timeout(5.0, connect=3.0)
CALL_SECONDS = 10.0
"""For one answer as a whole: a timeout of the network alone would let it trickle."""
TRIES = 2
MAX_BYTES = 512 * 1024
FRESH_SECONDS = 3600.0
FAILED_SECONDS = 5.0
"""After a failure the provider is not asked again for this long: everyone at the login would wait for it."""
KEYS_AGAIN_SECONDS = 60.0
"""How often at most keys are read again for one that is not among them."""
AWAY = "O provedor de login não respondeu. Tente de novo em instantes."
WELL_KNOWN = "/.well-known/openid-configuration"


class ProviderAway(Unavailable):
    """The provider cannot be reached, or answers nonsense. `reason` is for whoever looks after the hub."""

    def __init__(self, reason: str) -> None:
        super().__init__(AWAY)
        self.reason = reason


class CodeRefused(Exception):
    """The provider does not take the code; the text is its own error name."""


@dataclass
class Provider:
    """What the discovery document says."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    end_session_endpoint: str
    auth_methods: list[str]
    challenge_methods: list[str] | None
    keys: KeySet | None = field(default=None, repr=False)
    keys_at: float = 0.0


_asking = Lock()
_known: dict[str, tuple[float, Provider | ProviderAway]] = {}


def forget() -> None:
    """Ask anew: for the doctor and the tests."""
    _known.clear()


def discover(wanted: Config) -> Provider:
    """The provider of these settings, as known for up to an hour. ProviderAway or Misconfigured when there is none."""
    if (fresh := _fresh(wanted)) is not None:
        return fresh
    # One asks, the others wait for what it hears: a provider that is away must not hold a thread a visitor for long.
    if not _asking.acquire(timeout=CALL_SECONDS):
        raise ProviderAway("outra consulta ainda espera por ele")
    try:
        return _fresh(wanted) or _ask(wanted)
    finally:
        _asking.release()


def _fresh(wanted: Config) -> Provider | None:
    """What is known well enough; ProviderAway where that is a failure of just now."""
    until, known = _known.get(wanted.issuer, (0.0, None))
    if known is None or time.monotonic() >= until:
        return None
    if isinstance(known, ProviderAway):
        raise ProviderAway(known.reason)
    return known


def _ask(wanted: Config) -> Provider:
    known = _known.get(wanted.issuer, (0.0, None))[1]
    try:
        found = _read(wanted)
    except ProviderAway as error:
        # What it said an hour ago is better than nothing.
        kept = known if isinstance(known, Provider) else error
        _known[wanted.issuer] = (time.monotonic() + FAILED_SECONDS, kept)
        if isinstance(kept, Provider):
            return kept
        raise
    _known[wanted.issuer] = (time.monotonic() + FRESH_SECONDS, found)
    return found


def _read(wanted: Config) -> Provider:
    said = _get(wanted.issuer.rstrip("/") + WELL_KNOWN)
    issuer = str(said.get("issuer", ""))
    if issuer.rstrip("/") != wanted.issuer.rstrip("/"):
        raise Misconfigured(f"O provedor diz ser {issuer[:200] or 'ninguém'}, e não {wanted.issuer}.")
    methods = said.get("token_endpoint_auth_methods_supported")
    challenges = said.get("code_challenge_methods_supported")
    return Provider(
        issuer=issuer,
        authorization_endpoint=_endpoint(said, "authorization_endpoint"),
        token_endpoint=_endpoint(said, "token_endpoint"),
        jwks_uri=_endpoint(said, "jwks_uri"),
        userinfo_endpoint=_endpoint(said, "userinfo_endpoint", needed=False),
        end_session_endpoint=_endpoint(said, "end_session_endpoint", needed=False),
        auth_methods=methods if isinstance(methods, list) else ["client_secret_basic"],
        challenge_methods=challenges if isinstance(challenges, list) else None,
    )


def _endpoint(said: dict[str, Any], name: str, *, needed: bool = True) -> str:
    value = said.get(name)
    if isinstance(value, str) and value:
        check_url(value, f"{name} do provedor")
        return value
    if needed:
        raise ProviderAway(f"o documento de descoberta não traz {name}")
    return ""


def keys(provider: Provider, *, again: bool = False) -> KeySet:
    """Its signing keys; read `again` for a key that is not among them, not oftener than once a minute."""
    age = time.monotonic() - provider.keys_at
    if provider.keys is None or age > FRESH_SECONDS or (again and age > KEYS_AGAIN_SECONDS):
        try:
            provider.keys = KeySet.import_key_set(_get(provider.jwks_uri))  # type: ignore[arg-type]  # checked by it
        except (JoseError, KeyError, TypeError, ValueError) as error:
            raise ProviderAway(f"as chaves do provedor não se leem ({type(error).__name__})") from None
        provider.keys_at = time.monotonic()
    return provider.keys


@sensitive_variables()
def exchange(wanted: Config, provider: Provider, *, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
    """The tokens for a code. CodeRefused when the provider does not take it."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
        "client_id": wanted.client_id,
    }
    headers, secret = {}, wanted.secret()
    if secret and "client_secret_basic" not in provider.auth_methods and "client_secret_post" in provider.auth_methods:
        form["client_secret"] = secret
    elif secret:
        pair = f"{quote(wanted.client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    status, said = _call("POST", provider.token_endpoint, headers=headers, data=form)
    if status != 200:
        raise CodeRefused(f"{status} {said.get('error', '')}"[:100])
    return said


@sensitive_variables()
def userinfo(provider: Provider, access_token: str) -> dict[str, Any]:
    """What the provider tells of who holds the token; empty when it will not."""
    if not provider.userinfo_endpoint or not access_token:
        return {}
    status, said = _call("GET", provider.userinfo_endpoint, headers={"Authorization": f"Bearer {access_token}"})
    return said if status == 200 else {}


def _get(url: str) -> dict[str, Any]:
    status, said = _call("GET", url)
    if status != 200:
        raise ProviderAway(f"{url} respondeu {status}")
    return said


@sensitive_variables()
def _call(method: str, url: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """Status and JSON. A second try when nothing was heard, which for a code, good once, means not connected."""
    for last in range(1, TRIES + 1):
        try:
            return _once(method, url, **more)
        except httpx.ConnectError as error:
            failure: Exception = error
        except httpx.HTTPError as error:
            failure = error
            if method != "GET":
                break
        except (ValueError, ssl.SSLError) as error:
            failure = error
            break
        if last < TRIES:
            time.sleep(0.2)
    raise ProviderAway(f"{url}: {_why(failure)}") from None


@sensitive_variables()
def _once(method: str, url: str, **more: Any) -> tuple[int, dict[str, Any]]:
    began, body = time.monotonic(), b""
    with (
        httpx.Client(verify=_certificates(), timeout=TIMEOUT, follow_redirects=False) as client,
        client.stream(
            method, url, **{**more, "headers": {"Accept": "application/json", **more.get("headers", {})}}
        ) as answer,
    ):
        for part in answer.iter_bytes():
            body += part
            if len(body) > MAX_BYTES:
                raise ValueError("resposta grande demais")
            if time.monotonic() - began > CALL_SECONDS:
                raise httpx.ReadTimeout("demorou demais")
    if answer.status_code >= 500:
        raise httpx.HTTPError(f"respondeu {answer.status_code}")
    try:
        said = json.loads(body or b"{}")
    except ValueError:
        raise ValueError(f"respondeu {answer.status_code} sem JSON") from None
    return answer.status_code, said if isinstance(said, dict) else {}


def _why(error: Exception) -> str:
    cause = error.__cause__ or error.__context__
    if "certificate" in f"{error} {cause}".lower():
        return "o certificado não é aceito"
    if isinstance(error, httpx.TimeoutException):
        return "não respondeu a tempo"
    return str(error)[:200] or type(error).__name__


@cache
def _certificates() -> ssl.SSLContext:
    """The system's authorities: a company's provider often has a certificate of the company."""
    return ssl.create_default_context()
