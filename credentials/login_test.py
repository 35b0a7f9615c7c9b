"""Tries one sistema's login and nothing else, by the ETL command in mode `testar_login`. Bounded in time and rate."""

from __future__ import annotations

import queue
import secrets as token_source
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from credentials import audit, store, vault
from credentials.masking import Masker
from credentials.models import AuditEntry, Credential
from credentials.parsing import parse
from credentials.sections import put
from deploy.launcher.steps import reason
from etlhub.errors import FieldError, HubError, Invalid, NotFound, TooMany
from etlhub.paths import BASE_DIR
from jobs import process
from jobs.pipe import Reader, Writer
from jobs.protocol import Event, Parser
from sistemas.models import Sistema

LIMIT_SECONDS = 26.0
"""The answer must be there within 30 s; the rest is for ending the process."""
MAX_TESTS = 5
WINDOW = timedelta(minutes=5)
COMMAND = (sys.executable, str(BASE_DIR / "etl_scripts" / "main.py"))

SENTENCES = {
    "ok": "Login aceito pelo portal.",
    "senha_incorreta": "O portal recusou o usuário ou a senha.",
    "senha_expirada": "O portal diz que a senha expirou.",
    "conta_bloqueada": "O portal diz que a conta está bloqueada.",
    "codigo_necessario": "Usuário e senha foram aceitos, mas o portal pede um código do autenticador.",
    "portal_fora": "O portal não respondeu.",
    "manutencao": "O portal está em manutenção.",
    "certificado": "O certificado de segurança do portal não é válido.",
    "sessao_expirada": "O portal encerrou a sessão durante o login.",
    "pagina_mudou": "A página de login do portal não é a esperada.",
    "sem_navegador": "O navegador que o login deste portal usa não está instalado no servidor.",
    "tempo_esgotado": f"O portal não concluiu o login em {LIMIT_SECONDS:.0f} segundos.",
}
"""What is said when the command gives no reason of its own."""
ADVICE = {
    "senha_incorreta": "Confira e informe a senha de novo; não insista, para a conta não ser bloqueada.",
    "senha_expirada": "Troque-a no portal e informe a nova aqui.",
    "conta_bloqueada": "Peça o desbloqueio ao administrador do portal.",
    "codigo_necessario": "Cadastre o segredo do autenticador ou informe o código quando a execução pedir.",
    "portal_fora": "Pode estar fora do ar, ou o endereço pode estar errado.",
    "manutencao": "Tente mais tarde.",
    "certificado": "Avise o suporte: sem um certificado válido a senha não é enviada.",
}
FALLBACK = "Não foi possível testar o login."


@dataclass(frozen=True)
class Outcome:
    """How the try ended; `message` is in Portuguese and holds no secret."""

    ok: bool
    codigo: str
    message: str
    seconds: float


@sensitive_variables()
def run(sistema_id: str, body: Any, *, actor: str, address: str = "", may_type: Callable[[], None]) -> Outcome:
    """Try the login with what is stored, or with what `body` gives instead (then `may_type` is asked first).

    `insistir: true` in the body tries a password that the portal has refused before. Raises Invalid, NotFound, TooMany,
    CredentialProblem.
    """
    sistema = Sistema.objects.filter(pk=sistema_id).first()
    if sistema is None:
        raise NotFound("Sistema não encontrado.")
    if settings.ETL_COMMAND:
        raise HubError("O comando ETL configurado (ETL_COMMAND) não sabe testar o login.")
    typed, insist = _typed(sistema_id, body)
    if typed is not None:
        may_type()
    elif not insist and (problem := vault.check_startable([sistema_id]).get(sistema_id)):
        raise problem
    _count(sistema_id, actor, address)
    run = vault.run_secrets(
        [sistema_id],
        actor=actor,
        origem=address,
        acao=AuditEntry.Acao.TESTE,
        typed={sistema_id: typed} if typed else None,
    )
    started = time.monotonic()
    codigo, motivo = _try(sistema_id, run)
    seconds, reason = time.monotonic() - started, _reason(codigo, motivo)
    if typed is None:
        _learn(sistema_id, codigo, reason, run.versoes[sistema_id], actor)
    return Outcome(codigo == "ok", codigo, " ".join(filter(None, (reason, ADVICE.get(codigo)))), seconds)


