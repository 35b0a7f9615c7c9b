"""What the runs need: credentials that open and are accepted, folders that can be written; and runs that are stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from credentials import keys, rotation, vault
from etlhub.errors import HubError
from etlhub.operations.findings import Finding, good, problem, warning
from jobs.models import Execution, State, open_in
from jobs.recovery import HUNG_FACTOR
from sistemas import caminhos
from sistemas.models import Sistema

QUEUED_LONG = timedelta(minutes=2)
PENDING_LONG = timedelta(hours=6)
NEWS_HOURS = 24
MANY_ERRORS = 3
MAX_ERRORS = 10_000


def vault_keys() -> Iterator[Finding]:
    try:
        ring, found = keys.keyring(), rotation.check()
    except HubError as error:
        yield problem("Cofre", error.message, "Restaure as chaves de um backup (manage.py restore) ou da sua cópia.")
        return
    for row in found.lost:
        text = f"Nenhuma chave abre {row}."
        if row.startswith("segundo fator"):
            yield problem("Cofre", text, "Restaure a chave que falta, ou rode manage.py reset_totp USUÁRIO.")
            continue
        sistema_id = row.split(".", maxsplit=1)[0]
        yield problem("Cofre", text, "Restaure a chave que falta, ou informe a senha de novo.", sistema_id)
    old = sum(count for key_id, count in found.by_key.items() if key_id != ring.current.id)
    if old:
        text = f"{old} segredo(s) ainda estão cifrados com uma chave antiga."
        yield warning("Cofre", text, "Rode manage.py rotate_credentials.")
    if not found.lost:
        yield good("Cofre", f"{sum(found.by_key.values())} segredo(s), todos abrem")


def credentials() -> Iterator[Finding]:
    """Refused or missing logins of the active sistemas."""
    active = list(Sistema.objects.filter(ativo=True).values_list("pk", flat=True))
    try:
        problems = vault.check_startable(active)
    except HubError:  # the vault does not open: `vault_keys` has told it
        return
    for sistema_id, found in problems.items():
        yield warning("Credenciais", found.message, "Corrija em Configurações › Credenciais.", sistema_id)
    if not problems:
        yield good("Credenciais", f"prontas para os {len(active)} sistemas ativos")


def folders() -> Iterator[Finding]:
    statuses = caminhos.validate_all()
    wrong = [status for status in statuses if not status.ok]
    for status in wrong:
        where = f"{status.descricao or status.chave} ({status.caminho or 'vazio'})"
        what = "Corrija em Configurações › Caminhos, ou as permissões da pasta."
        yield problem("Caminhos", f"{where}: {status.mensagem}", what)
    if not wrong:
        yield good("Caminhos", f"{len(statuses)} conferidos")


def stuck() -> Iterator[Finding]:
    """Executions that nobody moves on."""
    now = timezone.now()
    hung = now - timedelta(seconds=settings.LEASE_SECONDS * HUNG_FACTOR)
    running = Execution.objects.filter(open_in(State.RUNNING, State.CANCELLING))
    lost = running.filter(heartbeat_at__lt=hung).count()
    if lost:
        text = f"{lost} em andamento sem sinal do worker."
        yield problem("Execuções paradas", text, "O vigia as encerra; se continuam, ligue-o (manage.py watch).")
    queued = Execution.objects.filter(open_in(State.QUEUED), queued_at__lt=now - QUEUED_LONG).count()
    if queued:
        yield warning("Execuções paradas", f"{queued} na fila há mais de 2 minutos.", "Veja se há workers livres.")
    pending = Execution.objects.filter(open_in(State.PENDING), created_at__lt=now - PENDING_LONG, not_before=None)
    waiting = pending.count()
    if waiting:
        text = f"{waiting} aguardam há mais de 6 horas."
        yield warning("Execuções paradas", text, "Ligue mais workers, ou cancele o que não interessa mais.")
    if not (lost or queued or waiting):
        yield good("Execuções paradas", "nenhuma")


def recent_errors() -> Iterator[Finding]:
    """Sistemas that failed again and again for the same reason since yesterday."""
    since = timezone.now() - timedelta(hours=NEWS_HOURS)
    failed = Execution.objects.filter(status=State.ERROR, finished_at__gte=since).exclude(codigo="")
    # Counted here: grouped by the database, SQLite would read the whole past in the order of the groups.
    newest = failed.order_by("-finished_at").values_list("sistema_id", "sistema__nome", "codigo")[:MAX_ERRORS]
    for (sistema_id, nome, codigo), times in Counter(newest).items():
        if times < MANY_ERRORS:
            continue
        text = f"{nome} falhou {times} vezes em 24 horas com “{codigo}”."
        yield warning("Erros repetidos", text, "Veja o log da última execução.", sistema_id)
