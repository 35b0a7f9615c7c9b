"""The entry behind start.py: what was asked, and one sentence when it cannot be done."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.launcher import commands, hub, options, processes
from deploy.launcher.steps import Interrupted, Session, StartError, reason, use_utf8

ROOT = Path(__file__).resolve().parents[2]


def main(argv: Sequence[str]) -> int:
    """The exit code of `start.py`: 0 done, 1 with a sentence on stderr, 130 stopped while testing."""
    use_utf8()
    try:
        processes.adopt_orphans()
        if argv[:1] == ["test"]:
            from deploy.launcher import suite

            return suite.run(ROOT, list(argv[1:]))
        wanted = options.parse(argv, options.environment(ROOT), ROOT)
        if wanted is None:
            print(options.HELP)
            return 0
        session = Session(ROOT, wanted.data)
        hub.catch_stop_signals(session)
        session.steps.note("ETL Hub")
        return hub.run(session, wanted)
    except StartError as error:
        print(f"\nErro: {error}", file=sys.stderr)
    except commands.CommandError as error:
        print(f"\nErro: um comando da preparação falhou: {error.last_line}", file=sys.stderr)
    except OSError as error:
        print(
            f"\nErro: não consigo usar {error.filename or 'um recurso do sistema'}: {reason(error)}.", file=sys.stderr
        )
    except Interrupted:
        print("\nInterrompido.", file=sys.stderr)
        return 130
    finally:
        processes.end_everything()
    return 1
