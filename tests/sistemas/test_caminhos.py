"""Folders: what the server finds of them, in words; and the chooser that never leaves its roots."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from sistemas import caminhos, espera
from sistemas.models import Caminho

JSON = "application/json"
WINDOWS_PATHS = ["D:\\ETL\\csv", "d:/etl", "\\\\servidor\\fundos", "//servidor/fundos", "/dados\\csv"]
OTHER_SYSTEMS_PATHS = ["/dados/csv"] if os.name == "nt" else WINDOWS_PATHS


def test_a_good_folder_has_its_free_space(tmp_path: Path) -> None:
    status = caminhos.validate_caminho(str(tmp_path))
    assert (status.ok, status.existe, status.gravavel) == (True, True, True)
    assert status.espaco_livre
    assert "livres" in status.mensagem
    assert list(tmp_path.iterdir()) == []


def test_what_is_wrong_is_said_in_words(tmp_path: Path) -> None:
    file = tmp_path / "arquivo"
    file.touch()
    cases = {
        "": "vazio",
        "relativo/csv": "completo",
        str(tmp_path / "nao" / "existe"): str(tmp_path),
        str(file): "arquivo, não uma pasta",
        "/a\x00b": "controle",
        "x" * 1001: "longo",
        "${ETLHUB_VARIAVEL_QUE_NAO_HA}/x": "ETLHUB_VARIAVEL_QUE_NAO_HA",
    }
    for text, words in cases.items():
        status = caminhos.validate_caminho(text)
        assert not status.ok, text
        assert words in status.mensagem, (text, status.mensagem)


@pytest.mark.parametrize("form", ["${ETL_BASE_TESTE}/csv", "%ETL_BASE_TESTE%/csv"])
def test_variables_of_both_forms_are_expanded(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "csv").mkdir()
    monkeypatch.setenv("ETL_BASE_TESTE", str(tmp_path))
    assert caminhos.expand(form) == tmp_path / "csv"
    assert caminhos.validate_caminho(form).ok


def test_a_variable_that_may_hold_a_secret_is_not_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_MASTER_KEY", "/segredo-que-nao-pode-sair")
    status = caminhos.validate_caminho("${ETL_MASTER_KEY}")
    assert not status.ok
    assert "segredo-que" not in status.mensagem


@pytest.mark.parametrize("text", OTHER_SYSTEMS_PATHS)
def test_a_path_of_another_system_says_so(text: str) -> None:
    status = caminhos.validate_caminho(text)
    assert not status.ok
    assert any(word in status.mensagem for word in ("Windows", "barras", "completo"))


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_kwargs: Any) -> None:
        raise PermissionError(13, "negado")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    status = caminhos.validate_caminho(str(tmp_path))
    assert (status.ok, status.existe, status.gravavel) == (False, True, False)
    assert "sem permissão" in status.mensagem


def test_a_full_disk_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caminhos, "MIN_FREE", 1 << 60)
    assert "pouco espaço" in caminhos.validate_caminho(str(tmp_path)).mensagem


def test_the_workbook_is_a_file_that_may_be_absent(tmp_path: Path, catalogo: None) -> None:
    book = tmp_path / "bd.xlsx"
    assert [each.ok for each in caminhos.validate_all({"bd_xlsx": ""})] == [True]
    assert not caminhos.validate_all({"bd_xlsx": str(book)})[0].ok
    book.touch()
    assert caminhos.validate_all({"bd_xlsx": str(book)})[0].ok


@pytest.fixture
def dead_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose check does not come back until the test ends."""
    share, over = tmp_path / "compartilhamento", threading.Event()
    real = caminhos._check_folder

    def check(path: Path) -> caminhos.Status:
        if path == share:
            over.wait(30)
        return real(path)

    monkeypatch.setattr(caminhos, "_check_folder", check)
    monkeypatch.setattr(espera.all_in_time, "__defaults__", (0.3,))
    yield share
    over.set()


def test_a_dead_share_keeps_nobody_waiting_and_hides_no_other(dead_share: Path, tmp_path: Path, catalogo: None) -> None:
    found = caminhos.validate_all({"csv": str(dead_share), "pdf": str(tmp_path)})
    assert [each.ok for each in found] == [False, True]
    assert "não respondeu" in found[0].mensagem


