"""V23: CAA records let the CA of the certificate issue the next one; the records are Knot's, the servers stand-ins."""

import asyncio
from pathlib import Path

import pytest
from tests.proof.dns.cases import run
from tests.proof.dns.standin import sent, serving
from tests.proof.xmpp.authority import Authority, issue
from tests.proof.xmpp.proof import DOMAIN
from tests.proof.xmpp.server import StandIn
from tests.proof.xmpp.signed import HOST, findings, signed
from tests.proof.xmpp.test_addresses import shut_port

from xmpp_federation_dns.proof.report import Finding, Subject
from xmpp_federation_dns.proof.resolver import UnresolvedError
from xmpp_federation_dns.proof.validator import Validator
from xmpp_federation_dns.proof.xmpp import caa, certificate, probe
from xmpp_federation_dns.proof.xmpp.contact import Contact, Place

LETS_ENCRYPT = "Let's Encrypt"


@pytest.fixture(autouse=True)
def real(empty_dns: None, monkeypatch: pytest.MonkeyPatch) -> None:
    del empty_dns
    monkeypatch.setattr(probe, "Validator", Validator)


def found(
    directory: Path, authority: Authority, text: str, *sans: str, organisation: str = LETS_ENCRYPT
) -> list[Finding]:
    """Return what V23 finds where the zone has *text* and the certificate is of *organisation*."""
    port = shut_port()
    ca = issue("CA", ca=True, organisation=organisation)
    server = StandIn(authority.context(issue("server", *(sans or (DOMAIN,)), by=ca)))
    records = f"_xmpp-server._tcp SRV 0 0 {port} xmpp\nxmpp A {HOST}\n{text}"
    with signed(directory, records, signing=False) as zone:
        told = findings(server, port, {"ca_file": authority.roots, **zone.options})
    return [each for each in told if each.check == "V23"]


def warning(whom: str, name: str = DOMAIN, of: str = '"Let\'s Encrypt"') -> Finding:
    return Finding(
        "V23",
        "warning",
        Subject(name, "CAA"),
        f"its CAA records let {whom} issue certificates for {DOMAIN}, and the certificate is of {of}: the next renewal "
        "fails",
        f'add `{name}. CAA 0 issue "letsencrypt.org"`, or have the next one issued by another CA',
        seen={HOST: of},
    )


def test_v23_a_ca_that_is_not_among_the_records_is_a_warning(tmp_path: Path, authority: Authority):
    text = '@ CAA 0 issue "digicert.com"\n@ CAA 0 iodef "mailto:ca@contoso.com"\n'
    assert found(tmp_path, authority, text) == [warning("'digicert.com'")]


def test_v23_records_that_let_nobody_issue_are_a_warning(tmp_path: Path, authority: Authority):
    assert found(tmp_path, authority, '@ CAA 0 issue ";"\n') == [warning("nobody")]


def test_v23_of_hundreds_of_records_four_are_shown(tmp_path: Path, authority: Authority):
    text = "".join(f'@ CAA 0 issue "ca{number:03}.example"\n' for number in range(200))
    whom = ", ".join(f"'ca{number:03}.example'" for number in range(4))
    assert found(tmp_path, authority, text) == [warning(f"{whom} and 196 more")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="no records"),
        pytest.param('@ CAA 0 issue "letsencrypt.org"\n', id="its own"),
        pytest.param(
            '@ CAA 0 issue "LetsEncrypt.org; accounturi=https://ca.example/1"\n', id="with parameters"
        ),
        pytest.param('@ CAA 0 issue "digicert.com"\n@ CAA 0 issue "letsencrypt.org"\n', id="among others"),
        pytest.param('@ CAA 0 issuewild "digicert.com"\n', id="for wildcards alone"),
        pytest.param('@ CAA 0 iodef "mailto:ca@contoso.com"\n', id="none that says who"),
        pytest.param('@ CAA 128 tbs "?"\n', id="an unknown property"),
    ],
)
def test_v23_a_ca_that_may_issue_is_no_finding(tmp_path: Path, authority: Authority, text: str):
    assert found(tmp_path, authority, text) == []


