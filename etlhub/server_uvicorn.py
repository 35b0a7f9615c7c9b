"""The other ASGI server (`ETLHUB_SERVIDOR=uvicorn`, its package in requirements-extra.txt), for a place behind a proxy.

It has no limit on how slowly a client sends its request nor on connections of one address, as etlhub.http_limits gives
daphne: a proxy that gives both must stand before it. Its WebSocket sends wait for a client that does not read, by itself.
"""

from __future__ import annotations

import importlib
from typing import Any

MAX_FRAME_BYTES = 64 * 1024
"""Clients send only small requests."""
MAX_WAITING = 100
"""Frames of one client that wait for the consumer."""
STOP_SECONDS = 5


def serve(application: Any, host: str, port: int) -> None:
    """Listen on `host`:`port` until SIGTERM or Ctrl+C. Raises SystemExit when the port or the package cannot be had."""
    try:
        uvicorn = importlib.import_module("uvicorn")
    except ImportError:
        raise SystemExit("ETLHUB_SERVIDOR=uvicorn precisa do pacote uvicorn (requirements-extra.txt).") from None
    uvicorn.run(
        application,
        host=host,
        port=port,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME_BYTES,
        ws_max_queue=MAX_WAITING,
        ws_ping_interval=20,
        ws_ping_timeout=30,
        ws_per_message_deflate=False,
        proxy_headers=False,  # etlhub.address does it, of trusted proxies alone
        server_header=False,
        date_header=True,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
