"""Judges an ID token: signed by the provider's key, made for us, for this very login, and not too old."""

from __future__ import annotations

import hmac
import time
from typing import Any

from django.views.decorators.debug import sensitive_variables
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from etlhub.oidc import provider
from etlhub.oidc.config import Config

# Asymmetric ones only. The token's own word counts for nothing beyond this list: `none` and HMAC are not on it.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
LEEWAY_SECONDS = 60
MAX_AGE_SECONDS = 600
"""Of a token when it comes: it was made for this login, a moment ago."""


class BadToken(Exception):
    """The token is not to be believed; the text says why, and holds nothing of it."""


@sensitive_variables()
def verify(wanted: Config, found: provider.Provider, token: str, nonce: str) -> dict[str, Any]:
    """The claims. BadToken when anything is not as it must be."""
    try:
        claims = _decode(token, found)
        _registry(wanted, found).validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken(_reason(error)) from None
    audience, party = claims["aud"], claims.get("azp")
    if (party is not None and party != wanted.client_id) or (
        isinstance(audience, list) and len(audience) > 1 and party is None
    ):
        raise BadToken("azp")
    if not hmac.compare_digest(str(claims["nonce"]).encode("utf-8", "replace"), nonce.encode()):
        raise BadToken("nonce")
    if claims["iat"] < time.time() - MAX_AGE_SECONDS - LEEWAY_SECONDS:
        raise BadToken("iat")
    return claims


@sensitive_variables()
def _decode(token: str, found: provider.Provider) -> dict[str, Any]:
    try:
        return _open(token, provider.keys(found))
    except (InvalidKeyIdError, BadSignatureError):  # the provider may have new keys
        return _open(token, provider.keys(found, again=True))


def _open(token: str, keys: KeySet) -> dict[str, Any]:
    return jwt.decode(token, keys, algorithms=ALGORITHMS).claims


def _registry(wanted: Config, found: provider.Provider) -> jwt.JWTClaimsRegistry:
    needed: jwt.ClaimsOption = {"essential": True}
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": found.issuer},
        aud={"essential": True, "value": wanted.client_id},
        sub=needed,
        exp=needed,
        iat=needed,
        nonce=needed,
    )


def _reason(error: Exception) -> str:
    claim = getattr(error, "claim", "") or getattr(error, "error", "")
    return f"{type(error).__name__} {claim}".strip()[:100]
