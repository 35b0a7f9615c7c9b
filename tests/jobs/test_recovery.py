"""What died is found and settled: workers, machines; and what lives is left alone, whatever the clocks say."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import LazySettings
from django.utils import timezone

from jobs import lifecycle, outcome, process, recovery, runner
from jobs.models import Execution, Job, JobStatus, State, Transition
from sistemas.models import Sistema
from tests.jobs.conftest import DEAD_PID, MakeExecution, in_thread, lines_of, texts_of, wait_until

pytestmark = pytest.mark.usefixtures("fresh_watch")


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "_wake_queued", lambda: None)


def lease(execution: Execution, **fields: Any) -> Execution:
    """Make it run under this process, or as `fields` say otherwise."""
    held = {
        "owner_host": process.host_name(),
        "owner_boot": process.boot_id(),
        "owner_pid": os.getpid(),
        "owner_started": process.own_start_time(),
        "heartbeat_at": timezone.now(),
        "run_token": process.new_token(),
        "tentativa": 1,
        "status": State.RUNNING,
    }
    Execution.objects.filter(pk=execution.pk).update(**held | fields)
    execution.refresh_from_db()
    return execution


def state(execution: Execution) -> str:
    return Execution.objects.values_list("status", flat=True).get(pk=execution.pk)


@pytest.mark.usefixtures("no_redis")
class TestLeases:
    def test_a_run_whose_worker_died_ends_as_interrupted(self, make_execution: MakeExecution) -> None:
        execution = lease(make_execution("pass"), owner_pid=DEAD_PID)
        assert recovery.recover() == 1
        execution.refresh_from_db()
        assert (execution.status, execution.codigo) == (State.ERROR, "interrompido")
        assert execution.motivo == "interrompido: o worker que executava parou."
        assert Job.objects.get(pk=execution.job_id).status == JobStatus.ERROR
        assert texts_of(execution.job_id) == ["[ERROR] [FIDC] interrompido: o worker que executava parou."]

    def test_a_pid_that_came_again_is_not_the_worker(self, make_execution: MakeExecution) -> None:
        execution = lease(make_execution("pass"), owner_started=process.own_start_time() - 5)
        assert recovery.recover() == 1
        assert state(execution) == State.ERROR

    def test_a_machine_that_was_restarted_has_none_of_its_runs(self, make_execution: MakeExecution) -> None:
        execution = lease(make_execution("pass"), owner_boot="another boot")
        assert recovery.recover() == 1
        execution.refresh_from_db()
        assert execution.motivo == "interrompido: a máquina foi reiniciada durante a execução."

    def test_it_is_tried_again_where_the_policy_says_so(self, make_execution: MakeExecution) -> None:
        execution = lease(make_execution("pass", tries=2), owner_pid=DEAD_PID)
        recovery.recover()
        execution.refresh_from_db()
        assert execution.status == State.PENDING
        assert execution.not_before is not None

    def test_a_cancelled_run_whose_worker_died_is_cancelled(self, make_execution: MakeExecution) -> None:
        execution = lease(make_execution("pass", tries=3), owner_pid=DEAD_PID, status=State.CANCELLING)
        recovery.recover()
        assert state(execution) == State.CANCELLED

    def test_a_living_owner_keeps_its_run_however_the_clock_was_set(self, make_execution: MakeExecution) -> None:
        """The machine's clock jumps a day ahead between two heartbeats."""
        execution = lease(make_execution("pass"), heartbeat_at=timezone.now() - timedelta(days=1))
        assert recovery.recover() == 0
        assert recovery.recover() == 0
        assert state(execution) == State.RUNNING

    def test_a_start_time_does_not_move_with_the_clock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        own = process.own_start_time()
        if sys.platform == "linux":
            monkeypatch.setattr(psutil._pslinux, "boot_time", lambda: 1.0)
        assert process.is_same_process(os.getpid(), own)

    def test_a_worker_that_hangs_loses_its_run_after_a_while(
        self, make_execution: MakeExecution, clock: list[float], settings: LazySettings
    ) -> None:
        execution = lease(make_execution("pass"))
        assert recovery.recover() == 0
        clock[0] += settings.LEASE_SECONDS * recovery.HUNG_FACTOR + 1
        assert recovery.recover() == 1
        execution.refresh_from_db()
        assert execution.motivo == "interrompido: o worker deixou de dar sinal."

    def test_another_machine_is_dead_when_its_heartbeat_stands_still(
        self, make_execution: MakeExecution, clock: list[float], settings: LazySettings
    ) -> None:
        """Whatever its clock says: only that the value does not change counts."""
        execution = lease(make_execution("pass"), owner_host="outra", heartbeat_at=timezone.now() - timedelta(hours=3))
        assert recovery.recover() == 0
        clock[0] += settings.LEASE_SECONDS - 1
        Execution.objects.filter(pk=execution.pk).update(heartbeat_at=timezone.now() - timedelta(hours=2))
        assert recovery.recover() == 0
        clock[0] += settings.LEASE_SECONDS - 1
        assert recovery.recover() == 0
        clock[0] += 2
        assert recovery.recover() == 1
        execution.refresh_from_db()
        assert execution.motivo == "interrompido: a máquina outra deixou de dar sinal."

    def test_a_heartbeat_at_the_last_moment_saves_the_run(
        self, make_execution: MakeExecution, clock: list[float], settings: LazySettings
    ) -> None:
        execution = lease(make_execution("pass"), owner_host="outra")
        recovery.recover()
        clock[0] += settings.LEASE_SECONDS + 1
        stale = Execution.objects.get(pk=execution.pk)
        assert lifecycle.held_state(execution.pk, execution.run_token, renew=True) == State.RUNNING
        assert recovery._settle(stale, "…", certain=False) is False
        assert state(execution) == State.RUNNING

    def test_two_watchmen_at_once_settle_and_say_it_once(self, make_execution: MakeExecution) -> None:
        execution = lease(make_execution("pass"), owner_pid=DEAD_PID)
        read_by_both = [Execution.objects.select_related("sistema").get(pk=execution.pk) for _ in range(2)]
        assert [recovery._settle(each, "motivo.", certain=True) for each in read_by_both] == [True, False]
        assert len(lines_of(execution.job_id)) == 1
        assert Transition.objects.filter(execution=execution).count() == 1

    def test_one_that_cannot_be_settled_does_not_keep_the_others(
        self, make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = lease(make_execution("pass", "fidc"), owner_pid=DEAD_PID)
        second = lease(make_execution("pass", "jcot"), owner_pid=DEAD_PID)
        real = process.kill_tree

        def kill(child: Any, token: str, **more: Any) -> int:
            if token == first.run_token:
                raise RuntimeError("…")
            return real(child, token, **more)

        monkeypatch.setattr(process, "kill_tree", kill)
        assert recovery.recover() == 1
        assert (state(first), state(second)) == (State.RUNNING, State.ERROR)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_redis")
def test_a_worker_that_wakes_up_after_it_lost_its_run_writes_nothing_more(
    make_execution: MakeExecution, tmp_path: Path, clock: list[float], settings: LazySettings
) -> None:
    """As after SIGSTOP: the run was taken away and is tried again; what the old worker still reads is not the job's."""
    gate = tmp_path / "gate"
    execution = make_execution(f"say(3); wait_for({str(gate)!r}); say(1000, start=4)")
    thread = in_thread(lambda: runner.run(execution.pk))
    wait_until(lambda: len(lines_of(execution.job_id)) == 3)
    execution.refresh_from_db()
    stale = Execution.objects.select_related("sistema").get(pk=execution.pk)
    token = recovery._take_over(stale)
    gate.touch()
    thread.join(20)
    assert token
    execution.refresh_from_db()
    assert (execution.status, execution.run_token) == (State.RUNNING, token)  # still the watchman's to settle
    assert len(lines_of(execution.job_id)) == 3
    assert process.marked([stale.run_token]) == []


class TestStrays:
    def test_a_process_of_a_forgotten_run_is_ended(self, db: None) -> None:
        """Its Execution runs again elsewhere under another token, or was deleted: the token itself says that it is ours."""
        stray = self._sleeper(process.new_token())
        wait_until(lambda: process.marked([self.token]))
        assert recovery.sweep() == 1
        assert stray.wait(10) != 0

    def test_a_process_of_another_hub_is_left_alone(self, db: None) -> None:
        stray = self._sleeper("0123456789abcdef0123456789abcdef")
        wait_until(lambda: process.marked([self.token]))
        assert recovery.sweep() == 0
        assert stray.poll() is None
        stray.kill()
        stray.wait(10)

    def _sleeper(self, token: str) -> subprocess.Popen[bytes]:
        self.token = token
        environment = process.child_environment(token)
        return process.spawn(
            [sys.executable, "-c", "import time; time.sleep(99)"], cwd=Path.cwd(), environment=environment
        )

    def test_what_a_run_left_to_its_worker_is_ended_even_without_a_mark(self) -> None:
        code = (
            "from jobs import process; import subprocess, sys, time\n"
            "process.adopt_orphans(); before = process.children()\n"
            "c = 'import os,time\\nif os.fork(): os._exit(0)\\nos.setsid(); print(os.getpid(), flush=True); time.sleep(99)'\n"
            "p = subprocess.Popen([sys.executable, '-c', c], env={}, stdout=subprocess.PIPE)\n"
            "pid = int(p.stdout.readline()); p.wait(); process.end_adopted(before)\n"
            "print(pid, len(process.children()))"
        )
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
        pid, children = out.stdout.split()
        assert not psutil.pid_exists(int(pid)), out.stderr
        assert children == "0"

    def test_the_folder_of_a_run_that_is_over_goes_with_its_secrets(
        self, make_execution: MakeExecution, settings: LazySettings
    ) -> None:
        runs, over = lease(make_execution("pass", "fidc")), make_execution("pass", "jcot", status=State.ERROR)
        folders = [settings.DATA_DIR / "tmp" / f"exec-{pk}-1" for pk in (runs.pk, over.pk)]
        for folder in folders:
            folder.mkdir(parents=True)
        recovery.sweep()
        assert [folder.exists() for folder in folders] == [True, False]
        folders[0].rmdir()


class TestJobs:
    def test_a_job_whose_sistemas_were_deleted_does_not_wait_for_ever(self, make_execution: MakeExecution) -> None:
        execution = make_execution("pass", status=State.PENDING)
        Sistema.objects.get(pk="fidc").delete()
        recovery._derive_stale()
        job = Job.objects.get(pk=execution.job_id)
        assert job.status == JobStatus.ERROR
        assert "removidos" in job.error_message
        assert job.finished_at is not None

    def test_a_run_whose_sistema_is_deleted_is_ended(self, make_execution: MakeExecution) -> None:
        execution = lease(make_execution("pass"))
        Sistema.objects.get(pk="fidc").delete()
        assert lifecycle.held_state(execution.pk, execution.run_token, renew=True) is None
        assert runner._settle(execution, execution.run_token, outcome.interrupted("…"), "worker", None) is None
