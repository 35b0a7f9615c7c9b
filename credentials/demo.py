"""The login of the demo portal: it opens invented portals only. Repeated here, for the hub imports no etl_scripts."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from credentials import store
from credentials.models import AuditEntry, Credential
from credentials.sections import WITH_TOTP
from etlhub.errors import HubError

SCHEME = "demo://"
USERNAME = "demo"
PASSWORD = "demo-2026"  # noqa: S105
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def resolve(url: str) -> str:
    """The address of the running demo portal for `demo://<sistema>`; any other as it is, `https` by default."""
    if not url.startswith(SCHEME):
        return url if "://" in url or not url else f"https://{url}"
    if not settings.DEMO_URL and settings.ETL_COMMAND:
        return url  # the users' own command may not look at it at all
    if not settings.DEMO_URL:
        raise HubError("O portal de demonstração não está ligado. Inicie o ETL Hub com o portal de demonstração.")
    return f"{settings.DEMO_URL.rstrip('/')}/{url.removeprefix(SCHEME).strip('/')}/"


def seed(sistema_ids: Iterable[str]) -> list[str]:
    """Point the sistemas that have no address yet at the demo portal; returns which ones."""
    seeded = []
    for sistema_id in sistema_ids:
        if Credential.objects.filter(sistema_id=sistema_id).exclude(url="").exists():
            continue
        change = store.Change(url=f"{SCHEME}{sistema_id}", username=USERNAME, secrets={"password": PASSWORD})
        if sistema_id in WITH_TOTP:
            change.secrets["totp"] = TOTP
        store.apply(sistema_id, change, quem="demonstração", acao=AuditEntry.Acao.ALTERACAO)
        seeded.append(sistema_id)
    return seeded
