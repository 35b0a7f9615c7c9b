# -*- coding: utf-8 -*-  # noqa: UP009 - Python 2 needs it to tell its user so
"""Starts the ETL Hub (`python3 start.py`) or its tests (`python3 start.py test`); the work is in deploy/launcher."""

# Nothing above the version check, nor in this file's syntax, is newer than what an old Python can parse.
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the very check that an old Python must reach
    sys.stderr.write(
        "O ETL Hub precisa do Python 3.11 ou mais novo; este é o %d.%d (%s).\n"  # noqa: UP031
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )
    sys.exit(1)

from deploy.launcher.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
