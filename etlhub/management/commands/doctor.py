"""`manage.py doctor`: what is wrong and what to do. Exit code 1 when something is, 0 with or without warnings."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from itertools import groupby
from typing import Any, TextIO, cast

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.text import Text

from etlhub.operations import doctor
from etlhub.operations.findings import Finding, Nivel

SIGNS = {Nivel.OK: ("✓", "green"), Nivel.AVISO: ("!", "yellow"), Nivel.ERRO: ("✗", "red")}


class Command(BaseCommand):
    help = "Examina o hub inteiro e diz o que está errado e o que fazer."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="resultado em JSON")
        parser.add_argument(
            "--portais", action="store_true", help="testa também o acesso aos portais e seus certificados"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        findings = doctor.run(with_portals=options["portais"])
        worst = doctor.worst(findings)
        if options["json"]:
            body = {
                "versao": settings.VERSION,
                "resultado": worst,
                "verificacoes": [each.as_dict() for each in findings],
            }
            self.stdout.write(json.dumps(body, ensure_ascii=False, indent=2))
        else:
            self._show(findings)
        if worst is Nivel.ERRO:
            sys.exit(1)

    def _show(self, findings: list[Finding]) -> None:
        console = Console(file=cast(TextIO, self.stdout), highlight=False, soft_wrap=True)
        for grupo, members in groupby(findings, key=lambda each: each.grupo):
            console.print(Text(f"\n{grupo}", style="bold"))
            for each in members:
                sign, colour = SIGNS[each.nivel]
                console.print(Text.assemble("  ", (sign, colour), f" {each.nome}: {each.mensagem}"))
                if each.acao:
                    console.print(Text(f"      → {each.acao}", style="dim"))
        bad = sum(each.nivel is Nivel.ERRO for each in findings)
        odd = sum(each.nivel is Nivel.AVISO for each in findings)
        parts = [_count(bad, "erro", "erros"), _count(odd, "aviso", "avisos")]
        summary = " e ".join(part for part in parts if part)
        console.print(f"\n{summary[:1].upper()}{summary[1:]}." if summary else "\nTudo em ordem.")


def _count(n: int, one: str, many: str) -> str:
    return f"{n} {one if n == 1 else many}" if n else ""
