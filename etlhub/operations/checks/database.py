"""The database: whole, up to date, in the mode that the hub needs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from etlhub.access import Papel, papel_of
from etlhub.operations.findings import Finding, good, problem, warning
from sistemas.caminhos import size

MINIMUM_POSTGRES = 140000
BIG_WAL_BYTES = 512 * 1024**2
RESTORE = "Pare o hub e restaure o último backup: manage.py restore ARQUIVO --substituir."


def _is_no_database(error: DatabaseError) -> bool:
    cause = error.__cause__
    broken = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in broken


def answers() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        if _is_no_database(error):
            yield problem("Banco de dados", "O arquivo está danificado: não é um banco SQLite.", RESTORE)
            return
        what = (
            "Confira DATABASE_URL e se o servidor está no ar; com SQLite, as permissões e o espaço da pasta de dados."
        )
        yield problem("Banco de dados", f"Não responde ({type(error).__name__}).", what)
        return
    yield from _postgres() if connection.vendor == "postgresql" else _sqlite()


def _postgres() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, version = cursor.fetchone()
        cursor.execute("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
        used, most = cursor.fetchone()
    if number < MINIMUM_POSTGRES:
        yield problem("Banco de dados", f"PostgreSQL {version} é antigo demais.", "Use o PostgreSQL 14 ou mais novo.")
    else:
        yield good("Banco de dados", f"PostgreSQL {version}")
    if used > most * 0.8:
        what = "Aumente max_connections do PostgreSQL ou use menos workers."
        yield warning("Conexões do banco", f"{used} de {most} em uso.", what)


def _sqlite() -> Iterator[Finding]:
    import sqlite3

    path = Path(str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = str(cursor.fetchone()[0])
    yield good("Banco de dados", f"SQLite {sqlite3.sqlite_version}, {path}")
    if mode.lower() != "wal":
        what = "Ponha a pasta de dados num disco local; se já está, apague as ferramentas que mudaram o modo do banco."
        yield problem("Modo do SQLite", f"journal_mode é “{mode}”, não WAL.", what)
    wal = path.with_name(path.name + "-wal")
    if wal.is_file() and wal.stat().st_size > BIG_WAL_BYTES:
        text = f"O arquivo {wal.name} tem {size(wal.stat().st_size)}: algum programa segura uma leitura antiga."
        yield warning("Modo do SQLite", text, "Encerre programas que abrem o banco; se continuar, reinicie o hub.")


def integrity() -> Iterator[Finding]:
    """SQLite's own quick_check; PostgreSQL looks after itself."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(5)")
        rows = [str(row[0]) for row in cursor.fetchall()]
    if rows == ["ok"]:
        yield good("Integridade do banco", "conferida")
    else:
        yield problem("Integridade do banco", f"O banco está danificado: {'; '.join(rows)[:300]}", RESTORE)


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if newer := unknown_migrations(set(MigrationRecorder(connection).applied_migrations())):
        text = f"O banco é de uma versão mais nova do hub ({', '.join(newer[:3])})."
        yield problem("Estrutura do banco", text, "Instale a versão mais nova, ou restaure o backup feito antes dela.")
    if missing:
        text = f"Faltam {len(missing)} atualizações da estrutura."
        yield problem("Estrutura do banco", text, "Rode manage.py prepare (o start.py faz isso ao iniciar).")
    elif not newer:
        yield good("Estrutura do banco", "atualizada")


def unknown_migrations(applied: set[tuple[str, str]]) -> list[str]:
    """Of the migrations applied (app, name), those of our apps that this version of the hub does not know."""
    loader = MigrationLoader(None)  # without a connection: it looks at the files only
    ours = loader.migrated_apps
    replaced = {name for migration in loader.disk_migrations.values() for name in migration.replaces}
    unknown = {each for each in applied if each[0] in ours} - set(loader.disk_migrations) - replaced
    return sorted(f"{app}.{name}" for app, name in unknown)


def administrators() -> Iterator[Finding]:
    active = User.objects.filter(is_active=True).prefetch_related("groups")
    if any(papel_of(user) is Papel.ADMINISTRADOR for user in active):
        yield good("Administradores", "há ao menos um ativo")
    else:
        yield problem("Administradores", "Nenhum usuário ativo é administrador.", "Rode manage.py createsuperuser.")
