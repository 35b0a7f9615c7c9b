"""A small OpenID Connect provider of our own, as a process: `with Provider() as provider`. It signs with a key made here.

It is strict (PKCE, redirect URI, one use of a code, client's secret), and lies when told to: `provider.lie(aud="other")`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.hub import ROOT, free_port, wait_until

CLIENT_ID = "etl-hub-teste"
CLIENT_SECRET = "segredo-do-cliente-oidc"
PAGE = """<!doctype html><html lang="pt-BR"><meta charset="utf-8"><title>Provedor</title><h1>Provedor da empresa</h1>
<form method="post"><button>Continuar como {name}</button></form>"""
DEFAULTS: dict[str, Any] = {
    "claims": {"sub": "ana-1", "preferred_username": "ana", "given_name": "Ana", "groups": ["etl-operadores"]},
    "token": {},  # claims of the ID token that are told wrong
    "lifetime": 300,
    "alg": "RS256",
    "foreign_key": False,
    "thin": False,  # the groups only at userinfo
    "userinfo_sub": "",
    "ask": False,  # show a page with a button, for a person
    "status": 200,  # of the discovery document
    "issuer": "",
    "new_key": False,
}


class State:
    """What the provider knows and how it behaves now."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.key, self.foreign = RSAKey.generate_key(2048, {"kid": "k1"}), RSAKey.generate_key(2048, {"kid": "k1"})
        self.mode = json.loads(json.dumps(DEFAULTS))
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.seen: list[str] = []

    def set(self, mode: dict[str, Any]) -> None:
        self.mode = json.loads(json.dumps(DEFAULTS | mode))
        if mode.get("new_key"):
            self.key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4)})

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.mode["issuer"] or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/logout",
            "code_challenge_methods_supported": ["S256"],
        }

    def id_token(self, nonce: str) -> str:
        mode, now = self.mode, int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + mode["lifetime"], "nonce": nonce, **mode["claims"],
        }  # fmt: skip
        if mode["thin"]:
            claims.pop("groups", None)
        claims = {name: value for name, value in {**claims, **mode["token"]}.items() if value is not None}
        if mode["alg"] != "RS256":
            return self._forged(mode["alg"], claims)
        key = self.foreign if mode["foreign_key"] else self.key
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key)

    def _forged(self, alg: str, claims: dict[str, Any]) -> str:
        """Unsigned, or signed with the public key as if it were a shared secret."""
        parts = [json.dumps(part).encode() for part in ({"alg": alg, "typ": "JWT", "kid": "k1"}, claims)]
        text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        digest = hmac.digest(self.key.as_pem(private=False), text, "sha256") if alg == "HS256" else b""
        return (text + b"." + base64.urlsafe_b64encode(digest).rstrip(b"=")).decode()


class Handler(BaseHTTPRequestHandler):
    state: State

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.state.seen.append(parts.path)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._json(self.state.discovery(), self.state.mode["status"])
            case "/jwks":
                self._json({"keys": [self.state.key.as_dict(private=False)]})
            case "/authorize" if self.state.mode["ask"]:
                self._send(
                    200, PAGE.format(name=self.state.mode["claims"]["preferred_username"]), "text/html; charset=utf-8"
                )
            case "/authorize":
                self._authorize(query)
            case "/userinfo":
                claims = self.state.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
                self._json(claims or {"error": "invalid_token"}, 200 if claims else 401)
            case "/logout":
                assert query["client_id"] == CLIENT_ID
                jwt.decode(query["id_token_hint"], self.state.key)
                self._redirect(query["post_logout_redirect_uri"])
            case "/_seen":
                self._json({"seen": self.state.seen})
            case _:
                self._json({}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        parts = urlsplit(self.path)
        match parts.path:
            case "/authorize":
                self._authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
            case "/token":
                self._token({name: values[0] for name, values in parse_qs(body).items()})
            case "/_mode":
                self.state.set(json.loads(body))
                self._json({})
            case _:
                self._json({}, 404)

    def _authorize(self, query: dict[str, str]) -> None:
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        assert min(len(query["state"]), len(query["nonce"]), len(query["code_challenge"])) >= 43
        code = secrets.token_urlsafe(16)
        self.state.codes[code] = query
        self._redirect(
            f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.state.url})}"
        )

    def _token(self, form: dict[str, str]) -> None:
        asked = self.state.codes.pop(form.get("code", ""), None)
        pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        good = (
            asked is not None
            and self.headers.get("Authorization") == f"Basic {pair}"
            and form["redirect_uri"] == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
        )
        if not good or asked is None:
            self._json({"error": "invalid_grant"}, 400)
            return
        access, claims = secrets.token_urlsafe(16), dict(self.state.mode["claims"])
        if self.state.mode["userinfo_sub"]:
            claims["sub"] = self.state.mode["userinfo_sub"]
        self.state.tokens[access] = claims
        self._json({"access_token": access, "token_type": "Bearer", "id_token": self.state.id_token(asked["nonce"])})

    def _redirect(self, url: str) -> None:
        self.send_response(302)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, content: dict[str, Any], status: int = 200) -> None:
        self._send(status, json.dumps(content), "application/json")

    def _send(self, status: int, text: str, kind: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


class Provider:
    """The handle on the process."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Provider:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "tests.oidc.provider", str(self.port)], cwd=ROOT)
        wait_until(self._answers, what="provider")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def lie(self, **mode: Any) -> None:
        """Behave so from now on; without arguments as it should."""
        httpx.post(f"{self.url}/_mode", json=mode).raise_for_status()

    def person(self, sub: str, groups: list[str] | None, **more: Any) -> dict[str, Any]:
        """Claims of a person, who logs in by the name `sub`."""
        return {"sub": sub, "preferred_username": sub, **({} if groups is None else {"groups": groups}), **more}

    def settings(self) -> dict[str, str]:
        """The hub's environment for this provider, less the secret."""
        return {
            "ETLHUB_OIDC_ISSUER": self.url,
            "ETLHUB_OIDC_CLIENT_ID": CLIENT_ID,
            "ETLHUB_OIDC_NOME": "Acme",
            "ETLHUB_OIDC_PAPEIS": "etl-admins=administrador; etl-operadores=operador; CN=Olham,OU=x=visualizador",
        }

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/jwks", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


if __name__ == "__main__":
    port = int(sys.argv[1])
    Handler.state = State(f"http://localhost:{port}")
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
