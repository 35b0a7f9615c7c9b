"""Starts the hub: prepares what it needs, runs its processes under supervision, and takes them all down again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from deploy.launcher import browser, checks, database, environment, frontend, processes, valkey
from deploy.launcher.lock import Launch, take_data_folder
from deploy.launcher.options import Options
from deploy.launcher.options import environment as environment_settings
from deploy.launcher.steps import Interrupted, Session, StartError, reason
from deploy.launcher.supervise import Child, Spec, Supervisor

PREPARE_TIMEOUT = 300.0
READY_TIMEOUT = 90.0
_READY_POLL = 0.15
_GIVE_UP_AFTER = 3
# Windows ends us about 5 s after the window closed; the Job Object then ends what is left.
_CONSOLE_CLOSE_SECONDS = 4.5
_NOT_FOR_CHILDREN = {"ETLHUB_ADMIN_PASSWORD", "DJANGO_SETTINGS_MODULE"}
_LOOPBACK = "127.0.0.1"
_ANYWHERE = {"0.0.0.0", "::", _LOOPBACK, "::1", "localhost"}  # noqa: S104 - compared with, not bound to


@dataclass
class Hub:
    """One start: its options, the interpreter of the environment, and the port that was chosen."""

    session: Session
    options: Options
    port: int
    python: Path
    env: dict[str, str]

    @property
    def address(self) -> str:
        """What to open; `localhost`, for which the existing React build was compiled, wherever it leads to the hub."""
        host = "localhost" if self.options.host in _ANYWHERE else self.options.host
        return f"http://{host}:{self.port}"

    def spec(self, name: str, *argv: str) -> Spec:
        """A child that runs this environment's Python."""
        return Spec(name, [str(self.python), *argv], self.env, self.session.root)


def run(session: Session, options: Options) -> int:
    """Start, supervise until asked to stop, stop. 0 when stopped by the user."""
    began = time.monotonic()
    checks.data_folder(session.data)
    checks.address(options.host)
    port = options.port or checks.free_port(options.host)
    lock, launch = take_data_folder(session.run_dir, port)
    with lock:
        checks.port(options.host, port)
        python = prepare_code(session, build=not options.foreign_build)
        hub = Hub(session, options, port, python, _child_environment(session, options, port, launch))
        supervisor = Supervisor(session.logs, session.steps.note, on_change=lambda alive: _remember(launch, alive))
        with _sweeping(supervisor, session):
            _start(hub, supervisor)
            session.steps.done("ETL Hub no ar", time.monotonic() - began)
            session.steps.note(f"\n  Abra {hub.address}   (Ctrl+C encerra)\n")
            if options.open_browser:
                browser.open_page(hub.address)
            _start_the_rest(hub, supervisor)
            supervisor.run(session.stop)
    return 0


def prepare_code(session: Session, *, build: bool = True, dev: bool = False) -> Path:
    """Environment and front end, side by side when both must be made and Node is already here; the interpreter."""
    with ThreadPoolExecutor(1) as pool:
        try:
            beside = build and frontend.needs_build(session.root) and frontend.find_node(session.root) is not None
            early = pool.submit(frontend.ensure, session) if beside else None
            python = environment.ensure(session, dev=dev)
            if early is not None:
                early.result()
            elif build:
                frontend.ensure(session)
        except BaseException:
            session.stop.set()  # ends the command that the other thread may be running
            raise
    return python


def _child_environment(session: Session, options: Options, port: int, launch: Launch) -> dict[str, str]:
    """What the children are told. The initial password is only for `prepare`, another project's settings for none."""
    env = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_CHILDREN}
    env |= {
        "ETLHUB_DATA_DIR": str(session.data),
        "ETLHUB_PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        processes.MARKER: launch.id,
    }
    if not options.external_redis:
        env["ETLHUB_REDIS_URL_FILE"] = str(session.run_dir / "redis_url")
    return env


def _start(hub: Hub, supervisor: Supervisor) -> None:
    session, options = hub.session, hub.options
    make_keys(session)
    server = None if options.external_redis else valkey.configure(session)
    if server is not None:
        spec = Spec("valkey", server.argv, hub.env, server.cwd, last=True, death_signal=signal.SIGTERM)
        supervisor.start(spec)
    if options.demo:
        demo_port = checks.kept_port(session.run_dir / "demo_port")
        hub.env["ETLHUB_DEMO_URL"] = f"http://{_LOOPBACK}:{demo_port}"
        demo = ("-m", "etl_scripts.demo_portal", "--port", str(demo_port), "--host", _LOOPBACK)
        supervisor.start(hub.spec("portal-demo", *demo))
    with session.steps.step("Banco de dados em dia"):
        ready = database.is_prepared(session.root, session.data, demo=options.demo)
        lines = [] if ready else _prepare_database(hub)
    for line in lines:
        session.steps.note(f"    {line}")
    if not ready:
        database.note_prepared(session.root, session.data, demo=options.demo)
    if server is not None:
        with session.steps.step("Valkey respondendo"):
            valkey.wait_ready(session, server)
    with session.steps.step("Servidor web e primeiro worker prontos"):
        serve = ("manage.py", "serve", "--host", options.host, "--port", str(hub.port))
        web = supervisor.start(hub.spec("web", *serve))
        supervisor.start(hub.spec("worker-1", "manage.py", "work"))
        _wait_ready(hub, supervisor, web)


