"""Whom a certificate is for is asked by name, though the connection is to an address."""

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from groundswell.egress.client import Client
from groundswell.egress.failures import Unreachable
from groundswell.egress.reaching import Reaching
from groundswell.terms.exchange import Request
from tests.support.loopback import Asked, Loopback, whole

_HERE = [ip_network("127.0.0.1/32")]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for good.example, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "good.example")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("good.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture
def ask(socket_enabled: None, certificate: Path) -> Callable[[str], int]:
    """The status of an answer of that name, which is ours."""

    def answer(asked: Asked, connection: socket.socket) -> None:
        connection.sendall(whole())

    def resolver(host: str, port: int, *_: int) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    def asking(host: str) -> int:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate)
        reaching = Reaching(_HERE, resolver=resolver)
        with Loopback(answer, tls) as server, Client(reaching) as client:
            return client.fetch(Request(f"https://{host}:{server.port}/")).status

    return asking


def test_a_server_with_a_certificate_of_its_name_is_asked(
    ask: Callable[[str], int], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert ask("good.example") == 200
    with pytest.raises(Unreachable, match="no safe connection to 'other"):
        ask("other.example")


def test_a_server_whose_certificate_nobody_signed_is_not_asked(ask: Callable[[str], int]) -> None:
    with pytest.raises(Unreachable, match="no safe connection to 'good"):
        ask("good.example")
