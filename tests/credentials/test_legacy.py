"""The predecessor's files come in whole, once or twice, or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.management import CommandError, call_command

from credentials import document, legacy, store
from credentials.models import AuditEntry, Secret
from sistemas.models import Opcao, Sistema

ITERATIONS = 1000
PLAIN: dict[str, Any] = {
    "version": "2.0",
    "amplis": {
        "reag": {"url": "https://a.example/reag", "username": "ana", "password": "senha-reag"},
        "master": {"url": "https://a.example/master", "username": "ana", "password": ""},
    },
    "maps": {
        "url": "https://maps.example",
        "username": "bia",
        "password": "senha-maps",
        "fundos": ["FUNDO Á", "FUNDO B"],
        "fundos_selecionados": ["FUNDO B"],
        "usar_todos": False,
    },
    "jcot": {"url": "https://j.example", "username": "ana", "password": "senha-jcot", "observacao": "antiga"},
    "paths": {"csv": r"\\servidor\etl\csv", "pdf": "", "antigo": "C:\\x"},
    "fundos": {"selecionados": ["FUNDO Á"]},
    "desconhecido": {"url": "x"},
}


def locked(document: dict[str, Any], master: bytes) -> dict[str, Any]:
    """The document as the predecessor encrypts it."""
    salt = os.urandom(32)
    key = AESGCM(hashlib.pbkdf2_hmac("sha256", master, salt, ITERATIONS, 32))

    def lock(node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        out = {}
        for name, value in node.items():
            if name == "password" and value:
                nonce = os.urandom(12)
                data = key.encrypt(nonce, value.encode(), b"ETL_CREDENTIALS_V1")
                parts = {"nonce": nonce, "ciphertext": data[:-16], "tag": data[-16:]}
                out[name] = {"_encrypted": True} | {k: base64.b64encode(v).decode() for k, v in parts.items()}
            else:
                out[name] = lock(value)
        return out

    encryption = {
        "algorithm": "AES-256-GCM",
        "kdf": "PBKDF2-SHA256",
        "iterations": ITERATIONS,
        "salt": base64.b64encode(salt).decode(),
    }
    return {"encryption": encryption, **lock(document)}


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def file(folder: Path, content: Any, encoding: str = "utf-8") -> str:
    path = folder / "credentials.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding=encoding)
    return str(path)


def test_plain_file_dry_run_then_import_then_again(sistemas: list[str], tmp_path: Path) -> None:
    path = file(tmp_path, PLAIN)

    shown = run("import_legacy", "--credentials", path, "--dry-run")
    assert "amplis.reag.password: (vazio) → ******** (valor novo)" in shown
    assert "jcot.url: (vazio) → https://j.example" in shown
    assert "jcot.observacao: campo desconhecido, ignorado" in shown
    assert "desconhecido: seção desconhecida, ignorada" in shown
    assert "paths.antigo: caminho desconhecido, ignorado" in shown
    assert "senha-" not in shown
    assert not Secret.objects.exists()
    assert not AuditEntry.objects.exists()

    done = run("import_legacy", "--credentials", path)
    assert "Apague o arquivo credentials.json" in done
    assert "filter-repo" in done
    assert "senha-" not in done
    found = document.masked_document()
    assert found["maps"]["fundos"] == ["FUNDO B", "FUNDO Á"]
    assert found["maps"]["fundos_selecionados"] == ["FUNDO B"]
    assert found["maps"]["usar_todos"] is False
    assert found["amplis"]["master"]["password"] == ""
    assert found["paths"]["csv"] == r"\\servidor\etl\csv"
    assert found["paths"]["pdf"] != ""
    assert store.open_many(["amplis_reag"])["amplis_reag"].secrets == {"password": "senha-reag"}
    assert AuditEntry.objects.filter(acao=AuditEntry.Acao.IMPORTACAO, sistema="maps", campo="password").exists()

    assert "Nada a mudar" in run("import_legacy", "--credentials", path)


def test_what_is_empty_in_the_file_clears_nothing(sistemas: list[str], tmp_path: Path) -> None:
    document.save_document({"amplis": {"master": {"password": "guardada"}}}, actor="ana")
    run("import_legacy", "--credentials", file(tmp_path, PLAIN))
    assert store.open_many(["amplis_master"])["amplis_master"].secrets == {"password": "guardada"}


@pytest.mark.parametrize(
    ("master", "setting"),
    [
        (b"uma frase em claro", "uma frase em claro"),
        (b"frase com acento \xc3\xa7", "frase com acento ç"),
        (bytes(range(32)), base64.b64encode(bytes(range(32))).decode()),
    ],
)
def test_encrypted_file_with_its_key(
    sistemas: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master: bytes, setting: str
) -> None:
    monkeypatch.setenv("ETL_MASTER_KEY", setting)
    run("import_legacy", "--credentials", file(tmp_path, locked(PLAIN, master)))
    assert store.open_many(["maps"])["maps"].secrets == {"password": "senha-maps"}


def test_wrong_key_is_one_sentence_and_nothing_imported(
    sistemas: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, locked(PLAIN, b"certa"))
    monkeypatch.setenv("ETL_MASTER_KEY", "errada")
    with pytest.raises(CommandError, match="não abre este arquivo; nada foi importado"):
        run("import_legacy", "--credentials", path)
    monkeypatch.delenv("ETL_MASTER_KEY")
    with pytest.raises(CommandError, match="informe a chave ETL_MASTER_KEY"):
        run("import_legacy", "--credentials", path)
    assert document.masked_document()["maps"]["url"] == ""


def test_an_altered_field_is_named(sistemas: list[str]) -> None:
    content = locked(PLAIN, b"certa")
    content["jcot"]["password"]["tag"] = base64.b64encode(bytes(16)).decode()
    with pytest.raises(legacy.BadFile, match=r"jcot\.password"):
        legacy.read_credentials(json.dumps(content).encode(), "certa")


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe\x00", b"[" * 100_000, b'"senha"'])
def test_what_is_no_document_is_refused_without_quoting_it(raw: bytes) -> None:
    with pytest.raises(legacy.BadFile) as caught:
        legacy.read_credentials(raw, "")
    assert "senha" not in caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_files_saved_by_windows_editors(sistemas: list[str], tmp_path: Path, encoding: str) -> None:
    run("import_legacy", "--credentials", file(tmp_path, PLAIN, encoding))
    assert document.masked_document()["maps"]["fundos"] == ["FUNDO B", "FUNDO Á"]


def test_wrong_values_are_all_told_and_nothing_is_imported(sistemas: list[str], tmp_path: Path) -> None:
    path = file(tmp_path, PLAIN | {"britech": {"url": 5}, "qore": {"usar_todos": "sim"}})
    with pytest.raises(CommandError, match=r"britech\.url.*qore\.usar_todos|qore\.usar_todos.*britech\.url"):
        run("import_legacy", "--credentials", path)
    assert not Secret.objects.exists()


def test_states(sistemas: list[str], tmp_path: Path) -> None:
    path = tmp_path / "sistemas_state.json"
    states = {
        "qore": {"ativo": False, "opcoes": {"lote_pdf": True, "excel": True, "nenhuma": True}},
        "outro": {"ativo": True},
    }
    path.write_text(json.dumps(states))
    shown = run("import_legacy", "--estado", str(path), "--dry-run")
    assert "qore.ativo: sim → não" in shown
    assert Sistema.objects.get(pk="qore").ativo
    done = run("import_legacy", "--estado", str(path))
    assert "qore.opcoes.lote_pdf: não → sim" in done
    assert "qore.opcoes.excel" not in done
    assert "estado.qore.nenhuma: opção desconhecida, ignorada" in done
    assert "estado.outro: sistema desconhecido, ignorado" in done
    assert not Sistema.objects.get(pk="qore").ativo
    assert Opcao.objects.get(sistema="qore", nome="lote_pdf").valor
    assert "Nada a mudar" in run("import_legacy", "--estado", str(path))


def test_the_master_key_of_the_contract_s_iterations_is_the_default() -> None:
    assert legacy.DEFAULT_ITERATIONS == 600_000