@sensitive_variables()
def _typed(sistema_id: str, body: Any) -> tuple[store.Change | None, bool]:
    """The fields that were typed, None when there are none; and whether to insist."""
    if not isinstance(body, dict):
        raise Invalid([FieldError("", "o corpo do pedido deve ser um objeto JSON")])
    fields = dict(body)
    insist = fields.pop("insistir", False)
    document: dict[str, Any] = {}
    put(document, sistema_id, fields)
    asked, errors = parse(document, [sistema_id], ())
    if not isinstance(insist, bool):
        errors.append(FieldError("insistir", "deve ser verdadeiro ou falso"))
    if errors:
        raise Invalid(errors)
    change = asked.changes[sistema_id]
    if change.url is not None and not change.secrets.get("password"):
        # Else a typed address would be sent the stored password.
        held = Credential.objects.filter(pk=sistema_id).values_list("url", flat=True).first()
        if change.url != held:
            raise Invalid([FieldError("password", "para testar em outro endereço, informe também a senha")])
    given = change.url is not None or change.username is not None or any(change.secrets.values())
    return (change if given else None), insist


def _count(sistema_id: str, actor: str, address: str) -> None:
    """One test more, in the audit; TooMany beyond MAX_TESTS within WINDOW. Kept there, it survives restarts."""
    with transaction.atomic():
        Sistema.objects.select_for_update(no_key=True).get(pk=sistema_id)
        since = timezone.now() - WINDOW
        tests = AuditEntry.objects.filter(sistema=sistema_id, campo="", acao=AuditEntry.Acao.TESTE, em__gte=since)
        if tests.count() >= MAX_TESTS:
            oldest = tests.earliest("id").em
            wait = max(int((oldest - since).total_seconds()), 1)
            raise TooMany(f"Muitos testes deste login: espere {wait} s para não arriscar o bloqueio da conta.", wait)
        audit.record(AuditEntry.Acao.TESTE, quem=actor, origem=address, alvos=[(sistema_id, "")])


def _learn(sistema_id: str, codigo: str, reason: str, versao: int, actor: str) -> None:
    if codigo == "ok":
        vault.clear_rejected(sistema_id, actor=actor)
    else:
        vault.mark_rejected(sistema_id, codigo, reason, versao=versao, actor=actor)


@sensitive_variables()
def _try(sistema_id: str, run: vault.RunSecrets) -> tuple[str, str]:
    """Start the command, hand it the document, wait for its result: (codigo, motivo)."""
    parent = Path(settings.DATA_DIR) / "tmp"
    parent.mkdir(parents=True, exist_ok=True)
    token = token_source.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="teste-", dir=parent, ignore_cleanup_errors=True) as folder:
        document = run.document | {"execucao": _execucao(folder)}
        argv = [*COMMAND, "--config", "-", "--sistemas", sistema_id]
        try:
            child = process.spawn(argv, cwd=Path(COMMAND[1]).parent, environment=process.child_environment(token))
        except OSError as error:
            return "configuracao", f"O comando ETL não pôde ser iniciado ({reason(error)})."
        reader, writer = Reader(child), Writer(child)
        try:
            writer.send(document)
            return _result(reader, writer, Masker(run.secrets), sistema_id)
        finally:
            writer.close()
            process.kill_tree(child, token, wait=2.0)
            reader.close()


def _execucao(folder: str) -> dict[str, Any]:
    return {
        "id": 0,
        "job_id": 0,
        "tentativa": 1,
        "eventos": True,
        "modo": "testar_login",
        "opcoes": {},
        "baixar_de_novo": False,
        "pasta_dados": str(settings.SHARED_DIR),
        "pasta_temporaria": folder,
        "pasta_seletores": str(Path(settings.SHARED_DIR) / "seletores"),
        "manifesto": [],
        "de_para": [],
    }


def _result(reader: Reader, writer: Writer, masker: Masker, sistema_id: str) -> tuple[str, str]:
    """Read until the sistema's result, the end of the output, or the limit."""
    parser, deadline, needs_code = Parser(events=True), time.monotonic() + LIMIT_SECONDS, False
    while (left := deadline - time.monotonic()) > 0:
        try:
            chunk = reader.get(left)
        except queue.Empty:
            break
        for item in parser.feed(masker.feed(chunk) if chunk else masker.flush() + b"\n"):
            if not isinstance(item, Event):
                continue
            if item.data["evento"] == "pedido_codigo":
                needs_code = True
                writer.send({"resposta": "cancelar"})
            elif item.data["evento"] == "resultado" and item.data.get("sistema") == sistema_id:
                codigo = "codigo_necessario" if needs_code else str(item.data.get("codigo", "interno"))
                return codigo, str(item.data.get("motivo", ""))
        if not chunk:
            return ("codigo_necessario", "") if needs_code else ("interno", "O comando ETL terminou sem resultado.")
    return "tempo_esgotado", ""


def _reason(codigo: str, motivo: str) -> str:
    """One sentence: the command's own where it has one."""
    sentence = SENTENCES.get(codigo, FALLBACK)
    return sentence if codigo in ("ok", "codigo_necessario") or not motivo else motivo[:400]
