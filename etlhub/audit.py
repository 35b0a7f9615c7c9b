"""The one place where actions are audited: every changing request, with who, from where, on what, and how it ended.

Kept of a request are its route, the ids in its address and a few named fields that hold no secret; never its body.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.db import DatabaseError, models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from etlhub.security import SAFE_METHODS

log = logging.getLogger(__name__)

PREFIXES = ("/api/", "/admin/", "/entrar", "/sair")
MAX_BODY = 64 * 1024
"""Larger bodies are not looked into."""
FIELDS = frozenset(
    "sistemas sistema dry_run limpar data_inicial data_final ativo opcao valor ids apenas_falhas insistir nome papel dias"
    " cancelar execution_id action _selected_action username is_active is_staff".split()
)
"""Fields of a query, a JSON body or a form that are kept as they are."""
SILENT = frozenset({"POST /api/caminhos/validar"})
"""Looks like a change and is none."""
ACOES = {
    "POST /api/auth/login": "entrou",
    "POST /entrar/": "entrou",
    "POST /admin/login/": "entrou",
    "POST /api/auth/logout": "saiu",
    "POST /sair/": "saiu",
    "POST /admin/logout/": "saiu",
    "POST /api/auth/logout-all": "saiu de todos os lugares",
    "POST /api/auth/senha": "trocou a própria senha",
    "POST /admin/password_change/": "trocou a própria senha",
    "POST /api/auth/segundo-fator/iniciar": "começou a configurar o segundo fator",
    "POST /api/auth/segundo-fator/confirmar": "ligou o segundo fator",
    "POST /api/auth/segundo-fator/codigos": "trocou os códigos de recuperação",
    "POST /api/auth/segundo-fator/desligar": "desligou o segundo fator",
    "POST /api/tokens": "criou token de API",
    "DELETE /api/tokens/{token_id}": "revogou token de API",
    "POST /api/execute": "executou",
    "POST /api/execute/{sistema_id}": "executou",
    "POST /api/cancel/{job_id}": "cancelou execução",
    "POST /api/jobs/{job_id}/retry": "executou de novo",
    "POST /api/jobs/{job_id}/codigo": "respondeu pedido de código",
    "PATCH /api/sistemas/{sistema_id}/toggle": "ligou ou desligou sistema",
    "PATCH /api/sistemas/{sistema_id}/opcao": "mudou opção",
    "PUT /api/sistemas/ordem": "mudou a ordem dos sistemas",
    "POST /api/config": "salvou configuração",
    "PUT /api/config/paths": "salvou caminhos",
    "POST /api/caminhos/pastas": "criou pasta",
    "POST /api/credentials": "salvou credenciais",
    "POST /api/credentials/{sistema_id}/test": "testou login no portal",
    "PUT /api/fundos/{system_id}": "salvou fundos",
    "POST /api/fundos/{system_id}/selecao": "selecionou fundos",
    "POST /api/fundos/{system_id}/importar": "importou fundos",
    "PUT /api/de-para": "salvou De-Para",
    "POST /api/de-para": "incluiu no De-Para",
    "PUT /api/de-para/{item_id}": "alterou De-Para",
    "DELETE /api/de-para/{item_id}": "apagou do De-Para",
    "POST /api/de-para/importar": "importou De-Para",
    "POST /api/me/rotinas": "salvou rotina",
    "DELETE /api/me/rotinas/{rotina_id}": "apagou rotina",
    "PATCH /api/me/preferencias": "mudou as próprias preferências",
}
ADMIN_ACOES = {
    "add": "incluiu",
    "change": "alterou",
    "delete": "apagou",
    "changelist": "agiu sobre",
    "password_change": "trocou a senha de",
}


class AuditMiddleware:
    """Records each changing request after it was answered."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = await self.get_response(request)
        if request.method not in SAFE_METHODS and request.path.startswith(PREFIXES):
            await sync_to_async(_record)(request, response)
        return response


def note(acao: str, *, usuario: str, via: str = "terminal", alvo: str = "", mensagem: str = "", **more: Any) -> None:
    """Record what was done otherwise than by a request."""
    from etlhub.models import AuditoriaAcao

    AuditoriaAcao.objects.create(
        acao=plain(acao, 80),
        usuario=plain(usuario, 150),
        via=plain(via, 60),
        alvo=plain(alvo, 200),
        mensagem=plain(mensagem, 300),
        **more,
    )


def _record(request: HttpRequest, response: HttpResponseBase) -> None:
    """Write the entry; a failure is logged and not the asker's trouble, the action is done."""
    usuario, failed = _who(request)
    rota = _route(request)
    if not rota or rota in SILENT or response.status_code in (405, 429) or not (usuario or failed):
        return
    answer = _json(getattr(response, "content", b"")) if isinstance(response, HttpResponse) else {}
    token = getattr(request.user, "api_token_prefixo", "")
    try:
        note(
            _action(request, rota),
            usuario=usuario,
            via=f"token {token}…" if token else "sessão",
            origem=str(request.META.get("REMOTE_ADDR", ""))[:60],
            rota=rota[:200],
            alvo=_target(request, answer),
            dados=_fields(request),
            status=_status(request, response, failed),
            mensagem=failed or _outcome(answer),
        )
    except DatabaseError as error:
        log.error("not audited: %s by %s: %s", rota, usuario or "?", type(error).__name__)  # noqa: TRY400