def _start_the_rest(hub: Hub, supervisor: Supervisor) -> None:
    """What need not be waited for; together with the first ones it would make them slow to start."""
    supervisor.start(hub.spec("vigia", "manage.py", "watch"))
    for number in range(2, hub.options.workers + 1):
        supervisor.start(hub.spec(f"worker-{number}", "manage.py", "work"))


def make_keys(session: Session) -> None:
    """The hub's keys, made by its own (Django-free) code; not those that a setting gives, nor any that is there."""
    os.environ["ETLHUB_DATA_DIR"] = str(session.data)
    from etlhub.paths import read_or_make_key

    given = environment_settings(session.root)
    try:
        for name in ("secret_key", "credential_keys"):
            if not given.get(f"ETLHUB_{name.upper()}"):
                read_or_make_key(name)
    except OSError as error:
        raise StartError(
            f"Não consigo ler ou criar as chaves em {session.data / 'chaves'} ({reason(error)}): "
            "corrija as permissões da pasta de dados."
        ) from None


def _prepare_database(hub: Hub) -> list[str]:
    """`manage.py prepare` in one process; what it has to say (the first password, once) goes to the console only."""
    argv = [str(hub.python), "manage.py", "prepare"]
    if "ETLHUB_DEMO_URL" in hub.env:
        argv.append("--demo")
    password = os.environ.get("ETLHUB_ADMIN_PASSWORD")
    env = hub.env if password is None else {**hub.env, "ETLHUB_ADMIN_PASSWORD": password}
    process = processes.spawn(argv, cwd=hub.session.root, env=env, stdout=subprocess.PIPE)
    deadline = time.monotonic() + PREPARE_TIMEOUT
    while True:
        try:
            output = process.communicate(timeout=_READY_POLL)[0]
            break
        except subprocess.TimeoutExpired:
            if hub.session.stop.is_set():
                raise Interrupted from None
            if time.monotonic() > deadline:
                processes.kill_group(process)
                raise StartError(f"A preparação do banco de dados passou de {PREPARE_TIMEOUT:.0f} s.") from None
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    if process.returncode != 0:
        detail = hub.session.logs / "preparo.log"
        with detail.open("a", encoding="utf-8") as file:
            file.write("\n".join(["", "$ manage.py prepare", *lines, ""]))
        raise StartError(f"A preparação do banco de dados falhou ({(lines or ['sem saída'])[-1]}): veja {detail}.")
    return lines


def _wait_ready(hub: Hub, supervisor: Supervisor, web: Child) -> None:
    """Until the hub says that database, Redis and workers are there."""
    host = _LOOPBACK if hub.options.host in {"0.0.0.0", "localhost"} else hub.options.host  # noqa: S104
    deadline = time.monotonic() + READY_TIMEOUT
    while checks.http_status(host, hub.port, "/api/health/ready") != 200:
        if hub.session.stop.wait(_READY_POLL):
            raise Interrupted
        supervisor.tick()
        hopeless = next((child for child in supervisor.children if child.failures >= _GIVE_UP_AFTER), None)
        if hopeless is not None or time.monotonic() > deadline:
            child = hopeless or web
            reason = f" ({child.output.last_error})" if child.output.last_error else ""
            raise StartError(f"O hub não ficou pronto{reason}: veja {child.output.path}.")


@contextlib.contextmanager
def _sweeping(supervisor: Supervisor, session: Session) -> Iterator[None]:
    """Whatever happens inside, no process is left behind."""
    try:
        yield
    finally:
        began = time.monotonic()
        supervisor.stop(between=processes.end_everything)
        processes.end_everything()
        (session.run_dir / "redis_url").unlink(missing_ok=True)
        session.steps.done("Tudo encerrado", time.monotonic() - began)


def _remember(launch: Launch, alive: list[processes.Identity]) -> None:
    """Note the living children for the next start, should this one be killed; a full disk must not end the hub."""
    launch.children = alive
    with contextlib.suppress(OSError):
        launch.save()


def catch_stop_signals(session: Session) -> None:
    """Ctrl+C, SIGTERM, a closed terminal or console window: the start or the run ends in order."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        under_nohup = name == "SIGHUP" and number is not None and signal.getsignal(number) is signal.SIG_IGN
        if number is not None and not under_nohup:
            signal.signal(number, lambda *_: session.stop.set())
    if sys.platform == "win32":
        from deploy.launcher import winapi

        def closing() -> None:
            session.stop.set()
            time.sleep(_CONSOLE_CLOSE_SECONDS)

        winapi.on_console_close(closing)
