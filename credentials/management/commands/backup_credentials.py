"""`manage.py backup_credentials`: everything, secrets included, under a passphrase."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.views.decorators.debug import sensitive_variables

from credentials import backup
from credentials.management.base import VaultCommand, add_passphrase_options, operator, read_passphrase, write_file


class Command(VaultCommand):
    help = "Grava um backup cifrado da configuração e das senhas; restore_credentials o abre em outra máquina."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("saida", metavar="ARQUIVO", help="onde gravar o backup")
        parser.add_argument("--sobrescrever", action="store_true", help="troca o arquivo se ele já existir")
        add_passphrase_options(parser)

    @sensitive_variables()
    def handle(self, *_args: Any, **options: Any) -> None:
        passphrase = read_passphrase(options, minimum=backup.MIN_PASSPHRASE_CHARS, confirm=True)
        data, lost = backup.seal(passphrase, quem=operator())
        write_file(options["saida"], data, overwrite=options["sobrescrever"])
        self.say(f"Backup cifrado gravado: {options['saida']}. Sem a frase secreta ninguém o abre; guarde-a à parte.")
        for row in lost:
            self.say(f"Aviso: {row} ficou de fora, nenhuma chave o abre.")
