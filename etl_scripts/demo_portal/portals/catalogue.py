"""Which portals there are."""

from __future__ import annotations

from ..world import World
from .amplis import AmplisMaster, AmplisReag
from .base import Portal
from .britech import Britech
from .cvm import Cvm
from .fidc import Fidc
from .jcot import Jcot
from .maps import Maps
from .qore import Qore
from .trustee import Trustee

KINDS: tuple[type[Portal], ...] = (AmplisReag, AmplisMaster, Maps, Fidc, Jcot, Britech, Qore, Trustee, Cvm)


def make_portals(world: World) -> dict[str, Portal]:
    """Portals by sistema id."""
    return {kind.sistema: kind(world) for kind in KINDS}
