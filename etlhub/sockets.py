"""Who may hold a WebSocket open, how many, how fast it may speak, and until when: as long as its session or token lasts.

One round of a few queries a process looks after all of them, whatever their number.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from etlhub.access import Papel, papel_of

log = logging.getLogger(__name__)

NOT_LOGGED_IN, NOT_ALLOWED, TOO_FAST, TOO_MANY = 4001, 4003, 4008, 4013
"""Close codes. The server may send none below 3000: the last two stand for 1008 (policy violation) and 1013 (try later)."""
ROUND_SECONDS = 5.0
"""How often it is asked which sessions still stand."""
BURST, PER_SECOND = 60, 20
"""Frames that a client may send at once, and then each second."""
CHUNK = 500
"""Keys in one query."""


class Refused(Exception):
    """The connection is not let in; `code` closes it."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(eq=False)
class Place:
    """One open WebSocket."""

    close: Callable[[int], Awaitable[None]]
    user: int
    address: str
    session: str | None
    token: int | None
    credit: float = BURST
    spoke: float = field(default_factory=time.monotonic)

    def may_speak(self) -> bool:
        """Count one frame of the client; False when it sends too fast."""
        now = time.monotonic()
        self.credit = min(BURST, self.credit + (now - self.spoke) * PER_SECOND) - 1
        self.spoke = now
        return self.credit >= 0


class Places:
    """The open WebSockets of this process's event loop."""

    def __init__(self) -> None:
        self._open: set[Place] = set()
        self._count: Counter[tuple[str, object]] = Counter()
        self._task: asyncio.Task[None] | None = None

    async def enter(self, scope: Any, close: Callable[[int], Awaitable[None]]) -> Place:
        """Let the connection in or raise Refused; whoever enters must `leave`."""
        user = scope.get("user")
        if user is None or not user.is_authenticated or not user.is_active:
            raise Refused(NOT_LOGGED_IN)
        if await database_sync_to_async(papel_of)(user) < Papel.VISUALIZADOR:
            raise Refused(NOT_ALLOWED)
        token = getattr(user, "api_token_id", None)
        session = None if token else scope["session"].session_key
        address = str((scope.get("client") or [""])[0])
        limits = {("user", user.pk): settings.SOCKETS_PER_USER, ("address", address): settings.SOCKETS_PER_ADDRESS}
        if any(self._count[key] >= limit for key, limit in limits.items()):
            log.warning("too many websockets of user %s or address %s", user.pk, address)
            raise Refused(TOO_MANY)
        place = Place(close, user.pk, address, session, token)
        self._open.add(place)
        self._count.update(limits.keys())
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look_after())
        return place

    def leave(self, place: Place) -> None:
        if place in self._open:
            self._open.remove(place)
            for key in (("user", place.user), ("address", place.address)):
                self._count[key] -= 1
                if not self._count[key]:
                    del self._count[key]

    async def _look_after(self) -> None:
        """Close what has lost its right, until no WebSocket is open."""
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            if not self._open:
                return
            try:
                ended = await _ended(list(self._open))
            except Exception as error:  # the database is away: the next round asks again
                log.warning("sessions of websockets not checked: %s", type(error).__name__)
                continue
            for place, code in ended:
                self.leave(place)
                try:
                    await asyncio.wait_for(place.close(code), timeout=5)
                except Exception as error:  # it went away by itself
                    log.info("websocket was gone: %s", type(error).__name__)


@database_sync_to_async
def _ended(places: list[Place]) -> list[tuple[Place, int]]:
    """Those whose session, token or role is gone, with the code to close them."""
    from django.contrib.auth.models import User

    from etlhub.models import ApiToken, WebSession

    now = timezone.now()
    sessions = _found(WebSession.objects.filter(expire_date__gt=now), "session_key", {p.session for p in places})
    tokens = _found(ApiToken.objects.filter(expira_em__gt=now, revogado_em=None), "pk", {p.token for p in places})
    users: dict[int, Papel] = {}
    ids = list({place.user for place in places})
    for start in range(0, len(ids), CHUNK):
        for user in User.objects.filter(pk__in=ids[start : start + CHUNK], is_active=True).prefetch_related("groups"):
            users[user.pk] = papel_of(user)
    ended = []
    for place in places:
        stands = place.token in tokens if place.token else place.session in sessions
        if not stands or place.user not in users:
            ended.append((place, NOT_LOGGED_IN))
        elif users[place.user] < Papel.VISUALIZADOR:
            ended.append((place, NOT_ALLOWED))
    return ended


def _found(query: Any, name: str, keys: set[Any]) -> set[Any]:
    """Which of `keys` are in `query`."""
    wanted = [key for key in keys if key is not None]
    found: set[Any] = set()
    for start in range(0, len(wanted), CHUNK):
        found.update(query.filter(**{f"{name}__in": wanted[start : start + CHUNK]}).values_list(name, flat=True))
    return found


_places: dict[asyncio.AbstractEventLoop, Places] = {}


def places() -> Places:
    """Those of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _places:
        for old in [each for each in _places if each.is_closed()]:
            del _places[old]
        _places[loop] = Places()
    return _places[loop]
