"""`python -m tests.growing`: the long form. Prints (and with --report writes) a JSON report; exit code 1 when a check failed."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.growing.campaign import campaign


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.growing", description="Three machines, one dies at work.")
    parser.add_argument("--jobs", type=int, default=200, help="of all eight sistemas, on three machines")
    parser.add_argument("--baseline", type=int, default=50, help="jobs on one machine before")
    parser.add_argument("--report", type=Path, help="write the JSON here too")
    parser.add_argument("--keep", action="store_true", help="leave the folder when a check failed")
    parser.add_argument(
        "--postgres", default=os.environ.get("ETLHUB_TEST_POSTGRES_URL", ""), metavar="URL",
        help="a server (default: ETLHUB_TEST_POSTGRES_URL, else one is started)",
    )  # fmt: skip
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="etlhub-crescer-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user
    failed = True
    try:
        report = campaign(folder, options.jobs, options.baseline, options.postgres).as_dict()
        failed = bool(report["failures"])
    finally:
        if failed and options.keep:
            print(f"folder: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    report |= {"cpus": os.cpu_count()}
    text = json.dumps(report, indent=1, ensure_ascii=False)
    print(text)
    if options.report:
        options.report.write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
