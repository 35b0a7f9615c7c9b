"""`manage.py export_config`: the configuration without secrets."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from credentials import backup
from credentials.management.base import VaultCommand, write_file


class Command(VaultCommand):
    help = "Exporta a configuração (endereços, usuários, caminhos, fundos, opções) sem nenhum segredo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--saida", metavar="ARQUIVO", help="onde gravar; sem isto, mostra na tela")
        parser.add_argument("--sobrescrever", action="store_true", help="troca o arquivo se ele já existir")

    def handle(self, *_args: Any, **options: Any) -> None:
        text = json.dumps(backup.export(), ensure_ascii=False, indent=2)
        if not options["saida"]:
            self.say(text)
            return
        write_file(options["saida"], text.encode() + b"\n", overwrite=options["sobrescrever"])
        self.say(f"Configuração exportada, sem segredos: {options['saida']}")
