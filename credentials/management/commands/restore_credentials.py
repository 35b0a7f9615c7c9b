"""`manage.py restore_credentials`: a backup back into the vault, under this machine's keys."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.views.decorators.debug import sensitive_variables

from credentials import backup, importing
from credentials.management.base import VaultCommand, add_passphrase_options, operator, read_file, read_passphrase


class Command(VaultCommand):
    help = "Restaura um backup feito por backup_credentials, nesta ou em outra máquina."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arquivo", metavar="ARQUIVO", help="o backup")
        parser.add_argument("--dry-run", action="store_true", help="só mostra o que mudaria")
        add_passphrase_options(parser)

    @sensitive_variables()
    def handle(self, *_args: Any, **options: Any) -> None:
        raw = read_file(options["arquivo"])
        document, states = backup.open_sealed(raw, read_passphrase(options))
        done = importing.run(document, states, quem=operator(), origem="restauração", dry_run=options["dry_run"])
        for warning in done.warnings:
            self.say(f"Aviso: {warning}")
        title = "O que mudaria (nada foi gravado):" if options["dry_run"] else "O que mudou:"
        self.say(title if done.changes else "Nada a mudar: o hub já tem estes valores.")
        for line in done.changes:
            self.say(f"  {line}")
