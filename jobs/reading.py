"""Reads the API's own kinds of query values; each error names its field in Portuguese."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from etlhub.errors import FieldError, Invalid
from jobs.protocol import LEVELS
from jobs.submit import BAD_DATE, parse_date


def level_number(name: str | None) -> int | None:
    """The stored number of a level's name; Invalid when there is no such level."""
    if not name:
        return None
    if name.upper() not in LEVELS:
        raise Invalid([FieldError("level", "nível desconhecido: use DEBUG, INFO, SUCCESS, WARN ou ERROR")])
    return int(LEVELS[name.upper()])


def day_range(de: str | None, ate: str | None) -> tuple[datetime | None, datetime | None]:
    """The moments from the start of day `de` to the end of day `ate` (local days); Invalid when one is no date."""
    errors, out = [], []
    for name, text, shift in (("de", de, 0), ("ate", ate, 1)):
        try:
            day = parse_date(text) + timedelta(days=shift) if text else None
        except ValueError:
            errors.append(FieldError(name, BAD_DATE))
            day = None
        out.append(timezone.make_aware(datetime.combine(day, time.min)) if day else None)
    if errors:
        raise Invalid(errors)
    return out[0], out[1]
