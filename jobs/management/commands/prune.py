"""`manage.py prune`: remove old log lines, exporting them before if asked."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs import retention


class Command(BaseCommand):
    help = "Remove linhas de log antigas (as execuções ficam)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dias", type=int, help="idade a partir da qual se removem (padrão: o das configurações)")
        parser.add_argument("--max-linhas", type=int, help="linhas que podem ficar ao todo")
        parser.add_argument("--simular", action="store_true", help="só conta")
        parser.add_argument("--exportar", metavar="PASTA", help="grava antes cada log em PASTA como texto comprimido")

    def handle(self, *_args: Any, **options: Any) -> None:
        count = retention.prune(
            days=options["dias"],
            max_lines=options["max_linhas"],
            dry_run=options["simular"],
            export_to=options["exportar"],
        )
        verb = "seriam removidas" if options["simular"] else "removidas"
        self.stdout.write(f"{count} linhas {verb}.")
