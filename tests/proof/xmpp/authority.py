"""A throw-away certification authority, and what it and others would issue to XMPP servers."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from xmpp_federation_dns.proof.xmpp.client_certificate import ClientCertificate, load

NOW = datetime.now(UTC).replace(microsecond=0)
SRV_NAME = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.7")
XMPP_ADDRESS = x509.ObjectIdentifier("1.3.6.1.5.5.7.8.5")


@dataclass(frozen=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def private(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


def issue(
    name: str,
    *sans: str | x509.GeneralName,
    by: Issued | None = None,
    ends: datetime = NOW + timedelta(days=90),
    begins: datetime = NOW - timedelta(days=100),
    ca: bool = False,
    more: x509.ExtensionType | None = None,
    organisation: str = "",
) -> Issued:
    """Issue a certificate to *name*; without an issuer it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = {NameOID.COMMON_NAME: name, NameOID.ORGANIZATION_NAME: organisation}
    subject = x509.Name([x509.NameAttribute(oid, text) for oid, text in named.items() if text])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if sans:
        entries = [x509.DNSName(san) if isinstance(san, str) else san for san in sans]
        builder = builder.add_extension(x509.SubjectAlternativeName(entries), critical=False)
    if more:
        builder = builder.add_extension(more, critical=False)
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key)


class Authority:
    """An authority with its root at *roots*, and a place for what servers need."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._count = directory, 0
        self.root = issue("Stand-in root", ca=True)
        self.roots = directory / "roots.pem"
        self.roots.write_bytes(self.root.pem)

    def context(self, leaf: Issued, *chain: Issued) -> ssl.SSLContext:
        """Return what a server needs to show *leaf* and *chain*."""
        path = self.file(leaf, *chain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def file(self, leaf: Issued, *chain: Issued) -> Path:
        """Return a file with the key of *leaf*, its certificate and *chain*."""
        self._count += 1
        path = self._directory / f"{self._count}.pem"
        path.write_bytes(leaf.private + leaf.pem + b"".join(issued.pem for issued in chain))
        return path

    def client(self, domain: str = "fabrikam.com", **more: Any) -> ClientCertificate:
        """Return what *domain* authenticates with, by a certificate of this authority."""
        path = self.file(issue("client", domain, by=self.root, **more))
        return load(path, path)

    def server(
        self, *sans: str | x509.GeneralName, ends: datetime = NOW + timedelta(days=90)
    ) -> ssl.SSLContext:
        """Return what a server needs to show a certificate of this authority with *sans*."""
        return self.context(issue("server", *sans, by=self.root, ends=ends))
