"""The configuration as a file: without secrets to read, or with them under a passphrase to restore on another machine.

Encrypted form: JSON `{formato, versao, kdf: {nome, n, r, p, salt}, cifra, nonce, dados}`, by scrypt (RFC 7914) and
AES-256-GCM.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from credentials import audit, document, store
from credentials.legacy import MAX_FILE_BYTES, BadFile
from credentials.masking import MASK
from credentials.models import AuditEntry
from credentials.sections import put
from sistemas import services
from sistemas.models import Sistema

FORMAT = "etlhub-backup"
VERSION = 1
N, R, P = 2**17, 8, 1
"""scrypt's cost: 128 MiB and about half a second."""
MAX_N, MAX_R, MAX_P = 2**20, 16, 4
MIN_PASSPHRASE_CHARS = 12


def export() -> dict[str, Any]:
    """The credentials document without secrets, plus what the sistemas are set to."""
    exported: dict[str, Any] = _blanked(document.masked_document())
    exported["sistemas"] = states()
    exported["periodo"] = {
        name: value if isinstance(value, bool) or value is None else value.isoformat()
        for name, value in services.periodo().items()
    }
    return exported


def states() -> dict[str, dict[str, Any]]:
    """The form of `sistemas_state.json`."""
    return {
        row.pk: {"ativo": row.ativo, "opcoes": {opcao.nome: opcao.valor for opcao in row.opcoes.all()}}
        for row in Sistema.objects.prefetch_related("opcoes")
    }


@sensitive_variables()
def seal(passphrase: str, *, quem: str) -> tuple[bytes, list[str]]:
    """The encrypted backup, and the fields left out because no key opens them."""
    clear, lost = _clear_document(quem)
    content = {"criado_em": timezone.now().isoformat(), "documento": clear, "sistemas": states()}
    return seal_content(content, passphrase, FORMAT), lost


@sensitive_variables()
def seal_content(content: Any, passphrase: str, form: str) -> bytes:
    """Anything that JSON holds, under a passphrase; `form` names what it is, and only that form opens it."""
    salt, nonce = os.urandom(32), os.urandom(12)
    key = Scrypt(salt=salt, length=32, n=N, r=R, p=P).derive(passphrase.encode())
    data = AESGCM(key).encrypt(nonce, json.dumps(content).encode(), _associated(form))
    outer = {
        "formato": form,
        "versao": VERSION,
        "kdf": {"nome": "scrypt", "n": N, "r": R, "p": P, "salt": base64.b64encode(salt).decode()},
        "cifra": "AES-256-GCM",
        "nonce": base64.b64encode(nonce).decode(),
        "dados": base64.b64encode(data).decode(),
    }
    return json.dumps(outer, indent=2).encode() + b"\n"


def _associated(form: str) -> bytes:
    return f"{form} v{VERSION}".encode()


@sensitive_variables()
def open_sealed(raw: bytes, passphrase: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The clear document and the states in a backup; BadFile when it is none or the passphrase is another."""
    content = open_content(raw, passphrase, FORMAT)
    return content["documento"], content["sistemas"]


@sensitive_variables()
def open_content(raw: bytes, passphrase: str, form: str) -> Any:
    """What seal_content sealed as `form`; BadFile when it is something else or the passphrase is another."""
    salt, nonce, data, cost = _outer(raw, form)
    key = Scrypt(salt=salt, length=32, n=cost[0], r=cost[1], p=cost[2]).derive(passphrase.encode())
    try:
        return json.loads(AESGCM(key).decrypt(nonce, data, _associated(form)))
    except InvalidTag:
        raise BadFile(
            "A frase secreta não abre este backup (ou o arquivo foi alterado); nada foi restaurado."
        ) from None


def _outer(raw: bytes, form: str) -> tuple[bytes, bytes, bytes, tuple[int, int, int]]:
    bad = BadFile("O arquivo não é um backup de credenciais do ETL Hub.")
    if len(raw) > MAX_FILE_BYTES:
        raise bad
    try:
        outer = json.loads(raw)
        kdf = outer["kdf"]
        cost = (int(kdf["n"]), int(kdf["r"]), int(kdf["p"]))
        parts = [base64.b64decode(text, validate=True) for text in (kdf["salt"], outer["nonce"], outer["dados"])]
        known = (outer["formato"], outer["versao"], outer["cifra"], kdf["nome"])
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        raise bad from None
    if known[:1] != (form,):
        raise bad
    within = all(1 < value <= most for value, most in zip(cost[:2], (MAX_N, MAX_R), strict=True)) and cost[2] <= MAX_P
    if (
        known != (form, VERSION, "AES-256-GCM", "scrypt")
        or not within
        or len(parts[1]) != 12
        or cost[0] & (cost[0] - 1)
    ):
        raise BadFile("Este backup foi feito por outra versão do ETL Hub.")
    return parts[0], parts[1], parts[2], cost


@sensitive_variables()
def _clear_document(quem: str) -> tuple[dict[str, Any], list[str]]:
    clear = _blanked(document.masked_document())
    lost: list[str] = []
    opened = store.open_many(Sistema.objects.values_list("pk", flat=True))
    for sistema_id, held in opened.items():
        section = document.masked_section(sistema_id)
        section.pop("problema", None)
        put(clear, sistema_id, {name: "" if value == MASK else value for name, value in section.items()} | held.secrets)
        lost += [f"{sistema_id}.{campo}" for campo in held.lost]
    audit.record(
        AuditEntry.Acao.COPIA,
        quem=quem,
        alvos=[(sistema_id, campo) for sistema_id, held in opened.items() for campo in held.secrets],
    )
    return clear, lost


def _blanked(node: Any) -> Any:
    """Without masks and without the notes on problems."""
    if isinstance(node, dict):
        return {name: _blanked(item) for name, item in node.items() if name != "problema"}
    return "" if node == MASK else node
