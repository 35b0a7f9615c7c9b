"""What the rest of the hub asks of the vault: the clear document of one run, and whether a sistema may start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from credentials import audit, demo, funds, store
from credentials.models import AuditEntry, Credential
from credentials.redaction import remember
from credentials.sections import DOCUMENT_VERSION, OPEN_FIELDS, WITHOUT_LOGIN, put
from etlhub.errors import HubError
from sistemas.models import Sistema

REFUSALS = ("senha_incorreta", "senha_expirada", "conta_bloqueada")
"""Codes of a result that stop a sistema until its secret changes: portals block accounts that try again."""

SEM_CREDENCIAL = "sem_credencial"
INFORMAR_DE_NOVO = "precisa_informar_de_novo"
RECUSADA = "senha_recusada"


class CredentialProblem(HubError):
    """A sistema cannot log in with what the vault holds. `codigo` says why, the message says what to do."""

    status = 409

    def __init__(self, codigo: str, message: str) -> None:
        super().__init__(message)
        self.codigo = codigo


@dataclass(frozen=True)
class RunSecrets:
    """One run's document in clear, every secret in it for the masker, and what mark_rejected needs (`versoes`)."""

    document: dict[str, Any] = field(repr=False)
    secrets: list[str] = field(repr=False)
    versoes: dict[str, int] = field(default_factory=dict)


@sensitive_variables()
def run_secrets(
    sistema_ids: Sequence[str],
    *,
    actor: str,
    typed: Mapping[str, store.Change] | None = None,
    acao: AuditEntry.Acao = AuditEntry.Acao.LEITURA,
    origem: str = "",
) -> RunSecrets:
    """The credentials document that the ETL command needs for these sistemas, with nothing of the others.

    `typed` overrides stored fields for this call only. Raises CredentialProblem when a login is missing or unreadable.
    """
    opened = store.open_many(sistema_ids)
    document: dict[str, Any] = {"version": DOCUMENT_VERSION}
    names = dict(Sistema.objects.filter(pk__in=sistema_ids).values_list("pk", "nome"))
    for sistema_id, held in opened.items():
        if typed and sistema_id in typed:
            _overlay(held, typed[sistema_id])
        if problem := problem_of(sistema_id, names.get(sistema_id, sistema_id), held):
            raise problem
        section: dict[str, Any] = {"url": demo.resolve(held.url), "username": held.username, "password": ""}
        section |= held.secrets
        section |= funds.section(sistema_id)
        put(document, sistema_id, section)
    document["paths"] = funds.run_paths()
    document["fundos"] = {"selecionados": funds.general()}
    audit.record(
        acao,
        quem=actor,
        origem=origem,
        alvos=[(sistema_id, campo) for sistema_id, held in opened.items() for campo in held.secrets],
    )
    secrets = sorted({clear for held in opened.values() for clear in held.secrets.values()})
    return RunSecrets(document, secrets, {sistema_id: held.versao for sistema_id, held in opened.items()})


@sensitive_variables()
def _overlay(held: store.Opened, typed: store.Change) -> None:
    for name in OPEN_FIELDS:
        if (value := getattr(typed, name)) is not None:
            setattr(held, name, value)
    remember(typed.secrets.values())
    held.secrets |= {campo: clear for campo, clear in typed.secrets.items() if clear}
    held.lost = tuple(campo for campo in held.lost if campo not in typed.secrets)


def problem_of(sistema_id: str, nome: str, held: store.Held | store.Opened) -> CredentialProblem | None:
    """Why `held` is not enough to log in, if it is not. Refusals are not looked at."""
    if held.lost:
        return _lost(nome)
    # The users' own command says itself what it lacks: it may have addresses and logins of its own.
    if sistema_id in WITHOUT_LOGIN or settings.ETL_COMMAND:
        return None
    if not held.url:
        return _missing(nome, "o endereço do portal")
    if not held.username:
        return _missing(nome, "o usuário")
    return None if held.campos else _missing(nome, "a senha")


def _lost(nome: str) -> CredentialProblem:
    return CredentialProblem(
        INFORMAR_DE_NOVO,
        f"A senha de {nome} precisa ser informada de novo: a chave que a abria não está mais no cofre.",
    )


def _missing(nome: str, what: str) -> CredentialProblem:
    return CredentialProblem(SEM_CREDENCIAL, f"Falta {what} de {nome}: preencha em Configurações › Credenciais.")


def check_startable(sistema_ids: Iterable[str], insist: bool = False) -> dict[str, CredentialProblem]:
    """The sistemas that a new job must not start, and why. `insist` lets a refused password be tried once more."""
    wanted = list(sistema_ids)
    names = dict(Sistema.objects.filter(pk__in=wanted).values_list("pk", "nome"))
    problems: dict[str, CredentialProblem] = {}
    for sistema_id, held in store.look_many(wanted).items():
        nome = names.get(sistema_id, sistema_id)
        problem = problem_of(sistema_id, nome, held)
        if problem is None and held.recusa and not insist:
            problem = refusal(nome, held.recusa)
        if problem:
            problems[sistema_id] = problem
    return problems


def refusal(nome: str, row: Credential) -> CredentialProblem:
    """The problem of a login that the portal refused."""
    when = f" em {row.recusada_em:%d/%m/%Y}" if row.recusada_em else ""
    reason = row.recusada_motivo.strip()
    if reason:
        reason += " " if reason.rstrip("”").endswith((".", "!", "?", "…")) else ". "
    return CredentialProblem(
        RECUSADA,
        f"{nome} não será iniciado: o portal recusou o login{when}. {reason}Corrija a senha em Configurações › "
        "Credenciais; se ela está certa, teste-a lá: um teste que dá certo libera o sistema.",
    )


def mark_rejected(
    sistema_id: str, codigo: str, motivo: str, *, versao: int | None = None, actor: str = "execução"
) -> None:
    """Note that the portal refused the stored login; codes other than REFUSALS are ignored.

    With `versao` (of RunSecrets.versoes) nothing is noted when the credential was changed meanwhile.
    """
    if codigo in REFUSALS and store.set_refusal(sistema_id, codigo, motivo, versao):
        audit.record(AuditEntry.Acao.RECUSA, quem=actor, alvos=[(sistema_id, "")], detalhe=codigo)


def clear_rejected(sistema_id: str, *, actor: str = "execução") -> None:
    """The login worked: forget an earlier refusal."""
    if Credential.objects.filter(sistema_id=sistema_id).exclude(recusada_codigo="").exists():
        store.set_refusal(sistema_id, "", "", None)
        audit.record(AuditEntry.Acao.LIBERACAO, quem=actor, alvos=[(sistema_id, "")])


def seed_demo(sistema_ids: Iterable[str]) -> list[str]:
    """Point the sistemas that have no address yet at the demo portal; returns which ones."""
    return demo.seed(sistema_ids)
