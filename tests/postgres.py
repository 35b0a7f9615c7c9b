"""A PostgreSQL server for what runs on several machines."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from deploy.launcher import postgres
from deploy.launcher.steps import Session, Steps
from tests.hub import ROOT


@contextlib.contextmanager
def postgres_server(folder: Path, given: str) -> Iterator[str]:
    """`given`, or a server of Debian's package that is gone afterwards (and forgets on a power cut: no fsync)."""
    if given:
        yield given
        return
    session = Session(ROOT, folder / "postgres", Steps())
    session.logs.mkdir(parents=True)
    with postgres.cluster(session) as url:
        if url is None:
            raise SystemExit("PostgreSQL is not installed (Debian: apt-get install postgresql)")
        yield url