def test_the_configured_folders_are_checked(visualizador: Client) -> None:
    body = visualizador.get("/api/caminhos/validar").json()
    by_key = {item["chave"]: item for item in body}
    assert by_key["csv"]["ok"] is True
    assert by_key["csv"]["descricao"] == "CSV do AMPLIS"
    assert by_key["bd_xlsx"]["ok"] is True


def test_given_paths_are_checked_for_administrators_only(admin: Client, operador: Client, tmp_path: Path) -> None:
    body = {"caminhos": {"csv": str(tmp_path), "pdf": "/nao/existe"}}
    answer = admin.post("/api/caminhos/validar", body, content_type=JSON).json()
    assert [item["ok"] for item in answer] == [True, False]
    assert operador.post("/api/caminhos/validar", body, content_type=JSON).status_code == 403
    assert admin.post("/api/caminhos/validar", {"caminhos": []}, content_type=JSON).status_code == 422


def test_the_chooser_starts_at_the_roots_and_goes_down(
    admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Álbum").mkdir()
    (tmp_path / ".oculta").mkdir()
    (tmp_path / "arquivo.txt").touch()
    monkeypatch.setenv("ETLHUB_BROWSE_ROOTS", str(tmp_path))
    root = str(tmp_path.resolve())
    top = admin.get("/api/caminhos/pastas").json()
    assert root in [item["caminho"] for item in top["pastas"]]
    assert str(Path(settings.DATA_DIR).resolve()) in [item["caminho"] for item in top["pastas"]]
    inside = admin.get("/api/caminhos/pastas", {"caminho": root}).json()
    assert inside["acima"] == ""
    assert inside["pastas"] == [{"nome": "Álbum", "caminho": str(Path(root) / "Álbum")}]
    deeper = admin.get("/api/caminhos/pastas", {"caminho": str(Path(root) / "Álbum")}).json()
    assert deeper["acima"] == root


def test_the_chooser_never_leaves_its_roots(admin: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, outside = tmp_path / "dentro", tmp_path / "fora"
    for folder in (root, outside / "segredo"):
        folder.mkdir(parents=True)
    monkeypatch.setenv("ETLHUB_BROWSE_ROOTS", str(root))
    if os.name != "nt":
        (root / "atalho").symlink_to(outside)
        names = [item["nome"] for item in admin.get("/api/caminhos/pastas", {"caminho": str(root)}).json()["pastas"]]
        assert names == []
        assert admin.get("/api/caminhos/pastas", {"caminho": str(root / "atalho")}).status_code == 403
    for text in (str(outside), str(root / ".." / "fora"), str(tmp_path), "/", str(outside / "nao-existe")):
        assert admin.get("/api/caminhos/pastas", {"caminho": text}).status_code == 403, text
    assert admin.get("/api/caminhos/pastas", {"caminho": str(root / "nao-existe")}).status_code == 404


def test_the_hubs_own_folders_are_not_shown(admin: Client) -> None:
    data = Path(settings.DATA_DIR)
    (data / "chaves").mkdir(exist_ok=True)
    listing = admin.get("/api/caminhos/pastas", {"caminho": str(data)}).json()
    assert "chaves" not in [item["nome"] for item in listing["pastas"]]
    assert "downloads" in [item["nome"] for item in listing["pastas"]]
    assert admin.get("/api/caminhos/pastas", {"caminho": str(data / "chaves")}).status_code == 403


def test_makes_a_folder(admin: Client, tmp_path: Path) -> None:
    Caminho.objects.filter(pk="csv").update(caminho=str(tmp_path))
    body = {"caminho": str(tmp_path), "nome": "Nova pasta"}
    assert admin.post("/api/caminhos/pastas", body, content_type=JSON).status_code == 201
    assert (tmp_path / "Nova pasta").is_dir()
    assert admin.post("/api/caminhos/pastas", body, content_type=JSON).status_code == 409
    for nome in ("..", "a/b", "a\\b", "CON", "nul.txt", "fim.", ".oculta", "a:b", " "):
        answer = admin.post("/api/caminhos/pastas", {**body, "nome": nome}, content_type=JSON)
        assert answer.status_code == 422, nome
    assert [entry.name for entry in tmp_path.iterdir()] == ["Nova pasta"]


def test_the_chooser_is_for_administrators(operador: Client) -> None:
    assert operador.get("/api/caminhos/pastas").status_code == 403
    assert operador.post("/api/caminhos/pastas", {"caminho": "/", "nome": "x"}, content_type=JSON).status_code == 403
