"""`.env` is read as the hub reads it, and `.env.example` names every setting there is."""

from __future__ import annotations

import io
import re
from pathlib import Path

import environ
import pytest

from deploy.launcher import options
from deploy.launcher.steps import StartError
from tests.start.support import ROOT

TEXT = """\
# comentário
ETLHUB_PORT=4100
export ETLHUB_WORKERS=2
ETLHUB_HOST="0.0.0.0"
REDIS_URL='redis://:a#b@x:1/0'
 FORA=1
linha solta
VAZIA=
"""
NAME = re.compile(r"[\"'`]((?:ETL|ETLHUB|REACT|REDIS|DATABASE|SENTRY|OTEL)_[A-Z][A-Z_]*)[\"'`]")
# Not settings: marks and messages between our own processes, and what the test suite tells its tests.
INTERNAL = re.compile(r"ETLHUB_(LAUNCH|NOT_OURS|RUN|TEST_\w+)|REDIS_CLIENT_KWARGS|ETL_CREDENTIALS_V1")
CODE = ("etlhub", "sistemas", "jobs", "credentials", "portfolio", "etl_scripts", "deploy")


def test_the_launcher_and_the_hub_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(TEXT, encoding="utf-8")
    seen: dict[str, str] = {}
    monkeypatch.setattr(environ.Env, "ENVIRON", seen)
    environ.Env.read_env(io.StringIO(TEXT))
    assert options.read_env_file(tmp_path / ".env") == seen
    assert seen["REDIS_URL"] == "redis://:a#b@x:1/0"


def test_options_go_before_the_environment_and_that_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(TEXT, encoding="utf-8")
    monkeypatch.setenv("ETLHUB_WORKERS", "3")
    for name in ("ETLHUB_PORT", "ETLHUB_DOTENV"):
        monkeypatch.delenv(name, raising=False)
    wanted = options.parse(["--host", "127.0.0.1"], options.environment(tmp_path), tmp_path)
    assert wanted is not None
    assert (wanted.port, wanted.workers, wanted.host) == (4100, 3, "127.0.0.1")
    assert wanted.external_redis


def test_a_settings_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe\n")
    with pytest.raises(StartError, match="UTF-8"):
        options.read_env_file(tmp_path / ".env")


def test_the_example_names_every_setting_once() -> None:
    used: set[str] = set()
    for folder in CODE:
        for path in (ROOT / folder).rglob("*.py"):
            used |= {name for name in NAME.findall(path.read_text(encoding="utf-8")) if not INTERNAL.fullmatch(name)}
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = [match[1] for line in lines if (match := re.match(r"#([A-Z_]+)=", line))]
    assert [name for name in set(listed) if listed.count(name) > 1] == []
    assert sorted(used - set(listed)) == [], "faltam em .env.example"
    assert sorted(set(listed) - used) == [], "sobram em .env.example"
