"""The certificate and key by which a domain of ours proves itself to partners (XEP-0178)."""

import re
import shlex
import ssl
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from xmpp_federation_dns import names
from xmpp_federation_dns.problems import described, printable
from xmpp_federation_dns.proof.xmpp import certificate, certificate_checks
from xmpp_federation_dns.proof.xmpp.certificate import Certificate

MAX_SIZE = 1024 * 1024
"""Octets of a file with certificates or a key."""

_CERTIFICATES = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_KEY = re.compile(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)
_ENCRYPTED = re.compile(rb"BEGIN ENCRYPTED |Proc-Type: *4, *ENCRYPTED")


class UnusableError(Exception):
    """A certificate or a key that cannot be shown to anybody: which file, why, and the way out, in one line."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What is shown for *domain*, as A-labels: the first certificate of the file *chain*, which *key* fits."""

    domain: str
    chain: Path
    key: Path
    certificate: Certificate

    def outdated(self) -> str:
        """Return why servers will refuse it at this time, of "it"; empty where its dates are no reason."""
        now = datetime.now(UTC)
        if self.certificate.ends <= now:
            return f"it expired on {self.certificate.ends:%Y-%m-%d}"
        if self.certificate.begins > now:
            return f"it is not valid before {self.certificate.begins:%Y-%m-%d}"
        return ""

    def put_into(self, context: ssl.SSLContext) -> None:
        """Have *context* show it; raise :class:`UnusableError` where TLS cannot, or the files have gone."""
        try:
            # A password, or OpenSSL would ask for one where there is a terminal.
            context.load_cert_chain(self.chain, self.key, password="")
        except ssl.SSLError as error:
            reason = (error.reason or "not accepted").replace("_", " ").lower()
            raise UnusableError(f"{_name(self.chain)}: TLS cannot use it: {reason}") from None
        except OSError as error:
            text = f"{_name(self.chain)}, {_name(self.key)}: one can no longer be read: {error.strerror}"
            raise UnusableError(text) from None


def load(chain: Path, key: Path, domain: str | None = None, among: Sequence[str] = ()) -> ClientCertificate:
    """Return the certificate of *domain*, as A-labels; by default of one *among* ours, or of the one that it names.

    Both files are in PEM form and may be one. Nobody is asked. Raises :class:`UnusableError`, which never shows what
    is in a key.
    """
    leaf = _leaf(chain)
    try:
        found = certificate.read(leaf.public_bytes(Encoding.DER))
    except ValueError as error:
        raise UnusableError(
            f"{_name(chain)}: the certificate cannot be read: {described(str(error))}"
        ) from None
    _check_key(chain, leaf, key)
    client = ClientCertificate(_domain(chain, found, domain, among), chain, key, found)
    client.put_into(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    return client


def _leaf(chain: Path) -> x509.Certificate:
    content = _content(chain)
    found = _CERTIFICATES.search(content)
    if not found:
        raise UnusableError(f"{_name(chain)}: no certificate in PEM form in it{_converted(chain, content)}")
    try:
        return x509.load_pem_x509_certificate(found[0])
    except ValueError:
        raise UnusableError(f"{_name(chain)}: its first certificate is damaged") from None


def _converted(chain: Path, content: bytes) -> str:
    """Return the way out where a file has a certificate in another form than PEM, as Windows exports them."""
    file = shlex.quote(str(chain))
    if content.startswith(b"-----BEGIN PKCS7"):
        command = f"openssl pkcs7 -print_certs -in {file} -out our.pem"
    elif not content.startswith(b"\x30"):  # a sequence (X.690), in which DER and PKCS #12 begin
        return ""
    else:
        try:
            x509.load_der_x509_certificate(content)
            command = f"openssl x509 -inform der -in {file} -out our.pem"
        except ValueError:
            command = f"openssl pkcs12 -in {file} -nodes -out our.pem"
    return f"; convert it: `{printable(command)}`"


def _check_key(chain: Path, leaf: x509.Certificate, key: Path) -> None:
    found = _KEY.search(_content(key))
    if not found:
        more = "; --key names the file that has it" if key == chain else ""
        raise UnusableError(f"{_name(key)}: no key in PEM form in it{more}")
    if _ENCRYPTED.search(found[0]):
        command = f"openssl pkey -in {shlex.quote(str(key))} -out decrypted.key"
        raise UnusableError(f"{_name(key)}: the key is encrypted; decrypt it: `{printable(command)}`")
    try:
        fits = load_pem_private_key(found[0], None).public_key() == leaf.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):  # their texts may quote the key
        raise UnusableError(f"{_name(key)}: the key is damaged, or of a kind that is not known") from None
    if not fits:
        text = f"the key does not fit the first certificate of {_name(chain)}"
        raise UnusableError(f"{_name(key)}: {text}, which has to be that of the domain")


def _domain(chain: Path, found: Certificate, domain: str | None, among: Sequence[str]) -> str:
    """Return the domain that the certificate is shown for, which it has to cover."""
    if among:
        if covered := [each for each in among if found.covers(each)]:
            return covered[0]
        named = certificate_checks.listed(found.names)
        raise UnusableError(f"{_name(chain)}: the certificate is for {named} and for none of our SIP domains")
    if domain is not None:
        if found.covers(domain):
            return domain
        named = certificate_checks.listed(found.names)
        raise UnusableError(f"{_name(chain)}: the certificate is for {named} and not for {domain}")
    own: list[str] = []
    for name in found.names:
        try:
            own.append(names.full_name(name))
        except ValueError:  # a wildcard, or nothing sensible
            continue
    if len(own) != 1:
        named = certificate_checks.listed(found.names)
        raise UnusableError(f"{_name(chain)}: the certificate is for {named}; name your domain with --from")
    return own[0]


def _content(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # it is read twice, the second time by OpenSSL
            raise UnusableError(f"{_name(path)}: no regular file")
        with path.open("rb") as file:
            content = file.read(MAX_SIZE + 1)
    except OSError as error:
        raise UnusableError(f"{_name(path)}: {error.strerror}") from None
    if len(content) > MAX_SIZE:
        raise UnusableError(f"{_name(path)}: more than {MAX_SIZE} octets")
    return content


def _name(path: Path) -> str:
    return printable(str(path))
