"""A portal whose certificate nobody vouches for is not talked to, and the reason is said."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from .bancada import Bancada


def escrever_certificado(pasta: Path) -> Path:
    """A certificate of our own for 127.0.0.1, with its key."""
    chave = ec.generate_private_key(ec.SECP256R1())
    nome = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    agora = dt.datetime.now(dt.UTC)
    certificado = (
        x509.CertificateBuilder()
        .subject_name(nome)
        .issuer_name(nome)
        .public_key(chave.public_key())
        .serial_number(1)
        .not_valid_before(agora - dt.timedelta(days=1))
        .not_valid_after(agora + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(chave, hashes.SHA256())
    )
    arquivo = pasta / "portal.pem"
    privada = chave.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    arquivo.write_bytes(privada + certificado.public_bytes(serialization.Encoding.PEM))
    return arquivo


@pytest.fixture
def portal_https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    contexto = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexto.load_cert_chain(escrever_certificado(tmp_path_factory.mktemp("tls")))
    servidor = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    servidor.socket = contexto.wrap_socket(servidor.socket, server_side=True, do_handshake_on_connect=False)
    servidor.handle_error = lambda *_: None  # type: ignore[method-assign]
    fio = threading.Thread(target=servidor.serve_forever, args=(0.05,), daemon=True)
    fio.start()
    yield f"https://127.0.0.1:{servidor.server_port}/"
    servidor.shutdown()
    servidor.server_close()
    fio.join(5)


def test_it_is_told_apart_from_a_portal_that_is_down(bancada: Bancada, portal_https: str) -> None:
    saida = bancada.rodar("fidc", acesso={"url": portal_https})

    assert saida.codigo == 1
    assert saida.resultado["codigo"] == "certificado"
    assert "certificado de segurança do portal não é confiável" in saida.resultado["motivo"]
    assert "Nova tentativa" not in saida.texto
