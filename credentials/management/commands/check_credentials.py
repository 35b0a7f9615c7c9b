"""`manage.py check_credentials`: which secrets no key opens."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from credentials import keys, rotation
from credentials.management.base import VaultCommand


class Command(VaultCommand):
    help = "Confere se todo segredo guardado abre com alguma chave do cofre; termina com erro se algum não abre."

    def handle(self, *_args: Any, **_options: Any) -> None:
        ring, found = keys.keyring(), rotation.check()
        for position, key_id in enumerate(ring.ids):
            name = "atual" if position == 0 else "antiga"
            self.say(f"Chave {key_id} ({name}): {found.by_key[key_id]} segredo(s)")
        if found.lost:
            for row in found.lost:
                self.say(f"Nenhuma chave abre: {row}")
            raise CommandError(f"{len(found.lost)} segredo(s) precisam ser informados de novo.")
        self.say("Todos os segredos abrem.")
