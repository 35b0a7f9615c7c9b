"""`manage.py show_access`: which role each address asks for, as a table; `--write` keeps it in the docs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from etlhub import routes


class Command(BaseCommand):
    help = "Mostra o papel que cada endereço pede."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", type=Path, metavar="ARQUIVO", help="grava a tabela neste arquivo")

    def handle(self, *_args: Any, **options: Any) -> None:
        # The API is built with the URLs, which the admin's registrations need too.
        from etlhub import urls  # noqa: F401

        text = routes.markdown()
        if options["write"] is None:
            self.stdout.write(text)
        else:
            options["write"].write_text(text, encoding="utf-8", newline="\n")
            self.stdout.write(f"Tabela gravada em {options['write']}.")
