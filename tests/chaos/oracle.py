"""Says what is wrong: reads the database past the hub's code, the children's journals, the processes and the folders."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import psutil

from tests.chaos.clients import Client, Follower, Listener
from tests.chaos.stage import Stage
from tests.chaos.work import PASSWORD

SETTLED_SECONDS = 15.0
"""Within this long of the return of the hub nothing may be without a living owner."""
LOST_BYTES = 4 * 1024 * 1024
"""What a worker that is killed may take along: its pipe, its queue and one batch."""
RECOVERY = "recuperação"
_LINE = re.compile(r"^([0-9a-f]{8}) (\d+)$")
_PATHS = {
    ("pending", "queued"), ("pending", "cancelled"), ("pending", "error"),
    ("queued", "running"), ("queued", "pending"), ("queued", "cancelled"), ("queued", "error"),
    ("running", "success"), ("running", "error"), ("running", "cancelling"), ("running", "cancelled"),
    ("running", "pending"), ("cancelling", "cancelled"), ("cancelling", "success"), ("cancelling", "error"),
}  # fmt: skip


@dataclass
class Verdict:
    """How often each thing was checked, and what failed."""

    checks: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failures: list[dict[str, str]] = field(default_factory=list)
    slowest_settling: float = 0.0

    def check(self, name: str, good: bool, detail: Callable[[], str]) -> None:
        self.checks[name] += 1
        failure = {} if good else {"check": name, "detail": detail()[:2000]}
        if failure and all(failure.items() - each.items() for each in self.failures):  # not told before
            self.failures.append(failure)


@dataclass
class Journal:
    """What one child says it managed: `before` and `after` are the last lines it began and ended to write."""

    execution: int
    attempt: int
    token: str
    before: int = 0
    after: int = 0


class Oracle:
    """Asked after each round, when all harm is healed. Looks at everything since the stage was opened."""

    def __init__(self, stage: Stage, verdict: Verdict) -> None:
        self.stage, self.database, self.verdict = stage, stage.database, verdict
        self._done_jobs = 0
        self._cut_short: set[tuple[int, int]] = set()
        """Runs of a worker that was asked to stop while the database took nothing: they say that lines are missing."""

    # -- while things settle -------------------------------------------------------------------------------------------
    def wait_settled(self) -> None:
        """Every Execution under way has a living owner and a process, within SETTLED_SECONDS."""
        began = time.monotonic()
        lost = list(self._ownerless())
        while lost and time.monotonic() - began < SETTLED_SECONDS:
            time.sleep(0.2)
            lost = list(self._ownerless())
        self.verdict.slowest_settling = max(self.verdict.slowest_settling, time.monotonic() - began)
        self.verdict.check("no Execution without a living owner", not lost, lambda: str(lost))

    def _ownerless(self) -> Iterator[tuple[int, str]]:
        sql = (
            "SELECT id, status, owner_pid, owner_host, run_token FROM jobs_execution"
            " WHERE status IN ('running', 'cancelling')"
        )
        mine = {
            (machine.environment.get("ETLHUB_HOST_NAME", ""), process.pid)
            for machine in self.stage.machines
            for process in machine.processes.values()
            if process.poll() is None
        }
        hosts = {host for host, _ in mine}
        for pk, status, pid, host, token in self.database.rows(sql):
            if (host if host in hosts else "", pid) not in mine:
                yield pk, f"{status}, owner {host}/{pid} {token[:8]}"

    def wait_final(self, cancel: Callable[[int], bool], jobs: Callable[[], list[int]], patience: float) -> None:
        """Every job ends by itself, or is cancelled after `patience` and then ends."""
        limit = time.monotonic() + patience
        while jobs() and time.monotonic() < limit:
            time.sleep(0.2)
        asked: dict[int, float] = {}
        limit = time.monotonic() + 45
        while (left := jobs()) and time.monotonic() < limit:
            for job in left:
                if time.monotonic() - asked.get(job, 0) > 5:
                    cancel(job)
                    asked[job] = time.monotonic()
            time.sleep(0.2)
        self.verdict.check("every job is final at the end", not left, lambda: self._story(left))

    def wait_clean(self) -> None:
        """No process of a run that is over, no file of it, within SETTLED_SECONDS."""
        began = time.monotonic()
        while (dirt := self._dirt()) and time.monotonic() - began < SETTLED_SECONDS:
            time.sleep(0.3)
        strays, files = dirt or ([], [])
        self.verdict.check("no orphan process", not strays, lambda: str(strays))
        self.verdict.check("no temporary secret file", not files, lambda: str(files))

    def _dirt(self) -> tuple[list[str], list[str]] | None:
        strays = []
        for process in self.stage.etl_processes():
            try:
                strays.append(f"{process.pid} {process.environ().get('ETLHUB_RUN', '')[:8]} {process.cmdline()[-6:]}")
            except psutil.Error:
                continue
        files = [str(path) for machine in self.stage.machines for path in machine.folder.glob("tmp/*")]
        return (strays, files) if strays or files else None

    # -- when all has ended ----------------------------------------------------------------------------------------------
    def judge(self, followers: Sequence[Follower], listeners: Sequence[Listener]) -> None:
        """Everything that can be said once nothing runs."""
        self._secrets()
        journals = self._journals()
        transitions = self._transitions()
        self._statuses()
        for (job,) in self.database.rows("SELECT id FROM jobs_job WHERE id > ? ORDER BY id", self._done_jobs):
            self._lines(job, journals, transitions)
            self._done_jobs = job
        self._followers(followers)
        self._listeners(listeners)

    def _lines(self, job: int, journals: dict[int, list[Journal]], ends: dict[tuple[int, int], str]) -> None:
        sql = "SELECT id, execution_id, mensagem FROM jobs_logentry WHERE id > ? AND id < ? ORDER BY id"
        rows = self.database.rows(sql, job << 32, (job + 1) << 32)
        ((top,),) = self.database.rows("SELECT log_seq FROM jobs_job WHERE id = ?", job)
        seqs = [row[0] & 0xFFFFFFFF for row in rows]
        self.verdict.check(
            "seq contiguous from 1, up to log_seq",
            seqs == list(range(1, top + 1)),
            lambda: f"job {job}: {len(seqs)} lines, log_seq {top}, first {seqs[:3]}, last {seqs[-3:]}",
        )
        stored: dict[str, list[int]] = defaultdict(list)
        notes: dict[tuple[int, str], int] = defaultdict(int)
        for _, execution, text in rows:
            if match := _LINE.match(text):
                stored[match.group(1)].append(int(match.group(2)))
            elif text.startswith(("interrompido:", "Tentativa ")):
                notes[execution, text] += 1
        twice = {key: count for key, count in notes.items() if count > 1 and "Tentativa" in key[1]}
        self.verdict.check("the hub says a thing once", not twice, lambda: f"job {job}: {twice}")
        for (execution,) in self.database.rows("SELECT id FROM jobs_execution WHERE job_id = ?", job):
            for journal in journals.get(execution, []):
                self._run(journal, stored[journal.token[:8]], ends)

    def _run(self, journal: Journal, numbers: list[int], ends: dict[tuple[int, int], str]) -> None:
        end = ends.get((journal.execution, journal.attempt), "")
        count = len(numbers)
        where = (
            f"execution {journal.execution} attempt {journal.attempt} ({journal.token[:8]}): {count} stored, the child "
            f"wrote {journal.after} to {journal.before}, ended by {end!r}, first {numbers[:3]}, last {numbers[-3:]}"
        )
        whole = numbers == list(range(1, count + 1))
        self.verdict.check("a child's lines once and in order", whole and count <= journal.before, lambda: where)
        if end == RECOVERY or (journal.execution, journal.attempt) in self._cut_short:
            lost = (journal.after - count) * len(f"[INFO] [CAOS] {journal.token[:8]} 12345\n")
            self.verdict.check(
                "a killed worker takes no more along than its buffers", lost <= LOST_BYTES, lambda: where
            )
        else:
            self.verdict.check("every line that a child wrote is stored", journal.after <= count, lambda: where)

    def _journals(self) -> dict[int, list[Journal]]:
        out: dict[int, list[Journal]] = defaultdict(list)
        for path in sorted((self.stage.chaos / "journal").iterdir()):
            execution, attempt, token = path.name.split("-")
            journal = Journal(int(execution), int(attempt), token)
            for line in path.read_text(encoding="ascii").splitlines():
                kind, number, _ = line.split()
                if kind == "B":
                    journal.before = int(number)
                elif kind == "A":
                    journal.after = int(number)
            out[journal.execution].append(journal)
        return out

    def _transitions(self) -> dict[tuple[int, int], str]:
        """Who ended each attempt of each Execution. Checks that each one's changes are a legal path."""
        sql = "SELECT execution_id, origem, destino, tentativa, actor, motivo FROM jobs_transition ORDER BY execution_id, id"
        ends: dict[tuple[int, int], str] = {}
        state: dict[int, str] = {}
        for execution, source, target, attempt, actor, motivo in self.database.rows(sql):
            legal = (source, target) in _PATHS and source == state.get(execution, "pending")
            self.verdict.check(
                "transitions are a legal path",
                legal,
                lambda e=execution, s=source, t=target: f"{e}: {s} -> {t} after {state.get(e)}",  # type: ignore[misc]
            )
            state[execution] = target
            if source in ("running", "cancelling") and target != "cancelling":
                ends[execution, attempt] = actor
                if "faltam as últimas linhas" in motivo:
                    self._cut_short.add((execution, attempt))
        for execution, status in self.database.rows("SELECT id, status FROM jobs_execution"):
            self.verdict.check(
                "the state is the last transition's",
                status == state.get(execution, "pending"),
                lambda e=execution, s=status: f"{e} is {s}, last transition {state.get(e)}",  # type: ignore[misc]
            )
        return ends

    def _statuses(self) -> None:
        """A job's status agrees with its Executions; retried as the policy says."""
        of_job: dict[int, list[str]] = defaultdict(list)
        sql = "SELECT job_id, id, status, codigo, tentativa, tentativas_max, exit_code, motivo FROM jobs_execution"
        for job, pk, status, codigo, attempt, most, code, motivo in self.database.rows(sql):
            of_job[job].append(status)
            again = status == "error" and (code == 75 or codigo == "interrompido") and attempt < most
            self.verdict.check("retried as its policy says", not again, lambda p=pk, m=motivo: f"{p}: {m}")  # type: ignore[misc]
            odd = codigo in ("interno", "sem_gravacao", "sem_saida", "tempo_esgotado")
            self.verdict.check("no run ends by a fault of the hub's own", not odd, lambda p=pk, m=motivo: f"{p}: {m}")  # type: ignore[misc]
        for job, status, finished in self.database.rows("SELECT id, status, finished_at FROM jobs_job"):
            states = set(of_job[job])
            wanted = "error" if "error" in states else "cancelled" if "cancelled" in states else "completed"
            if states & {"pending", "queued", "running", "cancelling"}:
                continue
            good = status == wanted and finished is not None
            self.verdict.check("a job's status is its Executions'", good, lambda j=job, s=status: f"{j}: {s}")  # type: ignore[misc]

    def _secrets(self) -> None:
        holders = []
        for machine in self.stage.machines:
            for path in machine.folder.rglob("*"):
                if path.is_file() and "valkey" not in path.parts and path.stat().st_size < 64 << 20:
                    try:
                        if PASSWORD.encode() in path.read_bytes():
                            holders.append(str(path))
                    except OSError:
                        continue
        self.verdict.check("the password is in no file", not holders, lambda: str(holders))

    # -- clients -----------------------------------------------------------------------------------------------------------
    def _followers(self, followers: Sequence[Follower]) -> None:
        for each in followers:
            sql = "SELECT id, mensagem FROM jobs_logentry WHERE id > ? AND id < ? ORDER BY id"
            rows = self.database.rows(sql, each.job << 32, (each.job + 1) << 32)
            truth = [(pk & 0xFFFFFFFF, text) for pk, text in rows]
            self._until(lambda each=each, truth=truth: len(each.got) >= len(truth) and each.completed)  # type: ignore[misc]
            self.verdict.check(
                "a client that comes and goes saw every line once",
                each.got == truth and not each.errors,
                lambda e=each, t=truth: f"job {e.job}: {len(e.got)} of {len(t)}; {e.story()}",  # type: ignore[misc]
            )
            self.verdict.check("a follower hears the end", each.completed, lambda e=each: f"job {e.job}")  # type: ignore[misc]

    def _listeners(self, listeners: Sequence[Listener]) -> None:
        for each in listeners:
            self._until(lambda each=each: not self._behind(each))  # type: ignore[misc]
            behind = self._behind(each)
            self.verdict.check("an open client's live status is the present", not behind, lambda b=behind: str(b[:5]))  # type: ignore[misc]
            errors, each.errors = each.errors, []
            self.verdict.check("a client that only listens hears no gap", not errors, lambda e=errors: str(e[:5]))  # type: ignore[misc]

    def _behind(self, listener: Listener) -> list[str]:
        if not listener.connected:
            return ["not connected"]
        sql = "SELECT id, job_id, status, version FROM jobs_execution ORDER BY id DESC LIMIT 200"
        out = []
        for pk, job, status, version in self.database.rows(sql):
            known = listener.states.get(pk)
            if known is None and job <= listener.newest_at_open:
                continue
            if known != (version, status):
                out.append(f"execution {pk}: knows {known}, is {(version, status)}")
        return out

    @staticmethod
    def _until(condition: Callable[[], bool]) -> None:
        limit = time.monotonic() + SETTLED_SECONDS
        while not condition() and time.monotonic() < limit:
            time.sleep(0.1)

    def _story(self, jobs: Sequence[int]) -> str:
        sql = (
            "SELECT id, sistema_id, status, tentativa, run_token, owner_pid, heartbeat_at, queued_at, not_before"
            " FROM jobs_execution WHERE job_id = ?"
        )
        return str([(job, self.database.rows(sql, job)) for job in jobs])


def calm(clients: Sequence[Client], still: bool) -> None:
    for client in clients:
        client.calm = still
