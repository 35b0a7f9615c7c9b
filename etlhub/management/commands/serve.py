"""`manage.py serve`: the web server (HTTP and WebSocket)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Serve a API, o WebSocket e a interface."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.PORT)

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.SERVER == "uvicorn":
            from etlhub.server_uvicorn import serve
        else:
            # daphne installs its event loop on import: before anything else of Twisted.
            from etlhub.server import serve
        from etlhub.asgi import application
        from etlhub.operations.web_counters import Publisher

        publisher = Publisher()
        publisher.start()
        try:
            serve(application, options["host"], options["port"])
        finally:
            publisher.stop()
