"""`manage.py prune`: remove old log lines (exporting them before if asked) and what is kept of failures."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jobs import evidence, retention
from sistemas.caminhos import size as in_words


class Command(BaseCommand):
    help = "Remove linhas de log antigas (as execuções ficam), arquivos da quarentena e páginas de falha."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dias", type=int, help="idade a partir da qual se removem (padrão: o das configurações)")
        parser.add_argument("--max-linhas", type=int, help="linhas que podem ficar ao todo")
        parser.add_argument("--simular", action="store_true", help="só conta as linhas e lista os arquivos")
        parser.add_argument("--exportar", metavar="PASTA", help="grava antes cada log em PASTA como texto comprimido")

    def handle(self, *_args: Any, **options: Any) -> None:
        count = retention.prune(
            days=options["dias"],
            max_lines=options["max_linhas"],
            dry_run=options["simular"],
            export_to=options["exportar"],
        )
        verb = "seriam removidas" if options["simular"] else "removidas"
        self.stdout.write(f"Linhas de log {verb}: {count}.")
        files = evidence.prune(dry_run=options["simular"])
        for path, size in files if options["simular"] else ():
            self.stdout.write(f"Seria removido: {path} ({in_words(size)})")
        verb = "seriam removidos" if options["simular"] else "removidos"
        total = in_words(sum(size for _, size in files))
        self.stdout.write(f"Arquivos da quarentena e de falhas {verb}: {len(files)} ({total}).")
