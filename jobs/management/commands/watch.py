"""`manage.py watch`: the hub's watchman. Settles what died, wakes what waits, ends strays. One a machine."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from etlhub.operations.rounds import Rounds
from jobs import recovery

log = logging.getLogger(__name__)
ROUND_SECONDS = 2.0
SWEEP_SECONDS = 10.0
PRUNE_SECONDS = 6 * 3600.0


class Command(BaseCommand):
    help = "Vigia as execuções: recupera as interrompidas e encerra processos perdidos."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="uma rodada só")

    def handle(self, *_args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in ["SIGINT", "SIGTERM"] + (["SIGBREAK"] if sys.platform == "win32" else []):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
        swept = pruned = float("-inf")
        rounds = Rounds()
        while not stop.is_set():
            close_old_connections()
            now = time.monotonic()
            try:
                recovery.recover()
                if now - swept >= SWEEP_SECONDS:
                    recovery.sweep()
                    swept = now
                if not options["once"]:
                    rounds.tick()
                if now - pruned >= PRUNE_SECONDS:
                    self._prune()
                    pruned = now
            except DatabaseError as error:
                log.warning("round put off: %s", type(error).__name__)
            except Exception:  # a watchman that ends watches nothing
                log.exception("round failed")
            if options["once"]:
                break
            stop.wait(ROUND_SECONDS)
        rounds.stop()

    @staticmethod
    def _prune() -> None:
        from etlhub import audit
        from jobs import evidence, retention

        retention.prune()
        evidence.prune()
        audit.prune()
