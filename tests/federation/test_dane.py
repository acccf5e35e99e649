"""DANE: TLSA records of fabrikam.com in a zone that Knot signs, and of contoso.com in one that it does not."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from tests.federation import name_server
from tests.federation.authority import Certificate
from tests.federation.lab import LIMIT, Lab, Proof, stack_file
from tests.federation.machine import cannot
from tools.lab.namespace import NoNamespaceError

SIGNED, UNSIGNED = "fabrikam.com", "contoso.com"
OTHER = "ab" * 32
OWN = "OWN"
"""In the place of the digest of the server's key."""


@dataclass(frozen=True)
class Case:
    """TLSA records of a SIP domain, and who says what."""

    title: str
    domain: str = SIGNED
    tlsa: Sequence[str] = ()
    names: Sequence[str] = ()
    """In the certificate, in place of the SIP domain."""
    verify: Sequence[str] = ()
    probe: Sequence[str] = ()
    """Check id and severity of all that is found."""


CASES = (
    Case("no TLSA record"),
    Case("a TLSA record of the key", tlsa=[f"3 1 1 {OWN}"]),
    Case(
        "a TLSA record of the key, certificate for the target alone",
        tlsa=[f"3 1 1 {OWN}"],
        names=["xmpp.fabrikam.com"],
        probe=["C7 info"],
    ),
    Case("the next key and the key", tlsa=[f"3 1 1 {OTHER}", f"3 1 1 {OWN}"]),
    Case("a TLSA record of another key", tlsa=[f"3 1 1 {OTHER}"], probe=["C7 error"]),
    Case(
        "a TLSA record that peers pass over",
        tlsa=[f"4 1 1 {OWN}"],
        verify=["V16 warning"],
        probe=["C7 warning"],
    ),
    Case("a zone that is not signed", UNSIGNED, [f"3 1 1 {OTHER}"], probe=["C7 info"]),
    Case(
        "a zone that is not signed, certificate for the target alone",
        UNSIGNED,
        [f"3 1 1 {OWN}"],
        names=["xmpp.contoso.com"],
        probe=["C5 error", "C7 info"],
    ),
)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Yield a lab in which both SIP domains are published, one of them in a signed zone."""
    with ExitStack() as stack:
        try:
            lab = stack.enter_context(Lab.open(signed=[SIGNED]))
        except NoNamespaceError as error:
            reason = str(error)
        else:
            lab.publish()
            yield lab
            return
    cannot(reason)


@pytest.fixture(scope="module")
def anchor(lab: Lab) -> Path:
    """Return a file with the trust anchor of the signed zone."""
    file = lab.directory / "anchor"
    keys = [each for each in lab.name_server.records(SIGNED) if " DNSKEY 257 " in each]
    file.write_text("\n".join(keys) + "\n")
    return file


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.title)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture(scope="module")
def said(case: Case, lab: Lab, anchor: Path) -> tuple[Proof, Proof]:
    """Return what `verify` and `probe` say."""
    certificate = lab.authority.issue(case.names or [case.domain])
    with ExitStack() as stack:
        stack.enter_context(lab.name_server.edited(case.domain, [], records(case, certificate)))
        for domain in (SIGNED, UNSIGNED):
            own = certificate if domain == case.domain else None
            stack.enter_context(lab.prosody(domain, certificate=own))
        return lab.verify(lab.records), lab.probe(lab.records, "--trust-anchor", str(anchor))


def records(case: Case, certificate: Certificate) -> list[str]:
    return [f"_5269._tcp.xmpp 300 TLSA {each.replace(OWN, digest(certificate))}" for each in case.tlsa]


def digest(certificate: Certificate) -> str:
    """Return the SHA-256 digest of the public key."""
    key = x509.load_pem_x509_certificate(certificate.chain.read_bytes()).public_key()
    return hashlib.sha256(
        key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    ).hexdigest()


def found(proof: Proof, domain: str) -> list[str]:
    """Return check id and severity of all findings, but for what every Prosody says to who has no certificate."""
    told = {f"{finding['check']} {finding['severity']}" for finding in proof.findings[domain]}
    return sorted(told - {"C6 info"})


def test_verify_names_what_is_wrong_with_tlsa_records_and_nothing_else(
    case: Case, said: tuple[Proof, Proof]
) -> None:
    verified, _ = said
    assert found(verified, case.domain) == [*case.verify]


def test_probe_names_what_dane_says_of_the_certificate_and_nothing_else(
    case: Case, said: tuple[Proof, Proof]
) -> None:
    _, probed = said
    assert found(probed, case.domain) == [*case.probe]


def test_the_other_sip_domain_is_not_blamed(case: Case, said: tuple[Proof, Proof]) -> None:
    [other] = {SIGNED, UNSIGNED} - {case.domain}
    for proof in said:
        assert (proof.verdicts[other], found(proof, other)) == ("proven", [])


def test_without_the_trust_anchor_nothing_is_secure_and_dane_is_not_in_force(lab: Lab) -> None:
    certificate = lab.authority.issue([SIGNED])
    record = f"_5269._tcp.xmpp 300 TLSA 3 1 1 {OTHER}"
    with (
        lab.name_server.edited(SIGNED, [], [record]),
        lab.prosody(SIGNED, certificate=certificate),
        lab.prosody(UNSIGNED),
    ):
        assert found(lab.probe(lab.records), SIGNED) == ["C7 info"]


EDGE = ["_sipfederationtls._tcp 3600 SRV 0 0 5061 sip", "sip 300 A {}"]


@pytest.mark.parametrize(
    ("address", "findings"),
    [("131.107.155.20", []), ("131.107.155.21", ["V20 warning"])],
    ids=["the same", "another"],
)
def test_the_address_of_the_access_edge_is_compared_in_the_profile_lync(
    lab: Lab, address: str, findings: list[str]
) -> None:
    source = lab.directory / "Pulumi.edge.yaml"
    source.write_text(stack_file(tsigSecret=name_server.SECRET))
    with lab.name_server.edited(SIGNED, [], [each.format(address) for each in EDGE]):
        assert found(lab.verify(source), SIGNED) == findings
        assert found(lab.verify(lab.records), SIGNED) == []


PROSODY = """\
use_dane = true
unbound = {{ resolvconf = true; hoststxt = false; trustfile = "{anchor}" }}
"""


@pytest.mark.parametrize(
    ("tlsa", "names", "said"),
    [
        (OWN, [SIGNED], "Result: pong from fabrikam.com"),
        (OWN, ["xmpp.fabrikam.com"], "certificate is not valid for this name"),
        (OTHER, [SIGNED], "certificate is not trusted"),
    ],
    ids=["match", "match, certificate for the target alone", "mismatch"],
)
def test_prosody_refuses_what_dane_does_not_vouch_for_and_judges_the_name_all_the_same(
    lab: Lab, anchor: Path, tlsa: str, names: list[str], said: str
) -> None:
    certificate = lab.authority.issue(names)
    record = f"_5269._tcp.xmpp 300 TLSA 3 1 1 {tlsa.replace(OWN, digest(certificate))}"
    with (
        lab.name_server.edited(SIGNED, [], [record]),
        lab.prosody(SIGNED, certificate=certificate),
        lab.prosody(UNSIGNED, globally=PROSODY.format(anchor=anchor)) as server,
    ):
        assert said in server.ping(SIGNED, LIMIT)
