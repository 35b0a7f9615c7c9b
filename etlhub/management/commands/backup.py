"""`manage.py backup`: a whole backup in one file, while the hub runs."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from credentials.backup import MIN_PASSPHRASE_CHARS
from credentials.management.base import VaultCommand, add_passphrase_options, operator, read_passphrase
from etlhub.operations import backup
from sistemas.caminhos import size


class Command(VaultCommand):
    help = "Grava um backup completo: banco de dados, configuração e chaves (sob uma frase secreta). O hub pode estar no ar."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("saida", metavar="ARQUIVO", help="onde gravar; uma pasta recebe etlhub-AAAA-MM-DD-HHMM.zip")
        parser.add_argument("--sobrescrever", action="store_true", help="troca o arquivo se ele já existir")
        parser.add_argument("--sem-chaves", action="store_true", help="não leva as chaves (e não pede frase secreta)")
        parser.add_argument(
            "--com-arquivos", action="store_true", help="leva também os arquivos coletados que estão na pasta de dados"
        )
        add_passphrase_options(parser)

    @sensitive_variables()
    def handle(self, *_args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the temporary folder goes
        passphrase = None
        if not options["sem_chaves"]:
            passphrase = read_passphrase(options, minimum=MIN_PASSPHRASE_CHARS, confirm=True)
        target = Path(options["saida"]).absolute()
        if target.is_dir():
            target /= f"etlhub-{timezone.localtime():%Y-%m-%d-%H%M}.zip"
        made = backup.create(
            target,
            passphrase=passphrase,
            with_files=options["com_arquivos"],
            overwrite=options["sobrescrever"],
            quem=operator(),
        )
        self.say(f"Backup gravado: {made.arquivo} ({size(made.tamanho)}).")
        self._explain(made, with_files=options["com_arquivos"])

    def _explain(self, made: backup.Made, *, with_files: bool) -> None:
        if made.chaves:
            self.say("Leva as chaves, sob a frase secreta. Sem a frase ninguém as abre; guarde-a em outro lugar.")
        else:
            self.say("Não leva as chaves: para restaurar as senhas é preciso ter também uma cópia da pasta chaves.")
        if with_files:
            gone = f"; {made.sumidos} sumiram enquanto eram lidos" if made.sumidos else ""
            self.say(f"Arquivos coletados: {made.arquivos}{gone}.")
            if made.fora:
                self.say(f"Aviso: {made.fora} arquivos ficam fora da pasta de dados e não entram no backup.")
        else:
            self.say("Os arquivos coletados ficaram de fora; --com-arquivos os leva.")
