"""`manage.py show_api`: the API as a page; `--write` keeps it in the docs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from etlhub.operations import api_doc


class Command(BaseCommand):
    help = "Mostra a API como página em Markdown."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", type=Path, metavar="ARQUIVO", help="grava a página neste arquivo")

    def handle(self, *_args: Any, **options: Any) -> None:
        from etlhub.api import api

        text = api_doc.markdown(api.get_openapi_schema())
        if options["write"] is None:
            self.stdout.write(text)
        else:
            options["write"].write_text(text, encoding="utf-8", newline="\n")
            self.stdout.write(f"Página gravada em {options['write']}.")
