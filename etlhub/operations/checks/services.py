"""Redis or Valkey, workers, the watchman, the demo portal, clocks, the daily backup."""

from __future__ import annotations

import http.client
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.utils import timezone

from etlhub.operations import daily, presence
from etlhub.operations.checks import folder
from etlhub.operations.findings import Finding, good, problem, warning
from etlhub.redis_client import client
from jobs.queries import count_workers
from sistemas.caminhos import size

MINIMUM_REDIS = (6, 2)
SLOW_SECONDS = 0.25
SKEW_SECONDS = 2.0
HTTP_SECONDS = 3.0
RESTART = "Reinicie o hub; se repetir, veja data/logs."
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def redis_server() -> Iterator[Finding]:
    began = time.monotonic()
    try:
        info: dict[str, Any] = client().info()
    except redis.AuthenticationError:
        yield problem("Redis/Valkey", "O servidor não aceita a senha.", "Corrija REDIS_URL.")
        return
    except redis.RedisError as error:
        what = "Inicie o hub com python3 start.py, ou confira REDIS_URL e o servidor."
        yield problem("Redis/Valkey", f"Não responde ({type(error).__name__}).", what)
        return
    took = time.monotonic() - began
    version = str(info.get("valkey_version") or info.get("redis_version", "0"))
    name = "Valkey" if info.get("valkey_version") else "Redis"
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < MINIMUM_REDIS:
        yield problem(
            "Redis/Valkey", f"{name} {version} é antigo demais.", "Use o Redis 6.2, o Valkey 7.2 ou mais novo."
        )
    else:
        yield good("Redis/Valkey", f"{name} {version}, responde em {took * 1000:.0f} ms")
    if took > SLOW_SECONDS:
        yield warning("Redis/Valkey", f"Demorou {took:.1f} s para responder.", "Veja a carga e a rede do servidor.")
    yield from _redis_settings(info)
    yield from _redis_exposure()


def _redis_settings(info: dict[str, Any]) -> Iterator[Finding]:
    if not info.get("aof_enabled"):
        what = "Ligue appendonly no servidor. Sem ele, um reinício só atrasa as execuções; nada se perde."
        yield warning("Gravação do Redis", "A gravação contínua (AOF) está desligada.", what)
    elif info.get("aof_last_write_status") != "ok" or info.get("aof_last_bgrewrite_status") != "ok":
        yield problem("Gravação do Redis", "A última gravação falhou.", "Veja o espaço em disco do servidor.")
    policy, most = str(info.get("maxmemory_policy", "noeviction")), int(info.get("maxmemory", 0))
    used = int(info.get("used_memory", 0))
    if policy != "noeviction" and most:
        what = "Defina maxmemory-policy noeviction."
        yield problem("Memória do Redis", f"A política “{policy}” descarta itens da fila quando falta memória.", what)
    elif most and used > most * 0.8:
        yield warning("Memória do Redis", f"{size(used)} de {size(most)} em uso.", "Aumente maxmemory.")
    else:
        yield good("Memória do Redis", f"{size(used)} em uso")
    if evicted := int(info.get("evicted_keys", 0)):
        yield warning("Memória do Redis", f"Já descartou {evicted} chaves.", "Aumente maxmemory e use noeviction.")


def _redis_exposure() -> Iterator[Finding]:
    parts = urlsplit(settings.REDIS_URL)
    if parts.hostname not in _LOOPBACK and not parts.password:
        text = "O servidor fica em outra máquina e não pede senha: quem o alcança pela rede controla a fila."
        yield warning("Senha do Redis", text, "Defina requirepass e ponha a senha em ETLHUB_REDIS_URL_FILE.")


def workers() -> Iterator[Finding]:
    count, wanted = count_workers(), int(os.environ.get("ETLHUB_WORKERS") or 0)
    if not count:
        yield problem("Workers", "Nenhum está ligado: as execuções ficam na fila.", RESTART)
    elif count < wanted:
        yield warning("Workers", f"{count} de {wanted} ligados.", RESTART)
    else:
        yield good("Workers", f"{count} ligado(s)")


