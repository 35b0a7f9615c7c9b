"""`manage.py import_legacy`: takes the predecessor's configuration into the vault."""

from __future__ import annotations

import os
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.views.decorators.debug import sensitive_variables

from credentials import importing, legacy
from credentials.management.base import VaultCommand, operator, read_file


class Command(VaultCommand):
    help = (
        "Importa credentials.json ou credentials.encrypted.json (com a variável ETL_MASTER_KEY) e sistemas_state.json. "
        "Pode ser repetido: o que já está igual não muda, e o que está vazio no arquivo não apaga nada."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--credentials", metavar="ARQUIVO", help="credentials.json ou credentials.encrypted.json")
        parser.add_argument("--estado", metavar="ARQUIVO", help="sistemas_state.json")
        parser.add_argument("--dry-run", action="store_true", help="só mostra o que mudaria")

    @sensitive_variables()
    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["credentials"] and not options["estado"]:
            raise CommandError("Informe --credentials ARQUIVO, --estado ARQUIVO ou os dois.")
        document, states = {}, {}
        if options["credentials"]:
            document = legacy.read_credentials(read_file(options["credentials"]), os.environ.get("ETL_MASTER_KEY", ""))
        if options["estado"]:
            states = legacy.read_states(read_file(options["estado"]))
        done = importing.run(
            document, states, quem=operator(), origem="import_legacy", dry_run=bool(options["dry_run"])
        )
        self._report(done, dry_run=options["dry_run"])
        if options["credentials"] and not options["dry_run"]:
            self.say()
            self.say(importing.AFTERWARDS)

    def _report(self, done: importing.Imported, *, dry_run: bool) -> None:
        for warning in done.warnings:
            self.say(f"Aviso: {warning}")
        if not done.changes:
            self.say("Nada a mudar: o hub já tem estes valores.")
            return
        self.say("O que mudaria (nada foi gravado):" if dry_run else "O que mudou:")
        for line in done.changes:
            self.say(f"  {line}")