@pytest.mark.parametrize(
    ("organisation", "sans"),
    [
        pytest.param("Stand-in CA", (DOMAIN,), id="a CA that is not known"),
        pytest.param("", (DOMAIN,), id="a CA without a name"),
        pytest.param("Let's Encryption", (DOMAIN,), id="a name that only begins so"),
        pytest.param(LETS_ENCRYPT, ("fabrikam.com",), id="a certificate of somebody else"),
    ],
)
def test_v23_what_is_not_known_is_not_judged(
    tmp_path: Path, authority: Authority, organisation: str, sans: tuple[str, ...]
):
    text = '@ CAA 0 issue "digicert.com"\n'
    assert found(tmp_path, authority, text, *sans, organisation=organisation) == []


@pytest.mark.parametrize("organisation", ["DigiCert Inc", "DigiCert, Inc.", "DigiCert"])
def test_v23_a_ca_is_known_whatever_its_legal_form(tmp_path: Path, authority: Authority, organisation: str):
    [finding] = found(tmp_path, authority, '@ CAA 0 issue "sectigo.com"\n', organisation=organisation)
    assert finding.way_out.startswith('add `contoso.com. CAA 0 issue "digicert.com"`')


class Answering:
    """Has CAA records at some names."""

    def __init__(self, **said: list[str]) -> None:
        self.said, self.asked = said, list[str]()

    async def values(self, name: str, kind: str) -> list[str]:
        assert kind == "CAA"
        self.asked.append(name)
        if name == "broken.example":
            raise UnresolvedError("no answer")
        return self.said.get(name.replace(".", "_"), [])


def contact(domain: str) -> Contact:
    """Return what came of a contact with a server whose certificate is of Let's Encrypt."""
    ca = issue("CA", ca=True, organisation=LETS_ENCRYPT)
    shown = certificate.read(issue("server", domain, by=ca).der)
    return Contact(Place(domain, f"xmpp.{domain}", HOST, 5269), "open", (), shown)


def climbed(domain: str, validator: Answering) -> list[Finding]:
    return asyncio.run(caa.refused([contact(domain)], lambda: validator))  # pyright: ignore[reportArgumentType, reportReturnType] a stand-in


def test_v23_the_closest_name_that_has_records_counts():
    validator = Answering(contoso_com=['0 issue "digicert.com"'], com=['0 issue "sectigo.com"'])
    [finding] = climbed("a.sip.contoso.com", validator)
    assert validator.asked == ["a.sip.contoso.com", "sip.contoso.com", "contoso.com"]
    assert finding.subject == Subject("contoso.com", "CAA")


def test_v23_without_records_the_climb_ends_below_the_root():
    validator = Answering()
    assert climbed("contoso.com", validator) == []
    assert validator.asked == ["contoso.com", "com"]


def test_v23_of_a_name_of_many_labels_sixteen_are_climbed():
    validator = Answering()
    assert climbed(".".join(["a"] * 40 + ["contoso.com"]), validator) == []
    assert len(validator.asked) == 16


def test_v23_a_resolver_that_does_not_answer_blames_nobody():
    assert climbed("sip.broken.example", Answering()) == []


def test_v23_a_record_that_cannot_be_read_blames_nobody():
    """The length of the tag goes beyond the record."""

    def behave(query: bytes, tcp: bool) -> list[bytes]:
        end = query.index(b"\0", 12) + 5
        head = query[:2] + b"\x84\0\0\1\0\1\0\0\0\0" + query[12:end]
        return sent(head + b"\xc0\x0c\1\1\0\1\0\0\0\5\0\4\0\xffis", tcp)

    async def one() -> list[Finding]:
        async with serving(behave) as it:
            validator = Validator(((it.address, it.port),), 2, {})
            return await caa.refused([contact("contoso.com")], lambda: validator)

    assert run(one()) == []


def test_v23_records_behind_a_cname_count(tmp_path: Path):
    text = 'sip CNAME elsewhere\nelsewhere CAA 0 issue "digicert.com"\nloop CNAME loop2\nloop2 CNAME loop\n'
    with signed(tmp_path, text, signing=False) as zone:

        async def run() -> list[list[str]]:
            validator = Validator(((HOST, zone.port),), 5, {})
            found = [await validator.values(name, "CAA") for name in ("sip.contoso.com", "none.contoso.com")]
            with pytest.raises(UnresolvedError, match="The CNAME chain is too long"):
                await validator.values("loop.contoso.com", "CAA")
            return found

        assert asyncio.run(run()) == [['0 issue "digicert.com"'], []]