def watchman() -> Iterator[Finding]:
    living = presence.signs("vigia")
    if living:
        hosts = ", ".join(sorted({sign.host for sign in living}))
        yield good("Vigia", f"ligado em {hosts}")
    else:
        text = "Não dá sinal: execuções interrompidas não são retomadas."
        yield problem("Vigia", text, "Inicie manage.py watch (o start.py o inicia).")


def clocks() -> Iterator[Finding]:
    """Leases compare the clocks of several machines."""
    seconds, micro = client().time()
    ahead = {"servidor Redis": seconds + micro / 1e6 - time.time()}
    for sign in [*presence.signs("vigia"), *presence.signs("web")]:
        ahead[f"máquina {sign.host}"] = sign.clock_ahead
    wrong = {name: value for name, value in ahead.items() if abs(value) > SKEW_SECONDS}
    what = "Ligue a sincronização de relógio (NTP) em todas as máquinas."
    for name, value in wrong.items():
        text = f"O relógio do {name}" if name.startswith("servidor") else f"O relógio da {name}"
        text += f" difere {abs(value):.1f} s do desta máquina.".replace(".", ",", 1)
        yield (problem if abs(value) > settings.LEASE_SECONDS / 2 else warning)("Relógio", text, what)
    if not wrong:
        yield good("Relógio", f"{timezone.localtime():%d/%m/%Y %H:%M:%S}, igual ao das outras máquinas")


def demo_portal() -> Iterator[Finding]:
    """Only where some credential points at it."""
    from credentials.models import Credential

    if not Credential.objects.filter(url__startswith="demo://").exists():
        return
    url = demo_url()
    if not url:
        text = "Há credenciais do portal de demonstração, e ele não está ligado."
        yield warning("Portal de demonstração", text, "Inicie sem --no-demo, ou informe as credenciais verdadeiras.")
        return
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=HTTP_SECONDS)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        yield warning("Portal de demonstração", f"Não responde em {url}.", RESTART)
    else:
        if status < 500:
            yield good("Portal de demonstração", url)
        else:
            yield warning("Portal de demonstração", f"Responde com erro {status}.", RESTART)
    finally:
        connection.close()


def demo_url() -> str:
    """The setting, or the address that a running start.py noted."""
    if settings.DEMO_URL:
        return str(settings.DEMO_URL)
    note = Path(settings.DATA_DIR) / "run" / "demo_port"
    number = note.read_text(encoding="ascii").strip() if note.is_file() else ""
    return f"http://127.0.0.1:{number}" if number.isdigit() else ""


def backups() -> Iterator[Finding]:
    if not settings.BACKUP_DIR:
        what = "Defina ETLHUB_BACKUP_DIR (de preferência em outro disco) ou agende manage.py backup."
        yield warning("Backup diário", "Está desligado.", what)
        return
    target = Path(settings.BACKUP_DIR)
    # It is made when it is missing: then what there is of the way to it must take a folder.
    there = next((path for path in (target, *target.parents) if path.is_dir()), target)
    if wrong := folder.cannot_write(there):
        yield problem("Backup diário", f"Não consigo gravar em {target} ({wrong}).", "Corrija ETLHUB_BACKUP_DIR.")
        return
    last, failure = daily.newest(), daily.last_failure()
    if failure:
        yield problem(
            "Backup diário", f"O último falhou: {failure}", "Corrija a causa; ele é tentado de novo em 1 hora."
        )
    if last is None:
        if not failure:
            yield warning("Backup diário", "Ainda não há nenhum.", "O vigia faz o primeiro na próxima hora marcada.")
        return
    when = daily.made_at(last)
    age = (timezone.now() - when).total_seconds()
    text = f"{last.name}, {size(last.stat().st_size)}"
    if age > 48 * 3600:
        text = f"O último é de {timezone.localtime(when):%d/%m/%Y}."
        yield problem("Backup diário", text, "Veja se o vigia está ligado e o registro dele.")
    else:
        yield good("Backup diário", text)
    if not settings.BACKUP_PASSPHRASE_FILE:
        text = "Não leva as chaves: sem elas, as senhas guardadas não abrem em outra máquina."
        what = "Defina ETLHUB_BACKUP_FRASE_ARQUIVO, ou guarde à parte uma cópia de data/chaves."
        yield warning("Backup diário", text, what)
