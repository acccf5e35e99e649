"""A certificate for servers on loopback, signed by itself: who trusts it trusts no one else."""

import ipaddress
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import NameOID

CERTIFICATE = "certificate.pem"
KEY = "key.pem"


def make_certificate(directory: Path, key: CertificateIssuerPrivateKeyTypes | None = None) -> Path:
    """Write a key and its certificate below *directory*; return the path of the certificate."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    addresses = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (directory / KEY).write_bytes(private)
    (directory / CERTIFICATE).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return directory / CERTIFICATE


def server_context(directory: Path) -> ssl.SSLContext:
    """Return what a server needs to serve with the certificate below *directory*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / CERTIFICATE, directory / KEY)
    return context


@contextmanager
def distrusted(directory: Path) -> Generator[tuple[str, list[str]]]:
    """Serve with a certificate that nobody trusts; yield the address, and what came of each connection."""
    make_certificate(directory)
    context, connections = server_context(directory), list[str]()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            # Until the socket is shut down.
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    try:
                        context.wrap_socket(connection, server_side=True)
                    except ssl.SSLError as error:
                        connections.append(error.reason or "")

        thread = Thread(target=serve)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}", connections
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
