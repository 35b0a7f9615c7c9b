"""`manage.py reset_totp`: take away a user's second factor, for who lost the phone and the recovery codes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser

from credentials.management.base import VaultCommand, operator
from etlhub import audit, second_factor


class Command(VaultCommand):
    help = "Remove o segundo fator de um usuário, que volta a entrar só com a senha e pode configurar outro."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("usuario", metavar="USUÁRIO", help="o nome com que ele entra")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["usuario"]).first()
        if user is None:
            raise CommandError(f"Não há usuário {options['usuario']}.")
        if not second_factor.remove(user):
            raise CommandError(f"{user.get_username()} não tem segundo fator.")
        audit.note("removeu o segundo fator", usuario=operator(), alvo=f"usuario {user.get_username()}")
        self.say(f"Segundo fator de {user.get_username()} removido.")
