"""The session engine: sessions known by user, that end when unused, when too old, or all at once.

Settings: SESSION_COOKIE_AGE is the absolute limit, SESSION_IDLE_SECONDS the one without use (0 = none).
"""

from __future__ import annotations

import contextlib
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import DatabaseError

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from etlhub.models import WebSession

STARTED = "_inicio"
"""Key of the session's data: when it began, in epoch seconds."""
TOUCH_SECONDS = 60
"""How exact the time of the last use is: a write a request would be too much."""


class SessionStore(DatabaseStore):
    """Django's database sessions on our model."""

    @classmethod
    def get_model_class(cls) -> Any:
        from etlhub.models import WebSession

        return WebSession

    def create_model_instance(self, data: Any) -> Any:
        data.setdefault(STARTED, int(time.time()))
        row: Any = super().create_model_instance(data)
        user = data.get(SESSION_KEY)
        row.user_id = int(user) if user is not None else None
        row.expire_date = _deadline(data)
        return row

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()  # type: ignore[attr-defined]  # the stubs leave it out
        if row is None:
            return {}
        data: dict[str, Any] = self.decode(row.session_data)
        self._touch(row, data)
        return data

    async def aload(self) -> dict[str, Any]:
        row = await self._aget_session_from_db()  # type: ignore[attr-defined]
        if row is None:
            return {}
        data: dict[str, Any] = self.decode(row.session_data)
        deadline = _deadline(data)
        if _moves(row, deadline):
            await self.get_model_class().objects.filter(pk=row.pk).aupdate(expire_date=deadline)
        return data

    def _touch(self, row: WebSession, data: dict[str, Any]) -> None:
        deadline = _deadline(data)
        if _moves(row, deadline):
            with contextlib.suppress(DatabaseError):  # a busy database must not cost the request; the next one tries
                self.get_model_class().objects.filter(pk=row.pk).update(expire_date=deadline)

    def cycle_key(self) -> None:
        """A new key, as after a login: the absolute limit counts from now."""
        super().cycle_key()
        self.pop(STARTED, None)

    async def acycle_key(self) -> None:
        await super().acycle_key()
        await self.apop(STARTED, None)


def _deadline(data: dict[str, Any]) -> datetime:
    """When a session that is used now ends."""
    limit = float(data.get(STARTED, 0)) + settings.SESSION_COOKIE_AGE
    idle: int = settings.SESSION_IDLE_SECONDS
    return datetime.fromtimestamp(min(limit, time.time() + idle) if idle else limit, tz=UTC)


def _moves(row: WebSession, deadline: datetime) -> bool:
    return abs((deadline - row.expire_date).total_seconds()) >= TOUCH_SECONDS


def end_all(user: User, *, but: str | None = None) -> int:
    """End every session of `user` less the one of key `but`; returns how many. Open WebSockets follow in seconds."""
    from etlhub.models import WebSession

    found = WebSession.objects.filter(user=user)
    return (found.exclude(session_key=but) if but else found).delete()[0]


def note_password(instance: User, update_fields: Any = None, **_: Any) -> None:
    """Before a user is saved: see whether the password is another one."""
    changed = False
    if instance.pk and (update_fields is None or "password" in update_fields):
        old = type(instance).objects.filter(pk=instance.pk).values_list("password", flat=True).first()
        changed = old is not None and old != instance.password
    instance._password_changed = changed  # type: ignore[attr-defined]


def end_after_password_change(instance: User, **_: Any) -> None:
    """After a user is saved: a new password ends what the old one opened."""
    if getattr(instance, "_password_changed", False):
        end_all(instance)
