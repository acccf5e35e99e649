"""What a certificate and a key have to be to be shown to partners, and what is said of others."""

import asyncio
import os
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from tests.proof.xmpp.authority import NOW, SRV_NAME, XMPP_ADDRESS, Issued, issue
from tests.proof.xmpp.proof import proven

from xmpp_federation_dns.proof.xmpp.client_certificate import MAX_SIZE, UnusableError, load
from xmpp_federation_dns.published import UnreadableError


def written(directory: Path, leaf: Issued, **texts: bytes) -> tuple[Path, Path]:
    """Return the files of a certificate and its key, or with other *texts* in them."""
    chain, key = directory / "chain.pem", directory / "key.pem"
    chain.write_bytes(texts.get("chain", leaf.pem))
    key.write_bytes(texts.get("key", leaf.private))
    return chain, key


def refusal(chain: Path, key: Path, domain: str | None = None) -> str:
    """Return why a certificate cannot be used, without the directory of its files."""
    with pytest.raises(UnusableError) as caught:
        load(chain, key, domain)
    return str(caught.value).replace(f"{chain.parent}{os.sep}", "")


def text_of(oid: x509.ObjectIdentifier, text: str) -> x509.OtherName:
    return x509.OtherName(oid, bytes([22, len(text)]) + text.encode())


@pytest.mark.parametrize(
    "names",
    [
        ["fabrikam.com"],
        ["fabrikam.com", "*.fabrikam.com"],
        [text_of(XMPP_ADDRESS, "fabrikam.com")],
        [text_of(SRV_NAME, "_xmpp-server.fabrikam.com"), "fabrikam.com"],
    ],
)
def test_the_one_domain_of_a_certificate_is_the_one_that_asks(tmp_path: Path, names: list[Any]):
    client = load(*written(tmp_path, issue("any", *names)))
    assert (client.domain, client.certificate.names, client.outdated()) == (
        "fabrikam.com",
        client.certificate.names,
        "",
    )


def test_certificate_and_key_may_be_in_one_file_in_any_order(tmp_path: Path):
    leaf, other = issue("any", "fabrikam.com"), issue("any", "contoso.com")
    chain, _ = written(tmp_path, leaf, chain=leaf.private + leaf.pem + other.pem)
    assert load(chain, chain).domain == "fabrikam.com"
    chain.write_bytes(leaf.pem + other.pem + leaf.private)
    assert load(chain, chain).domain == "fabrikam.com"


def test_domain_that_is_named_is_one_of_several_or_covered_by_a_wildcard(tmp_path: Path):
    files = written(tmp_path, issue("any", "fabrikam.com", "contoso.com", "*.adatum.com"))
    assert load(*files, "contoso.com").domain == "contoso.com"
    assert load(*files, "corp.adatum.com").domain == "corp.adatum.com"


def test_certificate_for_several_domains_asks_for_one(tmp_path: Path):
    files = written(tmp_path, issue("any", "fabrikam.com", "contoso.com"))
    assert refusal(*files) == (
        "chain.pem: the certificate is for fabrikam.com, contoso.com; name your domain with --from"
    )


@pytest.mark.parametrize(
    ("names", "named"),
    [([], "no name"), (["*.fabrikam.com"], "*.fabrikam.com"), (["192.0.2.1"], "192.0.2.1")],
)
def test_certificate_for_no_domain_asks_for_one(tmp_path: Path, names: list[str], named: str):
    files = written(tmp_path, issue("fabrikam.com", *names))
    assert refusal(*files) == f"chain.pem: the certificate is for {named}; name your domain with --from"


def test_certificate_for_another_domain_is_refused(tmp_path: Path):
    files = written(tmp_path, issue("any", "fabrikam.com"))
    assert refusal(*files, "contoso.com") == (
        "chain.pem: the certificate is for fabrikam.com and not for contoso.com"
    )


def test_certificate_that_is_no_longer_or_not_yet_valid_is_told(tmp_path: Path):
    yesterday, tomorrow = NOW - timedelta(days=1), NOW + timedelta(days=1)
    expired = load(*written(tmp_path, issue("any", "fabrikam.com", ends=yesterday)))
    assert expired.outdated() == f"it expired on {yesterday:%Y-%m-%d}"
    early = load(*written(tmp_path, issue("any", "fabrikam.com", begins=tomorrow)))
    assert early.outdated() == f"it is not valid before {tomorrow:%Y-%m-%d}"


