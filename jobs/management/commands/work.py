"""`manage.py work`: one worker; start as many as runs shall go side by side."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from typing import Any

import django_rq
import redis
from django.core.management.base import BaseCommand
from rq.exceptions import StopRequested

from jobs import runner
from jobs.worker import HubWorker

log = logging.getLogger(__name__)
AGAIN_SECONDS = 1.0


class Command(BaseCommand):
    help = "Executa o que está na fila (um de cada vez)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--burst", action="store_true", help="termina quando a fila estiver vazia")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Works until asked to stop. RQ's worker gives up when Redis is away at a bad moment; then there is a new one."""
        while not runner.stopping.is_set():
            try:
                queue = django_rq.get_queue("default")
                HubWorker([queue], connection=queue.connection).work(burst=options["burst"], logging_level="WARNING")
            except redis.RedisError as error:
                log.warning("Redis does not take this worker yet: %s", type(error).__name__)
            except (KeyboardInterrupt, StopRequested):
                return
            if options["burst"]:
                return
            time.sleep(AGAIN_SECONDS)
