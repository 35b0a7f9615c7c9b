"""`manage.py protect_credential_keys`: Windows only, the key file under the account's DPAPI."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from credentials import dpapi, keys
from credentials.management.base import VaultCommand, write_file


class Command(VaultCommand):
    help = "Windows: protege a chave do cofre com a conta que roda o hub (DPAPI), para que o arquivo copiado não sirva."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not dpapi.AVAILABLE:
            raise CommandError(
                "Só existe no Windows. No Linux, use systemd (LoadCredential) ou as permissões do arquivo."
            )
        if os.environ.get("ETLHUB_CREDENTIAL_KEYS"):
            raise CommandError("A chave vem de ETLHUB_CREDENTIAL_KEYS: retire-a de lá antes.")
        clear = "\n".join(settings.CREDENTIAL_KEYS).encode()
        write_file(str(keys.dpapi_file()), dpapi.protect(clear), overwrite=True)
        if dpapi.unprotect(keys.dpapi_file().read_bytes()) != clear:
            raise CommandError("O Windows não devolveu a mesma chave; nada foi apagado.")
        self.say(f"Chave protegida em {keys.dpapi_file()}.")
        self.say(f"Faça o backup das credenciais (backup_credentials) e depois apague {keys.own_file()}.")
