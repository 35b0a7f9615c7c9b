"""Browser sessions of one portal: a cookie, what the page remembers, and an end."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from .constants import MAX_SESSIONS, SESSION_IDLE_SECONDS


@dataclass(slots=True)
class Session:
    """`hits` counts requests since the login; `token` goes in the page's hidden fields; `lost`: it had a login."""

    key: str
    user: str = ""
    hits: int = 0
    token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    data: dict[str, Any] = field(default_factory=dict)
    last_used: float = field(default_factory=time.monotonic)
    is_new: bool = True
    lost: bool = False

    def log_in(self, user: str) -> None:
        self.user, self.hits, self.lost = user, 0, False
        self.data.clear()

    def end(self) -> None:
        self.user, self.hits, self.lost = "", 0, True
        self.token = secrets.token_urlsafe(16)
        self.data.clear()


class SessionStore:
    """Keeps at most MAX_SESSIONS; the longest unused goes first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def open(self, key: str | None) -> Session:
        """The session of this cookie, or a new one."""
        now = time.monotonic()
        with self._lock:
            session = self._sessions.get(key or "")
            if session is None or now - session.last_used > SESSION_IDLE_SECONDS:
                session = Session(secrets.token_hex(16), lost=bool(key))
                self._sessions[session.key] = session
                while len(self._sessions) > MAX_SESSIONS:
                    self._sessions.popitem(last=False)
            else:
                session.is_new = False
            session.last_used = now
            self._sessions.move_to_end(session.key)
            return session

    def clear(self) -> None:
        with self._lock:
            self._sessions.clear()
