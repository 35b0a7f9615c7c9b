"""Which place in the credentials document belongs to which sistema, and the names of its fields. Pure.

The form is the predecessor's `config/credentials.json`: a section a sistema, but AMPLIS' two logins share one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

DOCUMENT_VERSION = "2.0"
OPEN_FIELDS = ("url", "username")
SECRET_FIELDS = ("password", "senha", "secret", "token", "api_key", "totp")
ALWAYS_SHOWN = ("password",)
FUND_FIELDS = ("fundos", "fundos_selecionados", "usar_todos")
WITH_FUNDS = frozenset({"maps", "fidc", "qore"})
WITHOUT_FUNDS = frozenset({"amplis_reag", "amplis_master", "jcot", "britech", "cvm"})
"""What they give is of all funds. Any other (TRUSTEE, a tenth) has its fund fields once a choice is made."""
WITH_TOTP = frozenset({"maps"})
WITHOUT_LOGIN = frozenset({"cvm"})
"""Public sources: an address is enough."""

GROUPS: dict[str, dict[str, str]] = {"amplis": {"reag": "amplis_reag", "master": "amplis_master"}}
_IN_GROUP = {sistema: (group, name) for group, members in GROUPS.items() for name, sistema in members.items()}


def place_of(sistema_id: str) -> tuple[str, ...]:
    """The path of a sistema's section: `("amplis", "reag")`, `("maps",)`."""
    return _IN_GROUP.get(sistema_id, (sistema_id,))


def put(document: dict[str, Any], sistema_id: str, section: dict[str, Any]) -> None:
    """Set a sistema's section in `document`."""
    *parents, name = place_of(sistema_id)
    for parent in parents:
        document = document.setdefault(parent, {})
    document[name] = section


def sections_in(document: dict[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """`{sistema_id: section}` for each known sistema that `document` has a section of."""
    found: dict[str, Any] = {}
    for sistema_id in known:
        node: Any = document
        for part in place_of(sistema_id):
            node = node.get(part) if isinstance(node, dict) else None
        if node is not None:
            found[sistema_id] = node
    return found
