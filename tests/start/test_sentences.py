"""What cannot be is told in one Portuguese sentence, with exit code 1 and no traceback."""

from __future__ import annotations

import ast
import runpy
import socket
import sys
from pathlib import Path

import pytest

from deploy.launcher import frontend, valkey
from deploy.launcher.steps import StartError
from tests.start.support import ROOT, run_start, session_in


def sentence(*arguments: str, **env: str) -> str:
    done = run_start(*arguments, **env)
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == 1
    assert lines[0].startswith("Erro: ")
    return lines[0]


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = sentence("--port", str(port), ETLHUB_DATA_DIR=str(tmp_path))
    assert f"A porta {port} de 127.0.0.1 já está em uso" in said
    assert "--port" in said


def test_a_host_that_is_not_ours(tmp_path: Path) -> None:
    assert "nada.invalid não existe" in sentence("--host", "nada.invalid", "--port", "0", ETLHUB_DATA_DIR=str(tmp_path))


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "arquivo").write_text("")
    said = sentence("--port", "0", ETLHUB_DATA_DIR=str(tmp_path / "arquivo" / "dados"))
    assert "Não consigo ler e gravar na pasta de dados" in said
    assert "(não é uma pasta)" in said
    assert "ETLHUB_DATA_DIR" in said


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--port", "80a"], "O valor de --port deve ser um número de 0 a 65535, não '80a'"),
        (["--workers", "0"], "O valor de --workers deve ser um número de 1 a 64"),
        (["--port"], "Falta o valor da opção --port"),
        (["--porta", "1"], "Não conheço a opção --porta"),
    ],
)
def test_a_wrong_option(arguments: list[str], expected: str) -> None:
    assert expected in sentence(*arguments)


def test_help_is_in_portuguese() -> None:
    done = run_start("--help")
    assert done.returncode == 0
    assert "--no-demo" in done.stdout
    assert "portal de demonstração" in done.stdout


def test_an_old_python_is_told_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "start.py"), run_name="__main__")
    assert ended.value.code == 1
    assert "precisa do Python 3.11 ou mais novo; este é o 3.9" in capsys.readouterr().err


def test_an_old_python_can_parse_the_entry() -> None:
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    modern = (ast.AnnAssign, ast.JoinedStr, ast.NamedExpr, ast.Match, ast.FunctionDef, ast.AsyncFunctionDef)
    assert not [node for node in ast.walk(tree) if isinstance(node, modern)]
    assert "coding: utf-8" in source.splitlines()[0]


def test_no_server_for_the_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartError, match=r"Falta um servidor compatível com Redis: instale um .* ou informe REDIS_URL"):
        valkey.configure(session_in(tmp_path / "dados", root=tmp_path))


def test_no_node_to_build_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "package.json").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StartError, match=r"falta o Node\.js .*não consegui obtê-lo do PyPI"):
        frontend.ensure(session_in(tmp_path / "dados", root=tmp_path))
