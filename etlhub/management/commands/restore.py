"""`manage.py restore`: a backup back into the data folder, all of it or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.views.decorators.debug import sensitive_variables

from credentials.management.base import VaultCommand, add_passphrase_options, read_passphrase
from deploy.launcher.steps import reason
from etlhub.operations import archive, restore


class Command(VaultCommand):
    help = "Restaura um backup feito por manage.py backup. O hub precisa estar parado."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arquivo", metavar="ARQUIVO", help="o backup")
        parser.add_argument("--substituir", action="store_true", help="troca o que já houver na pasta de dados")
        parser.add_argument("--sem-chaves", action="store_true", help="não restaura as chaves")
        parser.add_argument("--conferir", action="store_true", help="só confere o backup, sem restaurar")
        add_passphrase_options(parser)

    @sensitive_variables()
    def handle(self, *_args: Any, **options: Any) -> None:
        path = Path(options["arquivo"])
        if options["conferir"]:
            manifest = restore.verify(path)
            keys = "com" if manifest.chaves else "sem"
            self.say(
                f"O backup está íntegro: {len(manifest.partes)} partes, ETL Hub {manifest.versao_hub}, {keys} chaves."
            )
            return
        with archive.Reader(path) as reader:
            sealed = reader.manifest.chaves
        passphrase = read_passphrase(options) if sealed and not options["sem_chaves"] else None
        try:
            report = restore.restore(path, passphrase=passphrase, replace=options["substituir"])
        except OSError as error:
            raise CommandError(f"A restauração falhou ({reason(error)}) e foi desfeita; nada mudou.") from None
        self._explain(report)

    def _explain(self, report: restore.Restored) -> None:
        self.say(f"Restaurado o backup de {restore.made_on(report)} (ETL Hub {report.versao_hub}).")
        if report.arquivos:
            self.say(f"Arquivos coletados: {report.arquivos}.")
        if report.caminhos_mudados:
            self.say(f"{report.caminhos_mudados} caminhos passaram a apontar para a pasta de dados de agora.")
        if report.dotenv:
            self.say(f"As configurações do .env de então estão em {report.dotenv}: copie o que ainda vale e apague-o.")
        if report.anterior:
            self.say(f"O que havia antes está em {report.anterior}: apague quando não precisar mais.")
        for text in report.avisos:
            self.say(f"Aviso: {text}")
        if report.pendentes:
            self.say(f"{report.pendentes} execuções não tinham terminado: ao iniciar, o hub as encerra ou retoma.")
        self.say(
            "Próximo passo: inicie o hub (python3 start.py), que atualiza o banco se preciso, e rode manage.py doctor."
        )
