"""The real portals: do they answer, and is their certificate good. Asked for by `--portais` only, for it leaves the house."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from credentials import demo
from credentials.models import Credential
from etlhub.operations.findings import Finding, good, problem, warning
from sistemas.espera import all_in_time

CONNECT_SECONDS = 8.0
SOON_DAYS = 21
NETWORK = "Confira a rede, o DNS e o firewall desta máquina; se só este falha, o portal está fora."


def portals() -> Iterator[Finding]:
    """Every address in the vault but the demonstration's, all at once."""
    rows = Credential.objects.exclude(url="").select_related("sistema")
    wanted = [(row.sistema_id, row.sistema.nome, row.url) for row in rows if not row.url.startswith(demo.SCHEME)]
    works = [partial(look, sistema_id, nome, demo.resolve(url)) for sistema_id, nome, url in wanted]
    for (sistema_id, nome, _url), found in zip(wanted, all_in_time(works, CONNECT_SECONDS * 2), strict=True):
        if isinstance(found, TimeoutError):
            found = problem(f"Portal {nome}", "Não respondeu a tempo.", NETWORK, sistema_id)
        yield found


def look(sistema_id: str, nome: str, url: str) -> Finding:
    """Connect to the portal, with TLS where its address says so."""
    name, host = f"Portal {nome}", url
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as plain:
            if parts.scheme != "https":
                text = f"{host} responde, mas sem criptografia: a senha passa aberta pela rede."
                return warning(name, text, "Use o endereço https do portal.", sistema_id)
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
                return _expiry(sistema_id, name, host, secure.getpeercert() or {})
    except ssl.SSLCertVerificationError as error:
        text = f"O certificado de {host} não é aceito ({error.verify_message})."
        what = "Se a rede troca certificados, aponte SSL_CERT_FILE para os da empresa; senão, avise o portal."
        return problem(name, text, what, sistema_id)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        return problem(name, f"Não consigo falar com {host} ({reason}).", NETWORK, sistema_id)


def _expiry(sistema_id: str, name: str, host: str, certificate: object) -> Finding:
    until = certificate.get("notAfter") if isinstance(certificate, dict) else None
    days = (ssl.cert_time_to_seconds(str(until)) - time.time()) / 86400 if until else 0.0
    if days < SOON_DAYS:
        text = f"O certificado de {host} vence em {days:.0f} dias."
        return warning(name, text, "Avise o administrador do portal.", sistema_id)
    return good(name, f"{host} responde; certificado válido por {days:.0f} dias")
