"""A backup made while a job floods lines is of one moment, and restores on a new data folder with everything in it."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import stat
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.hub import ROOT, Hub, wait_until
from tests.jobs.live import execute, finished, program

FAKE_ETL = [sys.executable, str(ROOT / "tests" / "jobs" / "fake_etl.py")]
PHRASE = "uma frase bem comprida"
FLOOD = "[(say(100, start=n * 100 + 1), time.sleep(0.01)) for n in range(6_000) if not Path({stop!r}).exists()]"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    (folder / "frase").write_text(PHRASE + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(folder: Path) -> Path:
    """The backup of a hub under load; the hub has ended when the tests run."""
    with Hub(folder / "velha", etl=FAKE_ETL) as hub, hub.client() as client:
        _collected(hub.folder)
        _make_backup(hub, client, folder)
    return folder / "etlhub.zip"


def _collected(data: Path) -> None:
    kept = data / "downloads" / "csv" / "Carteira São João 01.12.csv"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"fundo;valor\n")
    (data / "seletores").mkdir()
    (data / "seletores" / "maps.json").write_text("{}", encoding="utf-8")


def _make_backup(hub: Hub, client: httpx.Client, folder: Path) -> None:
    stop = folder / "parar"
    program(client, "fidc", "say(50)")
    finished(client, execute(client, "fidc"))
    program(client, "jcot", FLOOD.format(stop=str(stop)))
    job = execute(client, "jcot")

    def lines() -> int:
        return int(client.get(f"/api/jobs/{job}").json()["log_linhas"])

    wait_until(lambda: lines() > 2_000)
    before = lines()
    said = hub.manage("backup", str(folder / "etlhub.zip"), "--com-arquivos", f"--frase-arquivo={folder / 'frase'}")
    after = lines()
    assert "Backup gravado" in said.stdout
    assert after > before, "the job did not write while the backup was made"
    again = hub.manage("backup", str(folder / "etlhub.zip"), "--sem-chaves", check=False)
    assert again.returncode == 1
    assert "já existe" in again.stderr
    running = hub.manage("restore", str(folder / "etlhub.zip"), "--substituir", "--sem-chaves", check=False)
    assert running.returncode == 1
    assert "encerre o hub" in running.stderr
    stop.touch()
    finished(client, job)


def _restored(made: Path, target: Path, *options: str) -> Hub:
    hub = Hub(target, etl=FAKE_ETL)
    target.mkdir(parents=True, exist_ok=True)
    said = hub.manage("restore", str(made), f"--frase-arquivo={made.parent / 'frase'}", *options, check=False)
    assert said.returncode == 0, said.stderr
    assert "Restaurado o backup" in said.stdout
    assert "Próximo passo" in said.stdout
    return hub


def test_the_backup_is_private_and_shows_no_key(made: Path) -> None:
    if sys.platform != "win32":
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
    key = (made.parent / "velha" / "chaves" / "credential_keys").read_bytes()
    with zipfile.ZipFile(made) as file:
        for name in file.namelist():
            assert key not in file.read(name), name
    assert [path.name for path in made.parent.glob(".*")] == []


def test_what_is_restored_is_whole_and_of_one_moment(made: Path, tmp_path: Path) -> None:
    _restored(made, tmp_path / "nova")
    with contextlib.closing(sqlite3.connect(tmp_path / "nova" / "etlhub.sqlite3")) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        jobs = base.execute("SELECT id, log_seq FROM jobs_job").fetchall()
        assert len(jobs) == 2
        for job, count in jobs:
            rows = base.execute(
                "SELECT count(*), min(id), max(id) FROM jobs_logentry WHERE id > ? AND id < ?",
                (job << 32, (job + 1) << 32),
            ).fetchone()
            assert rows == (count, (job << 32) + 1, (job << 32) + count)
        assert jobs[1][1] > 2_000


def test_the_hub_starts_on_it_with_everything(made: Path, tmp_path: Path) -> None:
    hub = _restored(made, tmp_path / "nova pasta")
    assert (hub.folder / "downloads" / "csv" / "Carteira São João 01.12.csv").read_bytes() == b"fundo;valor\n"
    assert (hub.folder / "seletores" / "maps.json").is_file()
    assert (hub.folder / "downloads" / "qore_pdf").is_dir(), "an empty folder is made again"
    assert not list(hub.folder.glob("anterior-*"))
    with hub, hub.client() as client:
        assert [job["id"] for job in client.get("/api/jobs").json()["jobs"]] == [2, 1]
        # What ran when the backup was made is settled, and the secrets open: a run gets its password.
        assert finished(client, 2)["status"] in ("error", "completed", "cancelled")
        program(client, "fidc", "print(len(SECTION['password']))")
        again = finished(client, execute(client, "fidc"))
        assert "[STDOUT] 17" in again["logs"]
        where = client.get("/api/config/paths").json()
        assert where["csv"] == str(hub.folder / "downloads" / "csv")
        assert hub.manage("check_credentials").stdout.endswith("Todos os segredos abrem.\n")


def test_a_used_folder_is_replaced_only_when_told_and_the_former_stays(made: Path, tmp_path: Path) -> None:
    hub = _restored(made, tmp_path / "nova")
    refused = hub.manage("restore", str(made), "--sem-chaves", check=False)
    assert refused.returncode == 1
    assert "já tem um banco de dados" in refused.stderr
    _restored(made, tmp_path / "nova", "--substituir")
    former = next((tmp_path / "nova").glob("anterior-*"))
    assert (former / "etlhub.sqlite3").is_file()
    assert (former / "chaves" / "credential_keys").is_file()


def test_a_wrong_phrase_or_a_damaged_file_changes_nothing(made: Path, tmp_path: Path) -> None:
    hub = _restored(made, tmp_path / "nova")
    hub.manage("check_credentials")  # the first opening marks the database as WAL
    before = _state(hub.folder)
    (tmp_path / "outra").write_text("outra frase bem comprida\n", encoding="utf-8")
    options = ("--substituir", f"--frase-arquivo={tmp_path / 'outra'}")
    wrong = hub.manage("restore", str(made), *options, check=False)
    assert "não abre este backup" in wrong.stderr
    damaged = tmp_path / "danificado.zip"
    shutil.copy(made, damaged)
    with damaged.open("r+b") as file:
        file.seek(damaged.stat().st_size // 2)
        file.write(b"\0" * 64)
    broken = hub.manage("restore", str(damaged), "--substituir", "--sem-chaves", check=False)
    assert broken.returncode == 1
    assert "danificado" in broken.stderr
    assert _state(hub.folder) == before


def _state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
