"""`start.py test`: the whole suite, with the servers it needs; pytest arguments narrow it down to pytest alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.launcher import browser, commands, frontend, hub, postgres, processes, valkey
from deploy.launcher.steps import Interrupted, Session, StartError

PARALLEL_TESTS = 2
# loadgroup: tests that share one machine-wide thing (a browser, faults) name a group and run one after another.
_PARALLEL = ["-n", str(PARALLEL_TESTS), "--dist", "loadgroup"]
POSTGRES_TESTS = ("tests/credentials", "tests/etlhub", "tests/jobs", "tests/portfolio", "tests/sistemas")
PYTEST_TIMEOUT = 40 * 60.0
CHECK_TIMEOUT = 15 * 60.0
_POLL = 0.1
_WINDOWS_CACHE = ".mypy_cache/win32"
_ON_WINDOWS = (
    "start.py",
    "manage.py",
    "deploy",
    "etlhub",
    "sistemas",
    "jobs",
    "credentials",
    "portfolio",
    "etl_scripts",
)
_SHOWN_LINES = 120
_STOP_TIMEOUT = 5.0


@dataclass(frozen=True)
class Check:
    """A check that is not pytest."""

    name: str
    run: Callable[[], object]


def run(root: Path, pytest_args: Sequence[str]) -> int:
    """The exit code: pytest's, or 1 when only another check failed. Whatever is written is removed."""
    data = Path(tempfile.mkdtemp(prefix="etlhub-test-"))
    session = Session(root, data)
    session.logs.mkdir()
    session.run_dir.mkdir(mode=0o700)
    hub.catch_stop_signals(session)
    try:
        return _run(session, pytest_args)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _run(session: Session, pytest_args: Sequence[str]) -> int:
    python = hub.prepare_code(session, dev=True)
    node = frontend.ensure_node(session)
    frontend.ensure_modules(session, node)
    if not browser.ensure(session, python):
        raise StartError("Não há navegador para os testes: instale o Chromium, o Chrome ou o Edge.")
    failed = [] if pytest_args else _run_checks(session, _checks(session, python, node))
    with _servers(session) as env:
        if not pytest_args and "ETLHUB_TEST_POSTGRES_URL" in env:
            failed += _run_checks(session, [Check("pytest no PostgreSQL", lambda: _on_postgres(session, python, env))])
        code = _pytest(session, python, env, pytest_args)
    if failed:
        session.steps.note(f"Falhou também: {', '.join(failed)}")
    return code or (1 if failed else 0)


def _checks(session: Session, python: Path, node: frontend.Node) -> list[Check]:
    def tool(*argv: str) -> Callable[[], object]:
        return lambda: commands.run(
            session, [str(python), "-m", *argv], timeout=CHECK_TIMEOUT, log="-".join(argv[:2]), tail_lines=_SHOWN_LINES
        )

    def script(name: str) -> Callable[[], object]:
        return lambda: frontend.npm(session, node, ["run", name], log=f"npm-{name}", tail_lines=_SHOWN_LINES)

    return [
        Check("mypy", tool("mypy")),
        # The branches for Windows, which this system's run above does not look at.
        Check("mypy (Windows)", tool("mypy", "--platform", "win32", "--cache-dir", _WINDOWS_CACHE, *_ON_WINDOWS)),
        Check("ruff", tool("ruff", "check", ".")),
        Check("ruff format", tool("ruff", "format", "--check", ".")),
        Check("eslint", script("lint")),
        Check("tsc", script("typecheck")),
        Check("tipos da API", script("check:api")),
        Check("vitest", script("test")),
    ]


def _run_checks(session: Session, checks: Sequence[Check]) -> list[str]:
    """Run them two at a time; the names of those that failed, whose output is printed."""
    failed: list[str] = []

    def one(check: Check) -> None:
        began = time.monotonic()
        try:
            outcome = check.run()
        except commands.CommandError as error:
            failed.append(check.name)
            session.steps.note(f"  ✗ {check.name}\n{error.tail}\n")
        else:
            told = str(outcome).splitlines()[-1:] if check.name.startswith("pytest") else []
            session.steps.done(": ".join([check.name, *told]), time.monotonic() - began)

    with ThreadPoolExecutor(PARALLEL_TESTS) as pool:
        for outcome in [pool.submit(one, check) for check in checks]:
            outcome.result()
    return failed


@contextlib.contextmanager
def _servers(session: Session) -> Iterator[dict[str, str]]:
    """A private Valkey and, where it is at hand, PostgreSQL; the environment that tells the tests about them."""
    server = valkey.configure(session)
    with (session.logs / "valkey.log").open("ab") as log:
        process = processes.spawn(server.argv, cwd=server.cwd, env=os.environ, stdout=log, death_signal=signal.SIGTERM)
    try:
        with session.steps.step("Valkey iniciado para os testes"):
            valkey.wait_ready(session, server)
        with postgres.cluster(session) as postgres_url:
            url = server.url_file.read_text(encoding="utf-8")
            env = {**os.environ, "ETLHUB_DATA_DIR": str(session.data), "ETLHUB_TEST_REDIS_URL": url}
            if postgres_url is not None:
                env.setdefault("ETLHUB_TEST_POSTGRES_URL", postgres_url)
            yield env
    finally:
        processes.ask_to_stop(process)
        with contextlib.suppress(Exception):
            process.wait(_STOP_TIMEOUT)
        processes.kill_group(process)


def _on_postgres(session: Session, python: Path, env: dict[str, str]) -> str:
    """What uses the database once more, on PostgreSQL instead of SQLite."""
    moved = {**env, "ETLHUB_TEST_DATABASE_URL": env["ETLHUB_TEST_POSTGRES_URL"]}
    folders = [name for name in POSTGRES_TESTS if (session.root / name).is_dir()]
    argv = [str(python), "-m", "pytest", *folders, "-m", "not e2e and not chaos", *_PARALLEL]
    return commands.run(session, argv, timeout=CHECK_TIMEOUT, env=moved, log="pytest-postgres", tail_lines=_SHOWN_LINES)


def _pytest(session: Session, python: Path, env: dict[str, str], arguments: Sequence[str]) -> int:
    """Its output goes straight to ours, so that its summary is what is read last."""
    argv = [str(python), "-m", "pytest", *(arguments or _PARALLEL)]
    process = processes.spawn(argv, cwd=session.root, env=env, stdout=None)
    deadline = time.monotonic() + PYTEST_TIMEOUT
    while process.poll() is None:
        if session.stop.wait(_POLL) or time.monotonic() > deadline:
            processes.kill_group(process)
            if session.stop.is_set():
                raise Interrupted
            raise StartError(f"Os testes passaram de {PYTEST_TIMEOUT / 60:.0f} minutos.")
    return process.returncode
