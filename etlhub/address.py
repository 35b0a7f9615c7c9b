"""From where a request really comes: the peer's address, or what a trusted proxy says; and which networks may come in."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NOT_FROM_HERE = "Este endereço de rede não tem acesso ao ETL Hub."


@lru_cache(maxsize=64)
def _networks(texts: tuple[str, ...]) -> list[Network]:
    return [ipaddress.ip_network(text.strip(), strict=False) for text in texts]


def _within(host: str, networks: Iterable[str]) -> bool:
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None) or address
    return any(mapped in network for network in _networks(tuple(networks)))


def is_proxy(host: str) -> bool:
    """Whether this peer is one of ETLHUB_TRUSTED_PROXIES."""
    return _within(host, settings.TRUSTED_PROXIES)


def real_address(peer: str, forwarded: str) -> str:
    """The client's address: `peer`, or the last hop of `X-Forwarded-For` that is no proxy of ours."""
    if not is_proxy(peer):
        return peer
    for hop in reversed([_without_port(each.strip()) for each in forwarded.split(",") if each.strip()]):
        try:
            ipaddress.ip_address(hop)
        except ValueError:
            return peer
        if not is_proxy(hop):
            return hop
    return peer


def _without_port(hop: str) -> str:
    """`198.51.100.7:50123` and `[2001:db8::1]:50123`, as some proxies write, without what is no address."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


class ClientAddress:
    """ASGI: puts the real address into `client`, and turns away who is in none of ETLHUB_ALLOWED_NETWORKS."""

    def __init__(self, inner: Callable[..., Awaitable[Any]]) -> None:
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if scope["type"] not in ("http", "websocket"):
            return await self.inner(scope, receive, send)
        peer, port = (scope.get("client") or ["", 0])[:2]
        if settings.TRUSTED_PROXIES:
            forwarded = ",".join(
                value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"
            )
            headers = scope["headers"]
            if not is_proxy(str(peer)):
                headers = [pair for pair in headers if pair[0] != b"x-forwarded-proto"]
            peer = real_address(str(peer), forwarded)
            scope = {**scope, "client": [peer, port], "headers": headers}
        if settings.ALLOWED_NETWORKS and not _within(str(peer), settings.ALLOWED_NETWORKS):
            return await _refuse(scope, receive, send)
        return await self.inner(scope, receive, send)


async def _refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4003})
        return
    body = {"detail": NOT_FROM_HERE, "message": NOT_FROM_HERE, "status": "error", "success": False}
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body, ensure_ascii=False).encode()})
