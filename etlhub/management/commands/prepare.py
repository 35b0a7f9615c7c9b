"""`manage.py prepare`: make the data folder ready in one process: migrate, seed, first user, demo. Safe to repeat."""

from __future__ import annotations

import os
import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from credentials import vault
from etlhub.access import Papel
from sistemas import catalogue
from sistemas.models import Sistema


class Command(BaseCommand):
    help = "Prepara o banco, os sistemas, o primeiro usuário e a demonstração."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="preenche as credenciais vazias com as do portal de demonstração"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        self._migrate()
        catalogue.seed(demo=options["demo"])
        for papel in list(Papel)[1:]:
            Group.objects.get_or_create(name=papel.name.lower())
        self._first_user()
        if options["demo"]:
            vault.seed_demo(Sistema.objects.values_list("pk", flat=True))
        self._collect_static()

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
            self.stdout.write("Banco de dados atualizado.")

    def _first_user(self) -> None:
        if User.objects.exists():
            return
        given = os.environ.get("ETLHUB_ADMIN_PASSWORD", "")
        password = given or secrets.token_urlsafe(12)
        User.objects.create_superuser("admin", password=password)
        if given:
            self.stdout.write("Usuário admin criado com a senha de ETLHUB_ADMIN_PASSWORD.")
        else:
            self.stdout.write(f"Usuário: admin   Senha: {password}   (mostrada só desta vez; troque em /admin/)")

    def _collect_static(self) -> None:
        """Copy the admin's files once a version; a stamp says for which."""
        import django
        import unfold

        stamp = settings.STATIC_ROOT / ".versao"
        wanted = f"{settings.VERSION} {django.__version__} {getattr(unfold, '__version__', '')} {unfold.__file__}"
        if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
            call_command("collectstatic", verbosity=0, interactive=False, clear=False)
            stamp.write_text(wanted, encoding="utf-8")
