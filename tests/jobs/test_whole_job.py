"""The users' own command run once for a whole job: one process, and each sistema's end is told from its lines."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings

from jobs import dispatch, runner, submit
from jobs.models import Execution, Job, JobStatus, State
from tests.jobs.conftest import set_login, texts_of

SISTEMAS = ["amplis_reag", "maps", "fidc"]


@pytest.fixture
def job(catalogo: None, settings: LazySettings) -> Any:
    """Make a queued job of three sistemas whose one process does `code`."""
    settings.ETL_ONE_PROCESS = True

    def make(code: str) -> Job:
        for sistema in SISTEMAS:
            set_login(sistema, code if sistema == "amplis_reag" else "pass")
        return submit.submit(submit.RunRequest(SISTEMAS), user=None)

    return make


def run(job: Job) -> dict[str, Execution]:
    for pk in list(job.executions.values_list("pk", flat=True)):
        runner.run(pk)
    return {each.sistema_id: each for each in job.executions.all()}


def test_one_process_runs_all_its_sistemas(job: Any) -> None:
    made = job("print(ARGS[ARGS.index('--sistemas'):][:4])")
    ended = run(made)
    assert texts_of(made.pk) == ["[INFO] [STDOUT] ['--sistemas', 'amplis_reag', 'maps', 'fidc']"]
    assert {each.status for each in ended.values()} == {State.SUCCESS}
    assert len({each.run_token for each in ended.values()}) == 1
    assert Job.objects.get(pk=made.pk).status == JobStatus.COMPLETED


def test_each_sistema_ends_as_its_lines_tell(job: Any) -> None:
    made = job(
        "print('[SUCCESS] [AMPLIS - REAG] fim'); print('[INFO] [MAPS] 40%'); print('[ERROR] [MAPS] sem acesso'); sys.exit(1)"
    )
    ended = run(made)
    assert ended["amplis_reag"].status == State.SUCCESS
    assert (ended["maps"].status, ended["maps"].motivo) == (State.ERROR, "sem acesso")
    assert ended["maps"].progresso == 40
    assert ended["fidc"].status == State.ERROR
    assert "antes de chegar a este sistema" in ended["fidc"].motivo


def test_a_job_waits_until_all_its_sistemas_are_free_and_none_overtakes(job: Any) -> None:
    first = job("say(1)")
    second = submit.submit(submit.RunRequest(["maps"]), user=None)
    set_login("jcot", "say(1)")
    third = submit.submit(submit.RunRequest(["jcot"]), user=None)
    assert second.executions.get().status == State.PENDING
    assert third.executions.get().status == State.QUEUED
    run(first)
    dispatch.dispatch()
    assert second.executions.get().status == State.QUEUED
