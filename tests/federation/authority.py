"""A certificate authority of one test run, which all servers in it trust, and nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS = 90
"""That a certificate is valid for."""


@dataclass(frozen=True)
class Certificate:
    """Files in PEM form: the certificate, its key, and both in one."""

    chain: Path
    key: Path
    both: Path


@dataclass(frozen=True)
class Authority:
    """The authority: its key, its certificate, and the directory it writes to."""

    directory: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def below(cls, directory: Path) -> Self:
        """Make an authority; its certificate becomes the file `ca.crt`."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("Authority of a test run")
        certificate = (
            _builder(key)
            .subject_name(name)
            .issuer_name(name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        authority = cls(directory, key, certificate)
        authority.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return authority

    @property
    def file(self) -> Path:
        """The certificate of the authority."""
        return self.directory / "ca.crt"

    def issue(self, names: Sequence[str], days: int = DAYS) -> Certificate:
        """Return a certificate for *names* and so many *days*, for both ends of a connection between servers."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        certificate = (
            _builder(key, days)
            .subject_name(_name("A server of a test run"))
            .issuer_name(self.certificate.subject)
            .add_extension(alternatives, critical=False)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        stem = self.directory / f"{'+'.join(names).replace('*', 'any')}-{days}"
        files = Certificate(*(Path(f"{stem}.{end}") for end in ("crt", "key", "pem")))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = certificate.public_bytes(serialization.Encoding.PEM)
        files.key.write_bytes(private)
        files.chain.write_bytes(public)
        files.both.write_bytes(public + private)
        return files


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(key: ec.EllipticCurvePrivateKey, days: int = DAYS) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
    )
