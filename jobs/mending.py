"""What to do between two tries after the database refused."""

from __future__ import annotations

from django.db import connection


def mend() -> None:
    """Let a broken connection go, so that the next query makes a new one. Not within a transaction: that is its opener's."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
