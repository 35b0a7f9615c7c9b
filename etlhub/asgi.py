"""ASGI entry: HTTP goes to Django, `/ws` to the one consumer."""

from __future__ import annotations

import os
from typing import Any, cast

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "etlhub.settings")
http = get_asgi_application()

from etlhub.address import ClientAddress  # noqa: E402
from etlhub.security import SameOriginWebSocket  # noqa: E402  (needs the app registry)
from etlhub.tokens import TokenWebSocket  # noqa: E402
from jobs.consumers import EventsConsumer  # noqa: E402

# The stubs of Django's path() know HTTP views only; channels' router takes it for ASGI applications.
_routes: Any = [path("ws", cast(Any, EventsConsumer.as_asgi()))]
websocket: Any = SameOriginWebSocket(cast(Any, AuthMiddlewareStack(TokenWebSocket(URLRouter(_routes)))))

application = ClientAddress(cast(Any, ProtocolTypeRouter({"http": http, "websocket": websocket})))
