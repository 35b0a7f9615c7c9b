"""Fixed facts of the demonstration: who may log in, limits, and the sistemas that are imitated.

Nothing here is a secret of anyone: these values only open the invented portals of this package.
"""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Final

DEMO_USER: Final = "demo"
DEMO_PASSWORD: Final = "demo-2026"  # noqa: S105 - opens the invented portals only
DEMO_TOTP_SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - base32, the demonstration's own

BRASILIA: Final = timezone(timedelta(hours=-3), "BRT")

MAX_BODY_BYTES: Final = 1_000_000
MAX_SESSIONS: Final = 500
SESSION_IDLE_SECONDS: Final = 1800
SOCKET_TIMEOUT_SECONDS: Final = 30
MAX_REMEMBERED_REQUESTS: Final = 5000
MAX_ROWS: Final = 1_000_000

PORTAL_NAMES: Final[dict[str, str]] = {
    "amplis_reag": "AMPLIS (REAG)",
    "amplis_master": "AMPLIS (Master)",
    "maps": "MAPS",
    "fidc": "FIDC",
    "jcot": "JCOT",
    "britech": "BRITECH",
    "qore": "QORE",
    "trustee": "TRUSTEE",
    "cvm": "CVM dados abertos",
}
