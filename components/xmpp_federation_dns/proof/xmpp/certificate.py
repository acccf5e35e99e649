"""What the certificate of an XMPP server says (RFC 6120 §13.7.1.2, RFC 9525)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from xmpp_federation_dns import names

# SRVName (RFC 4985) and XmppAddr (RFC 6120 §13.7.1.4)
_SRV_NAME = "1.3.6.1.5.5.7.8.7"
_XMPP_ADDRESS = "1.3.6.1.5.5.7.8.5"
_SERVICE = "_xmpp-server."
MOST_ISSUERS = 10
"""CA certificates of a chain that are looked at; a server may send thousands."""
SERVER, CLIENT, ANY = "serverAuth", "clientAuth", "any usage"
"""Extended key usages, as people know them (RFC 5280 §4.2.1.12)."""
_USAGES: dict[x509.ObjectIdentifier, str] = {
    ExtendedKeyUsageOID.SERVER_AUTH: SERVER,
    ExtendedKeyUsageOID.CLIENT_AUTH: CLIENT,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: ANY,
}
_UNREADABLE = (
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    UnsupportedAlgorithm,
    TypeError,
    ValueError,
)
"""What cryptography raises where a certificate has what none may have, wherever it is looked at (50.0)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate's subject alternative names that can name an XMPP server, its dates, issuer and usages.

    Names are A-labels in lower case, with a wildcard where there is one; a common name names nothing.
    """

    names: tuple[str, ...]
    begins: datetime
    ends: datetime
    issuer: str
    authority: str
    """The organisation of the issuer: one has several certificates of its own to issue with."""
    usages: tuple[str, ...] | None
    """Its extended key usages; nothing where it has none and is good for all."""

    def is_for(self, usage: str) -> bool:
        """Tell whether it is good for *usage*."""
        return self.usages is None or usage in self.usages or ANY in self.usages

    def covers(self, domain: str) -> bool:
        """Tell whether *domain*, as A-labels, is named: exactly, or by `*` for its left-most label."""
        _, dot, parent = domain.partition(".")
        return domain in self.names or (bool(dot) and f"*.{parent}" in self.names)


def read(der: bytes) -> Certificate:
    """Return what *der* says; raise ``ValueError`` where it is no certificate by RFC 5280."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        return Certificate(
            tuple(dict.fromkeys(_names(certificate))),
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
            certificate.issuer.rfc4514_string(),
            _authority(certificate.issuer),
            _usages(certificate),
        )
    except _UNREADABLE as error:
        raise ValueError(str(error)) from None


@lru_cache(64)
def public_key(der: bytes) -> bytes:
    """Return the public key of a certificate as SubjectPublicKeyInfo (RFC 5280 §4.1); nothing where it is unknown."""
    try:
        key = x509.load_der_x509_certificate(der).public_key()
        return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    except _UNREADABLE:
        return b""


def leads_to(der: bytes, others: Sequence[bytes], anchor: bytes) -> bool:
    """Tell whether the certificate *der* was issued by *anchor*, or by CAs among *others* that lead there.

    All of them but *der*, which is looked at elsewhere, have to be certificates of CAs, and valid today (RFC 5280 §6).
    """
    try:
        current = x509.load_der_x509_certificate(der)
        cas = [x509.load_der_x509_certificate(each) for each in dict.fromkeys([anchor, *others])][
            :MOST_ISSUERS
        ]
        for _ in cas:
            issuer = next((each for each in cas if _issued(current, each)), None)
            if issuer is None or issuer == cas[0]:
                return issuer is not None
            current = issuer
    except _UNREADABLE:
        pass
    return False


def _issued(found: x509.Certificate, by: x509.Certificate) -> bool:
    now = datetime.now(UTC)
    try:
        found.verify_directly_issued_by(by)
        constraints = by.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (*_UNREADABLE, InvalidSignature, x509.ExtensionNotFound):
        return False
    return constraints.ca and by.not_valid_before_utc <= now <= by.not_valid_after_utc


def _authority(issuer: x509.Name) -> str:
    found = issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else issuer.rfc4514_string()


def _usages(certificate: x509.Certificate) -> tuple[str, ...] | None:
    try:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return None
    return tuple(_USAGES.get(usage) or usage.dotted_string for usage in found)


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        entries = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    found = [name.lower() for name in entries.get_values_for_type(x509.DNSName)]
    for entry in entries.get_values_for_type(x509.OtherName):
        text = _text(entry.value)
        if entry.type_id.dotted_string == _XMPP_ADDRESS:
            found += _host(text)
        elif entry.type_id.dotted_string == _SRV_NAME and text.lower().startswith(_SERVICE):
            found.append(text.lower().removeprefix(_SERVICE))
    return found


def _host(text: str) -> list[str]:
    try:
        return [names.host_name(text)]
    except ValueError:  # the address of a person, or nothing sensible
        return []


def _text(der: bytes) -> str:
    """Return the content of a DER string of either type that names are in."""
    head = 2 if len(der) < 2 or der[1] < 128 else 2 + (der[1] & 127)
    return der[head:].decode(errors="replace")
