"""The settings of the login by OIDC, read and checked."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.views.decorators.debug import sensitive_variables

from credentials.redaction import remember
from etlhub.access import Papel
from etlhub.errors import HubError

LOGIN_PATH = "/entrar/oidc/"
SECRET_FILE = "oidc_client_secret"  # noqa: S105  (a file's name)
MAX_SECRET_BYTES = 4096
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Misconfigured(HubError):
    """A setting is wrong; the sentence names it."""

    status = 503


@dataclass(frozen=True)
class Config:
    """One provider. `papeis` maps values of the claim to roles."""

    issuer: str
    client_id: str
    nome: str
    claim: str
    username_claim: str
    escopos: str
    papeis: dict[str, Papel] = field(default_factory=dict)
    login_path: str = LOGIN_PATH

    @sensitive_variables()
    def secret(self) -> str:
        """The client's secret: the variable, the file it names, or our own file; empty for a public client."""
        if given := os.environ.get("ETLHUB_OIDC_CLIENT_SECRET", "").strip():
            remember([given])
            return given
        path = secret_file()
        try:
            with path.open("rb") as file:
                text = file.read(MAX_SECRET_BYTES).decode("utf-8-sig").strip()
        except FileNotFoundError:
            if settings.OIDC_CLIENT_SECRET_FILE:
                raise Misconfigured(f"O arquivo de ETLHUB_OIDC_CLIENT_SECRET_FILE não existe: {path}") from None
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"O segredo do OIDC não pôde ser lido: {path} ({type(error).__name__}).") from None
        remember([text])
        return text


def secret_file() -> Path:
    """The file that the setting names, systemd's credential `etlhub_oidc_client_secret`, or our own."""
    named: str = settings.OIDC_CLIENT_SECRET_FILE
    if named:
        return Path(named).expanduser()
    credential = Path(os.environ.get("CREDENTIALS_DIRECTORY") or os.devnull) / f"etlhub_{SECRET_FILE}"
    return credential if credential.is_file() else Path(settings.DATA_DIR) / "chaves" / SECRET_FILE


def enabled() -> bool:
    return bool(settings.OIDC_ISSUER)


def config() -> Config:
    """Misconfigured when a setting is wrong or missing. Ask `enabled` first."""
    if not settings.OIDC_CLIENT_ID:
        raise Misconfigured("Falta ETLHUB_OIDC_CLIENT_ID.")
    check_url(settings.OIDC_ISSUER, "ETLHUB_OIDC_ISSUER")
    return Config(
        issuer=settings.OIDC_ISSUER,
        client_id=settings.OIDC_CLIENT_ID,
        nome=name(),
        claim=settings.OIDC_CLAIM,
        username_claim=settings.OIDC_CLAIM_USUARIO,
        escopos=settings.OIDC_ESCOPOS,
        papeis=_papeis(settings.OIDC_PAPEIS),
    )


def name() -> str:
    """As on the button: “Entrar com …”."""
    return str(settings.OIDC_NOME)


def password_login(*, superuser: bool = False) -> bool:
    """Whether one may come in by password. Superusers always may: the way in when the provider is gone for good."""
    return settings.LOGIN_LOCAL or superuser or not enabled()


def check_url(url: str, what: str) -> None:
    """Misconfigured unless it is https; plain http only on this machine itself."""
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in ("https", "http"):
        raise Misconfigured(f"{what} não é um endereço https: {url[:200]}")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Misconfigured(f"{what} precisa ser https: {url[:200]}")


def _papeis(text: str) -> dict[str, Papel]:
    """`grupo=papel`, separated by `;`: names of groups may hold commas and equals signs."""
    roles = {papel.name.lower(): papel for papel in list(Papel)[1:]}
    found: dict[str, Papel] = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        value, _, role = (piece.strip() for piece in part.rpartition("="))
        if not value or role not in roles:
            raise Misconfigured(
                f"ETLHUB_OIDC_PAPEIS: “{part[:100]}” não é da forma valor=papel (visualizador, operador, administrador)."
            )
        found[value] = roles[role]
    if not found:
        raise Misconfigured("Falta ETLHUB_OIDC_PAPEIS: sem ele ninguém tem papel.")
    return found
