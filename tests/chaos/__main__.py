"""`python -m tests.chaos`: the long form. Prints (and with --report writes) a JSON report; exit code 1 when a check failed."""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.campaign import Report, campaign
from tests.postgres import postgres_server


def run(folder: Path, options: argparse.Namespace) -> Report:
    """One campaign, on SQLite or with a PostgreSQL server."""
    wanted = (folder, options.seed, options.faults, options.minutes * 60)
    if options.postgres is None:
        return campaign(*wanted)
    folder.chmod(0o755)  # PostgreSQL runs as another user
    with postgres_server(folder, options.postgres) as server:
        return campaign(*wanted, server)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description="Random faults during random work.")
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--minutes", type=float, default=24 * 60, help="no new round after so long")
    parser.add_argument("--report", type=Path, help="write the JSON here too")
    parser.add_argument("--keep", action="store_true", help="leave the data folder when a check failed")
    parser.add_argument(
        "--postgres", nargs="?", const=os.environ.get("ETLHUB_TEST_POSTGRES_URL", ""), metavar="URL",
        help="two machines on this server (default: ETLHUB_TEST_POSTGRES_URL, else one is started)",
    )  # fmt: skip
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="etlhub-caos-"))
    failed = True
    try:
        report = run(folder, options).as_dict()
        failed = bool(report["failures"])
    finally:
        if failed and options.keep:
            print(f"data folder: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(report, indent=1, ensure_ascii=False)
    print(text)
    if options.report:
        options.report.write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