def test_key_of_another_certificate_is_refused(tmp_path: Path):
    files = written(tmp_path, issue("any", "fabrikam.com"), key=issue("any", "fabrikam.com").private)
    assert refusal(*files) == (
        "key.pem: the key does not fit the first certificate of chain.pem, which has to be that of the domain"
    )


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_encrypted_key_is_refused_with_the_command_that_decrypts_it(tmp_path: Path, form: PrivateFormat):
    directory = tmp_path / "our keys"
    directory.mkdir()
    leaf = issue("any", "fabrikam.com")
    encrypted = leaf.key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"secret"))
    chain, key = written(directory, leaf, key=encrypted)
    with pytest.raises(UnusableError) as caught:
        load(chain, key)
    assert str(caught.value) == (
        f"{key}: the key is encrypted; decrypt it: `openssl pkey -in {shlex.quote(str(key))} -out decrypted.key`"
    )


def test_files_without_what_they_are_to_have_are_refused(tmp_path: Path):
    leaf = issue("any", "fabrikam.com")
    assert refusal(*written(tmp_path, leaf, chain=leaf.private)) == (
        "chain.pem: no certificate in PEM form in it"
    )
    assert refusal(*written(tmp_path, leaf, key=leaf.pem)) == "key.pem: no key in PEM form in it"
    chain, _ = written(tmp_path, leaf)
    assert refusal(chain, chain) == "chain.pem: no key in PEM form in it; --key names the file that has it"


def test_damaged_files_are_refused_without_what_is_in_them(tmp_path: Path):
    leaf = issue("any", "fabrikam.com")
    [first, *lines, last] = leaf.private.splitlines()
    damaged = b"\n".join([first, lines[0][::-1], *lines[1:], last])
    assert refusal(*written(tmp_path, leaf, key=damaged)) == (
        "key.pem: the key is damaged, or of a kind that is not known"
    )
    [first, *lines, last] = leaf.pem.splitlines()
    damaged = b"\n".join([first, lines[0][::-1], *lines[1:], last])
    assert refusal(*written(tmp_path, leaf, chain=damaged)) == "chain.pem: its first certificate is damaged"


def test_certificate_that_means_nothing_is_refused(tmp_path: Path):
    # A dNSName with an octet that is not ASCII.
    sans = x509.UnrecognizedExtension(x509.SubjectAlternativeName.oid, b"\x30\x03\x82\x01\xfc")
    told = refusal(*written(tmp_path, issue("any", more=sans)))
    assert told.startswith("chain.pem: the certificate cannot be read: ")


def test_key_that_is_too_weak_for_tls_is_refused(tmp_path: Path):
    key = rsa.generate_private_key(65537, 1024)
    name = x509.Name([])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("fabrikam.com")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain, path = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(certificate.public_bytes(Encoding.PEM))
    path.write_bytes(private)
    assert refusal(chain, path) == "chain.pem: TLS cannot use it: ee key too small"


def test_files_that_go_before_the_probe_are_told_in_one_line(tmp_path: Path):
    client = load(*written(tmp_path, issue("any", "fabrikam.com")))
    client.key.unlink()
    with pytest.raises(UnreadableError) as caught:
        asyncio.run(proven([], client=client))
    assert str(caught.value) == (
        f"{client.chain}, {client.key}: one can no longer be read: No such file or directory"
    )


def test_files_that_cannot_be_read_are_told(tmp_path: Path):
    chain, key = written(tmp_path, issue("any", "fabrikam.com"))
    assert refusal(tmp_path / "none.pem", key) == "none.pem: No such file or directory"
    assert refusal(chain, tmp_path / ("n" * 300)) == f"{'n' * 300}: File name too long"
    (tmp_path / "directory").mkdir()
    assert refusal(chain, tmp_path / "directory") == "directory: no regular file"
    os.mkfifo(tmp_path / "pipe\n")
    assert refusal(tmp_path / "pipe\n", key).endswith("pipe\\n': no regular file")
    key.write_bytes(b" " * (MAX_SIZE + 1))
    assert refusal(chain, key) == "key.pem: more than 1048576 octets"


def test_other_forms_than_pem_come_with_the_command_that_converts_them(tmp_path: Path):
    leaf = issue("contoso.com", "contoso.com")
    forms = {
        leaf.der: "openssl x509 -inform der -in chain.pem -out our.pem",
        b"\x30\x82\x01\x00\x02\x01\x03": "openssl pkcs12 -in chain.pem -nodes -out our.pem",
        b"-----BEGIN PKCS7-----\n": "openssl pkcs7 -print_certs -in chain.pem -out our.pem",
    }
    for content, command in forms.items():
        chain, key = written(tmp_path, leaf, chain=content)
        assert refusal(chain, key) == f"chain.pem: no certificate in PEM form in it; convert it: `{command}`"
    assert refusal(*written(tmp_path, leaf, chain=b"")) == "chain.pem: no certificate in PEM form in it"
