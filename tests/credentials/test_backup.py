"""A backup restores on another machine; without its passphrase it is of no use; the export holds no secret."""

from __future__ import annotations

import json
import stat
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from credentials import backup, document, store
from credentials.legacy import BadFile
from credentials.models import AuditEntry, Credential
from sistemas.models import Sistema

PHRASE = "uma frase bem comprida"


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "N", 2**10)


@pytest.fixture
def filled(sistemas: list[str]) -> None:
    document.save_document(
        {
            "maps": {
                "url": "https://maps.example",
                "username": "ana",
                "password": "senha-do-maps",
                "totp": "JBSWY3DPEHPK3PXP",
                "fundos": ["A"],
                "usar_todos": False,
            },
            "amplis": {"reag": {"url": "https://a.example", "username": "ana", "password": "senha-do-amplis"}},
            "paths": {"csv": "/dados/csv"},
        },
        actor="ana",
    )
    Sistema.objects.filter(pk="jcot").update(ativo=False)


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def phrase_file(folder: Path, phrase: str = PHRASE) -> str:
    path = folder / "frase.txt"
    path.write_text(f"{phrase}\n", encoding="utf-8")
    return f"--frase-arquivo={path}"


def test_backup_restores_under_other_keys(filled: None, tmp_path: Path, settings: LazySettings) -> None:
    target = tmp_path / "etlhub.backup"
    run("backup_credentials", str(target), phrase_file(tmp_path))
    assert b"senha" not in target.read_bytes()
    if sys.platform != "win32":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert AuditEntry.objects.filter(acao=AuditEntry.Acao.COPIA, sistema="maps", campo="password").exists()
    before = document.masked_document()

    Credential.objects.all().delete()
    Sistema.objects.filter(pk="jcot").update(ativo=True)
    settings.CREDENTIAL_KEYS = ["chave de outra máquina"]
    shown = run("restore_credentials", str(target), phrase_file(tmp_path), "--dry-run")
    assert "maps.password: (vazio) → ******** (valor novo)" in shown
    assert "jcot.ativo: sim → não" in shown
    assert "senha-do" not in shown
    assert not Credential.objects.exclude(url="").exists()

    run("restore_credentials", str(target), phrase_file(tmp_path))
    assert document.masked_document() == before
    assert store.open_many(["maps"])["maps"].secrets == {"password": "senha-do-maps", "totp": "JBSWY3DPEHPK3PXP"}
    assert not Sistema.objects.get(pk="jcot").ativo
    assert "Nada a mudar" in run("restore_credentials", str(target), phrase_file(tmp_path))


def test_wrong_passphrase_restores_nothing(filled: None, tmp_path: Path) -> None:
    target = tmp_path / "etlhub.backup"
    run("backup_credentials", str(target), phrase_file(tmp_path))
    with pytest.raises(CommandError, match="não abre este backup"):
        run("restore_credentials", str(target), phrase_file(tmp_path, "outra frase comprida"))
    target.write_bytes(b"{}")
    with pytest.raises(CommandError, match="não é um backup"):
        run("restore_credentials", str(target), phrase_file(tmp_path))


def test_passphrase_is_long_enough_and_not_an_argument(
    filled: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError, match="ao menos 12"):
        run("backup_credentials", str(tmp_path / "b"), phrase_file(tmp_path, "curta"))
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(f"{PHRASE}\nresto".encode())))
    with pytest.raises(CommandError, match="--frase-stdin"):
        run("backup_credentials", str(tmp_path / "b"))
    run("backup_credentials", str(tmp_path / "b"), "--frase-stdin")
    content, _ = backup.open_sealed((tmp_path / "b").read_bytes(), PHRASE)
    assert content["maps"]["password"] == "senha-do-maps"
    with pytest.raises(CommandError, match="já existe"):
        run("backup_credentials", str(tmp_path / "b"), phrase_file(tmp_path))


@pytest.mark.parametrize("change", [{"n": 2**30}, {"r": 10**6}, {"p": 10**6}, {"n": 1000}, {"nome": "md5"}])
def test_a_forged_cost_is_refused(filled: None, change: dict[str, object]) -> None:
    outer = json.loads(backup.seal(PHRASE, quem="ana")[0])
    outer["kdf"] |= change
    with pytest.raises(BadFile, match="outra versão"):
        backup.open_sealed(json.dumps(outer).encode(), PHRASE)


def test_export_has_everything_but_the_secrets(filled: None, tmp_path: Path) -> None:
    exported = json.loads(run("export_config"))
    assert exported["maps"] == {
        "url": "https://maps.example",
        "username": "ana",
        "password": "",
        "totp": "",
        "fundos": ["A"],
        "fundos_selecionados": [],
        "usar_todos": False,
    }
    assert exported["sistemas"]["jcot"] == {"ativo": False, "opcoes": {}}
    path = tmp_path / "config.json"
    run("export_config", "--saida", str(path))
    assert json.loads(path.read_text(encoding="utf-8")) == exported
    assert "Nada a mudar" in run("import_legacy", "--credentials", str(path))
