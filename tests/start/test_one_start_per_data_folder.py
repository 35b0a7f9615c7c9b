"""A data folder belongs to one start at a time; a killed owner does not keep it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.launcher import lock
from deploy.launcher.steps import StartError
from tests.start.support import start_script

OWNER = """
import os, threading
from pathlib import Path
from deploy.launcher.lock import take_data_folder
held = take_data_folder(Path(os.environ["FOLDER"]), 4321)
print(os.getpid(), flush=True)
threading.Event().wait(60)
"""


def test_a_second_start_says_who_runs_and_where_and_a_killed_one_gives_way(tmp_path: Path) -> None:
    owner = start_script(OWNER, FOLDER=str(tmp_path))
    assert owner.stdout is not None
    try:
        pid = owner.stdout.readline().strip()
        with pytest.raises(StartError) as refused:
            lock.take_data_folder(tmp_path, 4001)
        assert f"já está em execução nesta pasta de dados (processo {pid}, desde " in str(refused.value)
        assert "abra http://localhost:4321" in str(refused.value)
    finally:
        owner.kill()
        owner.communicate(timeout=10)

    held, launch = lock.take_data_folder(tmp_path, 4001)
    held.close()
    again = lock.read_launch(tmp_path / "launch.json")
    assert again == launch
    assert again is not None
    assert again.port == 4001


def test_an_unreadable_note_of_the_last_start_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "launch.json").write_text('{"id": 3, "children": [', encoding="utf-8")
    held, _ = lock.take_data_folder(tmp_path, 4001)
    held.close()


def test_preparing_the_environment_waits_only_so_long(tmp_path: Path) -> None:
    path = tmp_path / "preparo.lock"
    with (
        lock.exclusively(path, 1),
        pytest.raises(StartError, match="preparando o ambiente há muito tempo"),
        lock.exclusively(path, 0),
    ):
        raise AssertionError("a trava deveria estar ocupada")