def _outcome(answer: dict[str, Any]) -> str:
    """What the asker was told; of wrong fields only how many, a sentence may repeat what was sent."""
    wrong = answer.get("campos")
    return f"Campos inválidos: {len(wrong)}." if wrong else str(answer.get("message") or answer.get("detail") or "")


def _who(request: HttpRequest) -> tuple[str, str]:
    """Name of the actor, and why the login failed when it did."""
    failed = getattr(request, "audit_failed", "")
    before = getattr(request, "audit_user", None)
    if before is not None:
        return before, failed
    return (request.user.get_username() if request.user.is_authenticated else ""), failed


def _route(request: HttpRequest) -> str:
    """`POST /api/execute/{sistema_id}`; empty for an address that does not exist."""
    match = request.resolver_match
    if match is None or not match.route or match.route.startswith("^"):
        return ""
    return f"{request.method} /" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", match.route)


def _action(request: HttpRequest, rota: str) -> str:
    if rota in ACOES:
        return ACOES[rota]
    view = request.resolver_match.view_name if request.resolver_match else ""
    model, _, what = view.removeprefix("admin:").rpartition("_")
    if view.startswith("admin:") and what in ADMIN_ACOES:
        return f"administração: {ADMIN_ACOES[what]} {model.partition('_')[2] or model}"
    return rota


def _target(request: HttpRequest, answer: dict[str, Any]) -> str:
    match = request.resolver_match
    ids = {**(match.kwargs if match else {})}
    if isinstance(answer.get("job_id"), int):
        ids.setdefault("job_id", answer["job_id"])
    return ", ".join(f"{name.removesuffix('_id')} {value}" for name, value in ids.items())[:200]


def _fields(request: HttpRequest) -> dict[str, Any]:
    """The named fields of query, JSON body and form; and which sections of a document were sent."""
    given: dict[str, Any] = {name: request.GET.getlist(name) for name in request.GET}
    body = _json(getattr(request, "_body", b"")) if "json" in (request.content_type or "") else {}
    given |= body
    if hasattr(request, "_post") and "json" not in (request.content_type or ""):
        given |= {name: request.POST.getlist(name) for name in request.POST}
    kept = {name: _plain(value) for name, value in given.items() if name in FIELDS}
    if str(kept.get("valor")).lower() not in ("true", "false"):
        kept.pop("valor", None)  # a one-time code is called so too
    if request.path.endswith(("/login", "/login/", "/entrar/")):
        kept.pop("username", None)
    sections = sorted(plain(name, 40) for name, value in body.items() if isinstance(value, dict))[:20]
    return {**kept, **({"partes": sections} if sections else {})}


def _plain(value: Any) -> Any:
    """Numbers, truth values and short texts, at most fifty of them."""
    if isinstance(value, (list, tuple)):
        values = [_plain(each) for each in value[:50]]
        return values[0] if len(values) == 1 and isinstance(value, list) and isinstance(value[0], str) else values
    return value if isinstance(value, (bool, int, float, type(None))) else plain(value, 100)


def plain(value: Any, limit: int) -> str:
    """What any database holds: a NUL or half a surrogate pair must not keep an entry from being written."""
    return str(value)[:limit].replace("\x00", "�").encode("utf-8", "replace").decode()


def _json(content: bytes) -> dict[str, Any]:
    if not content or len(content) > MAX_BODY:
        return {}
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _status(request: HttpRequest, response: HttpResponseBase, failed: str) -> int:
    """The HTTP status; of a form that came back with errors, what an API would have said."""
    if response.status_code == 200 and failed:
        return 401
    if response.status_code == 200 and request.path.startswith("/admin/") and "action" not in request.POST:
        return 422
    return response.status_code


def note_logout(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    """Signal user_logged_out: afterwards the request no longer knows who it was."""
    if request is not None and user is not None:
        request.audit_user = user.get_username()  # type: ignore[attr-defined]


def note_failed_login(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Signal user_login_failed. A name that is nobody's may be a password typed in the wrong field: it is not kept."""
    if request is not None:
        name = str(credentials.get("username", ""))
        known = User.objects.filter(username__iexact=name.strip()[:150]).first() if "\x00" not in name else None
        request.audit_user = known.get_username() if known else ""  # type: ignore[attr-defined]
        request.audit_failed = "Usuário ou senha incorretos." if known else "Usuário desconhecido."  # type: ignore[attr-defined]


def note_failed(request: HttpRequest, user: User, why: str) -> None:
    """A login of `user` that was refused after the password."""
    request.audit_user, request.audit_failed = user.get_username(), why  # type: ignore[attr-defined]


def prune() -> int:
    """Forget what is older than the setting says (0 days: nothing); also expired sessions and long revoked tokens."""
    from etlhub.models import ApiToken, AuditoriaAcao
    from etlhub.sessions import SessionStore

    SessionStore.clear_expired()
    days: int = settings.AUDIT_RETENTION_DAYS
    if not days:
        return 0
    limit = timezone.now() - timedelta(days=days)
    ApiToken.objects.filter(revogado_em__lt=limit).delete()
    return models.QuerySet(AuditoriaAcao).filter(em__lt=limit).delete()[0]
