"""The lookup `field__among=values`: `IN` with the values in the statement's text, where a partial index is to be found.

SQLite takes a partial index only for a condition that it reads in the statement, and Django binds the values of `__in`
after the plan is made. For values of our own code, never for what somebody gave us.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Field, Lookup

SAFE = re.compile(r"[a-z_]+", re.ASCII)


class Among(Lookup):
    """The values, in this order, must be those of the index's condition: SQLite compares the two as they are written."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """ValueError for a value that is no plain word."""
        values = [str(value) for value in self.rhs]
        if not values or not all(SAFE.fullmatch(value) for value in values):
            raise ValueError("among takes plain words")
        sql, params = self.process_lhs(compiler, connection)
        words = ", ".join(f"'{value}'" for value in values)
        return f"{sql} IN ({words})", tuple(params)


def allow(field: Field[Any, Any]) -> None:
    """Let this field be asked by `among`."""
    field.register_lookup(Among)
