"""The archive of a release: complete, the same twice, nothing private in it, and it runs without Node and Git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from deploy import build
from deploy.launcher import environment, frontend
from tests.hub import ROOT


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build.write(_root(tmp_path_factory.mktemp("fontes")), tmp_path_factory.mktemp("versao"), None)


def _root(folder: Path) -> Path:
    """The sources in a repository of their own, with a front end that is built as far as the archive minds."""
    root = folder / "raiz"
    for name in build.FOLDERS:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "segredos"))
    for name in (*build.FILES, "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    (root / "frontend" / "dist" / "assets").mkdir(parents=True)
    (root / "frontend" / "dist" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (root / ".env").write_text("ETLHUB_SECRET_KEY=segredo-41\n", encoding="utf-8")
    (root / "etlhub" / "local.py").write_text("segredo = 41\n", encoding="utf-8")
    identity = {"GIT_AUTHOR_DATE": "2026-03-01T12:00:00Z", "GIT_COMMITTER_DATE": "2026-03-01T12:00:00Z"}
    settings = ["-c", "user.name=teste", "-c", "user.email=teste@exemplo", "-c", "init.defaultBranch=main"]
    for arguments in (["init", "-q"], ["add", "--all", ":!etlhub/local.py"], ["commit", "-q", "-m", "versão"]):
        command = ["git", *settings, *arguments]
        subprocess.run(command, cwd=root, check=True, timeout=60, env={**os.environ, **identity})
    return root


def test_it_holds_what_runs_and_nothing_else(archive: Path) -> None:
    assert archive.name == f"etlhub-{build.version(ROOT)}.zip"
    with zipfile.ZipFile(archive) as file:
        names = {name.split("/", 1)[1] for name in file.namelist()}
        stamp = json.loads(file.read(f"etlhub-{build.version(ROOT)}/versao.json"))
    assert {"start.py", "manage.py", "requirements.txt", "frontend/dist/index.html", "etl_scripts/main.py"} <= names
    assert {"deploy/launcher/hub.py", "etlhub/operations/doctor.py", "INICIAR.bat"} <= names
    assert not {name for name in names if name.startswith(("tests/", "frontend/src", ".git", "data/", ".venv"))}
    assert not {".env", "etlhub/local.py"} & names
    assert set(stamp["arquivos"]) == names - {"versao.json"}
    assert len(stamp["commit"]) == 40


def test_the_same_sources_give_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    again = build.write(_root(tmp_path / "outra"), tmp_path / "versao", None)
    assert again.read_bytes() == archive.read_bytes()
    assert (
        archive.with_name(archive.name + ".sha256").read_text().split()
        == again.with_name(again.name + ".sha256").read_text().split()
    )


def test_what_was_unpacked_needs_no_node_and_starts(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        file.extractall(tmp_path)
    root = tmp_path / f"etlhub-{build.version(ROOT)}"
    assert not frontend.needs_build(root)
    variables = {"PATH": os.environ["PATH"], "ETLHUB_DATA_DIR": str(tmp_path / "pasta de dados"), "PYTHONUTF8": "1"}
    for command in (["start.py", "--help"], ["manage.py", "prepare"], ["manage.py", "check"]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=root,
            env=variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_wheelhouse_is_used_only_by_the_python_it_is_for(tmp_path: Path) -> None:
    folder = tmp_path / "wheelhouse"
    folder.mkdir()
    (folder / environment.wheelhouse_tag("3.1", "plan9", "AMD64")).touch()
    assert environment._source(tmp_path) == []
    import platform

    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    (folder / environment.wheelhouse_tag(python, sys.platform, platform.machine())).touch()
    assert environment._source(tmp_path) == ["--no-index", "--find-links", str(folder)]
    assert environment.wheelhouse_tag("3.12", "win32", "AMD64") == "py3.12-win32-x86_64.wheelhouse"
