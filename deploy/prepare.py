"""Makes everything that a start would make beside the code (environment, compiled files), for a service that may not write there.

`python3 deploy/prepare.py`, once for each version, by who owns the code's folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from deploy.launcher import commands, environment, frontend  # noqa: E402  (needs the path above)
from deploy.launcher.steps import Session, StartError, use_utf8  # noqa: E402

COMPILE_SECONDS = 600.0
CODE = ("credentials", "deploy", "etl_scripts", "etlhub", "jobs", "portfolio", "sistemas")


def main() -> int:
    """0, or 1 with one sentence on stderr."""
    use_utf8()
    with tempfile.TemporaryDirectory(prefix="etlhub-preparo-") as name:
        session = Session(ROOT, Path(name))
        session.logs.mkdir()
        try:
            python = environment.ensure(session)
            frontend.ensure(session)
            with session.steps.step("Código compilado", slow=True):
                compile_all = [str(python), "-m", "compileall", "-q", "-j", "0", *CODE, ".venv"]
                commands.run(session, compile_all, timeout=COMPILE_SECONDS)
        except (StartError, commands.CommandError) as error:
            print(f"Erro: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
