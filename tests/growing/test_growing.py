"""The short form for every change; `python -m tests.growing` is the long one, with figures."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from deploy.launcher import postgres
from tests.growing.campaign import campaign

JOBS, BASELINE = 6, 1

pytestmark = [pytest.mark.chaos, pytest.mark.postgres, pytest.mark.xdist_group("chaos")]

# Collected only where there is a PostgreSQL, as in tests/operations/test_backup_postgres.py.
if os.environ.get("ETLHUB_TEST_POSTGRES_URL") or postgres.find() is not None:

    def test_a_machine_dies_at_work_and_nothing_is_lost(tmp_path: Path) -> None:
        report = campaign(tmp_path, JOBS, BASELINE, os.environ.get("ETLHUB_TEST_POSTGRES_URL", "")).as_dict()
        text = json.dumps(report, indent=1, ensure_ascii=False)
        assert not report["failures"], text
        assert report["three_machines_one_dies"]["executions_killed"] >= 1, text
        assert report["three_machines_one_dies"]["watchers_cut_half_way"] >= 1, text
        assert report["checks"] > 250, text
