"""Which portals there are."""

from __future__ import annotations

from ..world import World
from .amplis import AmplisMaster, AmplisReag
from .base import Portal
from .britech import Britech
from .fidc import Fidc
from .maps import Maps
from .qore import Qore

KINDS: tuple[type[Portal], ...] = (AmplisReag, AmplisMaster, Fidc, Maps, Qore, Britech)


def make_portals(world: World) -> dict[str, Portal]:
    """Portals by sistema id."""
    return {kind.sistema: kind(world) for kind in KINDS}
