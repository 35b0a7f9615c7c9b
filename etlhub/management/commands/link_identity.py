"""`manage.py link_identity`: let an existing user come in by the OIDC provider."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser

from credentials.management.base import VaultCommand, operator
from etlhub import audit
from etlhub.oidc import accounts, provider
from etlhub.oidc.config import config, enabled


class Command(VaultCommand):
    help = "Liga um usuário que já existe à conta dele no provedor de login (OIDC)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("usuario", metavar="USUÁRIO", help="o usuário do ETL Hub")
        parser.add_argument(
            "sub", metavar="SUB", help="o identificador da conta no provedor, como a página de login o mostra"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if not enabled():
            raise CommandError("O login por OIDC não está configurado (ETLHUB_OIDC_ISSUER).")
        user = User.objects.filter(username__iexact=options["usuario"]).first()
        if user is None:
            raise CommandError(f"Não há usuário {options['usuario']}.")
        issuer = provider.discover(config()).issuer
        accounts.link(user, issuer, options["sub"])
        audit.note("ligou ao provedor de login", usuario=operator(), alvo=f"usuario {user.get_username()}")
        self.say(f"{user.get_username()} entra agora também por {issuer}.")
