"""However the launcher ends, its children and theirs end with it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from deploy.launcher import processes
from deploy.launcher.processes import Identity
from tests.start.support import start_script, until

# A launcher with three kinds of children; each writes its pid to a file of its own.
LAUNCHER = """
import os, sys
from pathlib import Path
from deploy.launcher import hub, processes
from deploy.launcher.steps import Session
from deploy.launcher.supervise import Spec, Supervisor

folder = Path(os.environ["FOLDER"])
session = Session(Path.cwd(), folder)
processes.adopt_orphans()
hub.catch_stop_signals(session)
note = "import os; open(os.path.join({folder!r}, {name!r}), 'w').write(str(os.getpid()));"
wait = "import threading; threading.Event().wait(120)"
deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
parent = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-I', '-S', '-c', {code!r}], start_new_session=True);"
)
codes = {
    "obediente": note.format(folder=str(folder), name="obediente") + wait,
    "surdo": deaf + note.format(folder=str(folder), name="surdo") + wait,
    "pai": parent.format(code=deaf + note.format(folder=str(folder), name="neto") + wait)
    + note.format(folder=str(folder), name="pai") + wait,
}
supervisor = Supervisor(folder, print)
for name, code in codes.items():
    supervisor.start(Spec(name, [sys.executable, "-I", "-S", "-c", code], dict(os.environ), folder))
print("no ar", flush=True)
supervisor.run(session.stop)
supervisor.stop(between=processes.end_everything)
processes.end_everything()
"""
NAMES = ("obediente", "surdo", "pai", "neto")


def launch(folder: Path) -> tuple[subprocess.Popen[str], dict[str, Identity]]:
    launcher = start_script(LAUNCHER, FOLDER=str(folder))
    until(lambda: all(written(folder / name) for name in NAMES), "todos os processos no ar")
    found = {name: processes.identify(int((folder / name).read_text())) for name in NAMES}
    identities = {name: identity for name, identity in found.items() if identity is not None}
    assert set(identities) == set(NAMES)
    return launcher, identities


def written(path: Path) -> bool:
    return path.exists() and path.read_text() != ""


def test_sigterm_ends_all_within_ten_seconds_even_deaf_grandchildren(tmp_path: Path) -> None:
    launcher, family = launch(tmp_path)
    began = time.monotonic()
    launcher.send_signal(signal.SIGTERM)
    launcher.communicate(timeout=20)
    assert time.monotonic() - began < 10
    assert launcher.returncode == 0
    assert [name for name, identity in family.items() if identity.alive()] == []


def test_children_end_with_a_killed_launcher(tmp_path: Path) -> None:
    launcher, family = launch(tmp_path)
    launcher.kill()
    launcher.wait(10)
    children = [family[name] for name in ("obediente", "surdo", "pai")]
    until(lambda: not any(child.alive() for child in children), "os filhos encerrados")
    # What outlives its parent in a session of its own is found by the next start.
    processes.kill_leftovers([family["neto"]], "sem marca")
    until(lambda: not family["neto"].alive(), "o neto encerrado")


def test_the_next_start_ends_what_carries_the_mark_of_a_killed_one(tmp_path: Path) -> None:
    code = "import threading; print('ok', flush=True); threading.Event().wait(120)"
    stray = start_script(code, **{processes.MARKER: "marca-de-teste"})
    other = start_script(code, **{processes.MARKER: "outra-marca"})
    assert stray.stdout is not None
    assert other.stdout is not None
    try:
        assert stray.stdout.readline() == other.stdout.readline() == "ok\n"
        assert processes.kill_leftovers([], "marca-de-teste") == 1
        assert stray.wait(10) == -signal.SIGKILL
        assert other.poll() is None
    finally:
        for process in (stray, other):
            process.kill()
            process.communicate(timeout=10)


def test_a_later_process_with_the_same_number_is_not_taken_for_ours() -> None:
    me = processes.identify(os.getpid())
    assert me is not None
    assert me.alive()
    assert not Identity(me.pid, "outra hora").alive()
    assert processes.kill_leftovers([Identity(me.pid, "outra hora")], "sem marca") == 0


def test_a_start_in_the_background_can_be_interrupted_and_nohup_is_respected() -> None:
    """A shell without job control starts background commands with SIGINT ignored."""
    code = """
import signal, threading
from pathlib import Path
from deploy.launcher import hub
from deploy.launcher.steps import Session
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
session = Session(Path(), Path())
hub.catch_stop_signals(session)
signal.raise_signal(signal.SIGHUP)
print(session.stop.is_set())
signal.raise_signal(signal.SIGINT)
print(session.stop.is_set())
"""
    script = start_script(code)
    said, _ = script.communicate(timeout=20)
    assert said.split() == ["False", "True"]
