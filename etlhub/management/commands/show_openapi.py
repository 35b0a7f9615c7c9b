"""`manage.py show_openapi`: the API as an OpenAPI document; `--write` keeps the one that the front end's types are made of."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from ninja.responses import NinjaJSONEncoder


class Command(BaseCommand):
    help = "Mostra a API em OpenAPI (JSON)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", type=Path, metavar="ARQUIVO", help="grava o documento neste arquivo")

    def handle(self, *_args: Any, **options: Any) -> None:
        from etlhub.api import api

        text = json.dumps(api.get_openapi_schema(), cls=NinjaJSONEncoder, indent=1, ensure_ascii=False) + "\n"
        if options["write"] is None:
            self.stdout.write(text, ending="")
        else:
            options["write"].write_text(text, encoding="utf-8", newline="\n")
            self.stdout.write(f"Documento gravado em {options['write']}.")
