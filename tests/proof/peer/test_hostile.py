"""Whatever the servers of a partner do ends in a verdict: the stand-ins that `verify` and `probe` meet."""

import pytest
from tests.proof.dns.cases import RECORDS, SRV_NAME
from tests.proof.dns.hostile import (
    changed,
    endless_tc,
    junk,
    no_authority,
    no_name,
    rcode,
    silent,
    trickle,
    truncated,
)
from tests.proof.dns.standin import Behaviour, authority
from tests.proof.dns.test_hostile import HOSTILE
from tests.proof.peer.lab import ASK, looked_at
from tests.proof.peer.test_peer import asked
from tests.proof.xmpp.authority import Authority
from tests.proof.xmpp.test_hostile import CASES

from xmpp_federation_dns.proof.report import Subject

ALL_QUESTIONS = {
    "silence": silent,
    "wrong id": changed(0, 1),
    "wrong question": changed(13, 1),
    "no response": changed(2, 0x80),
    "junk": junk,
    "junk over TCP": truncated(junk),
    "closed TCP": truncated(silent),
    "always truncated": endless_tc,
    "a trickle over TCP": truncated(trickle),
    "SERVFAIL": rcode(2),
    "REFUSED": rcode(5),
    "unknown RCODE": rcode(13),
    "lame": no_authority,
    "NXDOMAIN for the zone": no_name,
}


@pytest.mark.parametrize("behaviour", ALL_QUESTIONS.values(), ids=ALL_QUESTIONS)
def test_a_given_name_server_that_does_not_serve_the_zone_leaves_it_unknown(behaviour: Behaviour):
    one = looked_at(behaviour, "contoso.com", timeout=0.2)
    assert [(each.check, each.severity, each.subject) for each in one.findings] == [
        ("V1", "unknown", Subject("contoso.com", of="domain"))
    ]
    assert one.reached is None


@pytest.mark.parametrize("case", HOSTILE)
def test_a_name_server_that_gives_no_answer_about_services_is_named(case: str):
    behaviour, [(check, severity, text, _)] = HOSTILE[case]
    patient = 2 if behaviour is silent else 20
    one = looked_at(authority("contoso.com.", RECORDS, only=behaviour), "contoso.com", timeout=patient)
    owners = (SRV_NAME, "_xmpps-server._tcp.contoso.com")
    assert [(each.check, each.severity, str(each.subject), each.text) for each in one.findings] == [
        (check, severity, f"{owner} SRV", text) for owner in owners
    ]
    assert one.reached is None


@pytest.mark.parametrize("case", CASES)
def test_whatever_answers_at_the_port_is_one_error_for_the_administrator(authority: Authority, case: str):
    make, expected = CASES[case]
    # Its certificate is for contoso.com, which costs one finding more where it is seen.
    [verdict] = asked(make(authority), ca_file=authority.roots, timeout=2 if "silence" in case else 5)
    [error] = [each for each in verdict.findings if each.severity == "error" and each.check != "C5"]
    assert (verdict.state, error.check, error.way_out.startswith(ASK)) == ("failed", expected[:2], True)
