"""`manage.py rotate_credentials`: every secret under the current key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from credentials import keys, rotation
from credentials.management.base import VaultCommand, operator


class Command(VaultCommand):
    help = (
        "Cifra de novo, com a chave atual (a primeira), tudo o que está com chaves mais antigas. Pode rodar com o hub "
        "ligado e ser interrompido e repetido."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--nova-chave", action="store_true", help="antes, cria uma chave nova no arquivo de chaves do próprio hub"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["nova_chave"]:
            fresh = keys.add_own_key()
            if keys.keyring().current.id != fresh:
                raise CommandError(
                    "A chave nova foi criada, mas a atual vem de outro lugar (ETLHUB_CREDENTIAL_KEYS, arquivo ou "
                    "sistema operacional): ponha a nova em primeiro lugar lá."
                )
            self.say(f"Chave nova: {fresh}")
        done = rotation.rotate(quem=operator())
        self.say(
            f"Cifrados de novo e conferidos: {done.rotated}. Já estavam com a chave atual: {done.current}. "
            f"Alterados por outra pessoa durante a troca: {done.changed_meanwhile}."
        )
        if done.lost:
            raise CommandError("Nenhuma chave abre, precisam ser informados de novo: " + ", ".join(done.lost) + ".")
        if done.changed_meanwhile:
            self.say("Rode de novo para conferir os que foram alterados durante a troca.")
        elif len(keys.keyring().ids) > 1:
            self.say("As chaves antigas já não são usadas pelos segredos guardados e podem ser retiradas.")
