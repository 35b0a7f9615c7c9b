"""`manage.py work`: one worker; start as many as runs shall go side by side."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

import django_rq
from django.core.management.base import BaseCommand

from jobs.worker import HubWorker


class Command(BaseCommand):
    help = "Executa o que está na fila (um de cada vez)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--burst", action="store_true", help="termina quando a fila estiver vazia")

    def handle(self, *_args: Any, **options: Any) -> None:
        queue = django_rq.get_queue("default")
        worker = HubWorker([queue], connection=queue.connection)
        worker.work(burst=options["burst"], logging_level="WARNING")
