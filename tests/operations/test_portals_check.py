"""The check of the portals tells an untrusted certificate, one that ends soon, a portal without TLS, from a good one."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from etlhub.operations.checks import portals
from etlhub.operations.findings import Nivel


def certificate(folder: Path, days: int) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that ends in `days` days, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(key.private_bytes(*form))
    return folder / "cert.pem", folder / "key.pem"


@contextlib.contextmanager
def server(context: ssl.SSLContext | None) -> Iterator[int]:
    """A port that takes one connection, with TLS or without."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)

        def serve() -> None:
            with contextlib.suppress(OSError), listener.accept()[0] as plain:
                if context is None:
                    plain.recv(1)
                else:
                    with context.wrap_socket(plain, server_side=True) as secure:
                        secure.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(20)


def tls(folder: Path, days: int) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(folder, days))
    return context


def test_a_certificate_that_nobody_vouches_for_is_an_error(tmp_path: Path) -> None:
    with server(tls(tmp_path, 300)) as port:
        found = portals.look("maps", "MAPS", f"https://127.0.0.1:{port}/pegasus")
    assert found.nivel is Nivel.ERRO
    assert "não é aceito" in found.mensagem
    assert "SSL_CERT_FILE" in found.acao


@pytest.mark.parametrize(
    ("days", "nivel", "said"), [(300, Nivel.OK, "válido por 300 dias"), (5, Nivel.AVISO, "vence em 5 dias")]
)
def test_a_trusted_one_is_good_until_it_ends_soon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, nivel: Nivel, said: str
) -> None:
    context = tls(tmp_path, days)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with server(context) as port:
        found = portals.look("maps", "MAPS", f"https://127.0.0.1:{port}")
    assert (found.nivel, said in found.mensagem) == (nivel, True), found


def test_a_portal_without_encryption_is_a_warning() -> None:
    with server(None) as port:
        found = portals.look("jcot", "JCOT", f"http://127.0.0.1:{port}/jcot")
    assert found.nivel is Nivel.AVISO
    assert "sem criptografia" in found.mensagem


@pytest.mark.parametrize("url", ["https://[::1", "https://nao-existe.invalid", "https://127.0.0.1:999999", "https://"])
def test_an_address_that_leads_nowhere_is_told(url: str) -> None:
    assert portals.look("jcot", "JCOT", url).nivel is Nivel.ERRO
