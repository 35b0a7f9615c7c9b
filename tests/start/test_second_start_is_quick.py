"""What is up to date is left alone; what changed is made again."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from deploy.launcher import commands, environment, frontend
from deploy.launcher.steps import Session, StartError
from tests.start.support import messages, session_in

MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"
# An npm that does what the real one's `ci` and `run build` leave behind, and notes that it was called.
NPM = """
import pathlib, sys
with open("chamadas", "a") as file: file.write(sys.argv[1] + "\\n")
if sys.argv[1] == "ci": pathlib.Path("node_modules").mkdir(exist_ok=True)
elif pathlib.Path("quebrado").exists(): sys.exit("error: não compila")
else:
    pathlib.Path("dist").mkdir(exist_ok=True)
    pathlib.Path("dist/index.html").write_text("<html>")
"""


@pytest.fixture
def session(tmp_path: Path) -> Session:
    root = tmp_path / "projeto"
    (root / "frontend" / "src").mkdir(parents=True)
    (root / "frontend" / "package.json").write_text("{}")
    (root / "frontend" / "package-lock.json").write_text("{}")
    (root / "frontend" / "src" / "main.ts").write_text("1")
    (root / "requirements.txt").write_text("um==1\n")
    (root / "requirements-extra.txt").write_text("extra==1\n")
    (root / "requirements-dev.txt").write_text("-r requirements.txt\ndois==2\n")
    return session_in(tmp_path / "dados", root=root)


@pytest.fixture
def npm(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "npm.py"
    script.write_text(NPM, encoding="utf-8")
    node = frontend.Node((sys.executable, str(script)), tmp_path)
    monkeypatch.setattr(frontend, "find_node", lambda _root: node)
    return session.root / "frontend" / "chamadas"


def calls(note: Path) -> list[str]:
    return note.read_text().split() if note.exists() else []


def forget(note: Path) -> None:
    """The note of the calls lies among the sources: take it away, so that it is none."""
    note.unlink(missing_ok=True)


def test_the_front_end_is_built_once_and_again_when_a_source_changes(session: Session, npm: Path) -> None:
    frontend.ensure(session)
    assert calls(npm) == ["ci", "run"]
    forget(npm)

    frontend.ensure(session)
    assert calls(npm) == []
    assert "Interface web em dia" in messages(session)

    (session.root / "frontend" / "src" / "main.ts").write_text("2")
    frontend.ensure(session)
    assert calls(npm) == ["run"]
    forget(npm)

    (session.root / "frontend" / "package-lock.json").write_text('{"a": 1}')
    frontend.ensure(session)
    assert calls(npm) == ["ci", "run"]


def test_a_build_that_fails_keeps_the_former_one_and_says_so(session: Session, npm: Path) -> None:
    (session.root / "frontend" / "quebrado").write_text("")
    with pytest.raises(StartError, match=r"Não consegui montar a interface web \(error: não compila\)"):
        frontend.ensure(session)

    (session.root / "frontend" / "quebrado").unlink()
    frontend.ensure(session)
    (session.root / "frontend" / "quebrado").write_text("")
    frontend.ensure(session)
    assert "fica a anterior: error: não compila" in messages(session)


def test_a_release_with_a_build_and_no_sources_is_served_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "frontend" / "dist").mkdir(parents=True)
    assert frontend.needs_build(tmp_path)
    (tmp_path / "frontend" / "dist" / "index.html").write_text("<html>")
    assert not frontend.needs_build(tmp_path)


def make_venv(root: Path, version: str) -> None:
    python = environment.python_of(root)
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text("")
    (root / ".venv" / "pyvenv.cfg").write_text(f"home = /usr\nversion = {version}.1\n")


@pytest.fixture
def installed(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be asked of the network, noted instead of done."""
    asked: list[str] = []

    def run(_session: Session, argv: list[str], **_options: object) -> str:
        asked.append(argv[-1] if "install" in argv else argv[2])
        if "venv" in argv:
            make_venv(session.root, MINOR)
        return ""

    monkeypatch.setattr(commands, "run", run)
    return asked


def test_requirements_are_installed_once_and_again_when_they_change(session: Session, installed: list[str]) -> None:
    environment.ensure(session)
    assert installed[0] == "venv"
    assert installed[-1] == "requirements.txt"
    installed.clear()

    environment.ensure(session)
    assert installed == []
    assert "Ambiente Python em dia" in messages(session)

    environment.ensure(session, dev=True)
    assert installed[-1] == "requirements-dev.txt"
    installed.clear()
    environment.ensure(session)
    environment.ensure(session, dev=True)
    assert installed == []

    (session.root / "requirements.txt").write_text("um==2\n")
    environment.ensure(session)
    assert installed[-1] == "requirements.txt"


def test_an_environment_of_another_python_is_made_anew(session: Session, installed: list[str]) -> None:
    make_venv(session.root, "3.10")
    environment.ensure(session)
    assert installed[0] == "venv"


def test_no_network_is_told_in_one_sentence(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    make_venv(session.root, MINOR)

    def fail(_session: Session, argv: list[str], **_options: object) -> str:
        raise commands.CommandError(argv, "Collecting um\nERROR: No matching distribution found for um==1\n")

    monkeypatch.setattr(commands, "run", fail)
    with pytest.raises(StartError, match=r"No matching distribution found for um==1.*rede ou o proxy"):
        environment.ensure(session)


def test_a_command_that_hangs_is_ended(tmp_path: Path) -> None:
    session = session_in(tmp_path)
    hang = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        "print('comecei', flush=True); import threading; threading.Event().wait(60)",
    ]
    with pytest.raises(commands.CommandError) as failed:
        commands.run(session, hang, timeout=0.5, env=dict(os.environ))
    assert "demorou mais de" in failed.value.last_line


def test_keys_are_private_and_never_made_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from deploy.launcher import hub

    monkeypatch.setenv("ETLHUB_DATA_DIR", str(tmp_path))
    for name in ("ETLHUB_SECRET_KEY", "ETLHUB_CREDENTIAL_KEYS"):
        monkeypatch.delenv(name, raising=False)
    session = session_in(tmp_path)
    hub.make_keys(session)
    files = [tmp_path / "chaves" / name for name in ("secret_key", "credential_keys")]
    made = [path.read_text() for path in files]
    assert all(len(key) >= 43 for key in made)
    if sys.platform != "win32":
        assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]
        assert stat.S_IMODE((tmp_path / "chaves").stat().st_mode) == 0o700

    hub.make_keys(session)
    assert [path.read_text() for path in files] == made
