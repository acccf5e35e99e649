"""Record sets that a program registers itself: what is wrong with them."""

import base64
import zlib
from typing import Any

import pytest
from tests.unit.bulk.lab import domain, domains
from tests.unit.dynamic_update.lab import OTHER_SECRET, SECRET
from tests.unit.plugin.lab import PARENT, UNKNOWN, Plugin, RefusedError, secret
from tests.unit.table import NAMES
from tools.lab.knot import Knot

from xmpp_federation_dns.keepers.journal import packed

ADDRESSES = {"xmpp.contoso.com A": "300 131.107.155.10"}
ZONE = {"provider": "rfc2136", "zone": "contoso.com", "server": "192.0.2.53", "tsigKeyName": "pulumi"}


KNOWN = "known are provider, existing, server, port, tsigKeyName, tsigAlgorithm, tsigSecret, zone, recordSets"


def faults(plugin: Plugin, inputs: dict[str, Any], kind: str = "RecordSet") -> list[str]:
    """Return what is wrong with inputs."""
    return plugin.checked(kind, inputs)[1]


@pytest.fixture
def signing(plugin: Plugin) -> Plugin:
    plugin.configure(tsigSecret=SECRET)
    return plugin


@pytest.mark.parametrize(
    ("kind", "name", "record_sets"),
    [
        ("RecordSet", "federation-xmpp.contoso.com-A", {"xmpp.contoso.com A": "as it is"}),
        ("RecordSets", "federation-contoso.com", {"xmpp.contoso.com A": "as it is"}),
        ("Journal", "federation-contoso.com-journal", "as it is"),
    ],
)
def test_what_a_component_registers_it_has_checked(plugin: Plugin, kind: str, name: str, record_sets: Any):
    inputs = {"zone": "contoso.com", "recordSets": record_sets}
    assert plugin.checked(kind, inputs, PARENT, name) == (inputs, [])


@pytest.mark.parametrize("kind", ["RecordSet", "RecordSets", "Journal"])
def test_what_a_program_puts_under_a_component_is_judged(plugin: Plugin, kind: str):
    inputs = {"zone": "contoso.com", "recordSets": {"xmpp.contoso.com A": "as it is"}}
    assert plugin.checked(kind, inputs, PARENT, "mine")[1] != []


def test_what_is_no_resource_of_a_keeper_is_refused(plugin: Plugin):
    for kind in ("Nonsense", "XmppFederationDns"):
        with pytest.raises(RefusedError) as raised:
            plugin.create(kind, {**ZONE, "recordSets": ADDRESSES})
        text = f"xmpp-federation-dns:index:{kind} is none of the resources RecordSet, RecordSets, Journal"
        assert raised.value.text == text


def test_a_secret_is_in_no_message(plugin: Plugin):
    given = {
        **ZONE,
        "server": secret("hidden server!"),
        "tsigSecret": secret("b2xk"),
        "recordSets": {"xmpp.contoso.com A": secret("300 hidden")},
    }
    assert faults(plugin, given) == [
        "server: [secret] is neither an address nor a host name",
        "recordSets: 'xmpp.contoso.com A': [secret] is no record set of XMPP federation, such as xmpp.contoso.com A: "
        "300 131.107.155.10, 131.107.155.11",
    ]


@pytest.mark.parametrize("zone", ["CONTOSO.com", "contoso.com."])
def test_a_zone_may_be_written_in_any_case_and_with_a_final_dot(signing: Plugin, zone: str):
    inputs, wrong = signing.checked("RecordSet", {**ZONE, "zone": zone, "recordSets": ADDRESSES})
    assert (inputs["zone"], wrong) == ("contoso.com", [])


def test_a_zone_may_be_written_as_a_u_label(signing: Plugin):
    record_sets = {"xmpp.xn--bcher-kva.example A": "300 131.107.155.10"}
    inputs, wrong = signing.checked(
        "RecordSet", {**ZONE, "zone": "bücher.example", "recordSets": record_sets}
    )
    assert (inputs["zone"], wrong) == ("xn--bcher-kva.example", [])


def test_a_record_set_of_its_own_gets_its_canonical_form(signing: Plugin):
    given = {"xmpp.contoso.com AAAA": "300 2620:1EC::11, 2620:1ec:0::10"}
    inputs, wrong = signing.checked("RecordSet", {**ZONE, "recordSets": given})
    assert (inputs["recordSets"], wrong) == ({"xmpp.contoso.com AAAA": "300 2620:1ec::10, 2620:1ec::11"}, [])


def test_secrets_stay_secret(signing: Plugin):
    record_sets = {"xmpp.contoso.com A": secret("300 131.107.155.10")}
    given = {**ZONE, "tsigSecret": secret(OTHER_SECRET), "recordSets": record_sets}
    defaults = {"port": 53, "tsigAlgorithm": "hmac-sha256", "existing": "refuse"}
    assert signing.checked("RecordSet", given) == ({**given, **defaults}, [])


def test_what_is_left_out_is_what_an_import_finds(knot: Knot, configured: Plugin):
    knot.change("contoso.com", ("add", "xmpp", "60", "A", "131.107.155.10"))
    zone = {"provider": "rfc2136", "zone": "contoso.com", "server": "127.0.0.1", "tsigKeyName": "demo"}
    written = {**zone, "port": knot.port, "recordSets": {"xmpp.contoso.com A": "60 131.107.155.10"}}
    id_ = f"rfc2136/contoso.com/xmpp.contoso.com/A?server=127.0.0.1&port={knot.port}&tsigKeyName=demo"
    assert configured.checked("RecordSet", written)[0] == configured.read("RecordSet", id_)[2]


def test_what_is_not_known_yet_is_not_judged(signing: Plugin):
    assert faults(signing, {**ZONE, "server": UNKNOWN, "recordSets": {"xmpp.contoso.com A": UNKNOWN}}) == []
    assert faults(signing, {**ZONE, "zone": UNKNOWN, "recordSets": UNKNOWN}) == []
    assert faults(signing, {**ZONE, "recordSets": UNKNOWN}, "Journal") == []


def test_everything_that_is_wrong_is_told_at_once(plugin: Plugin):
    given = {
        "provider": "rfc2136",
        "zone": "contoso_.com/",
        "server": "dns://ns1",
        "port": 0,
        "tsigKeyName": "pulumi",
        "bulk": True,
        "sever": "ns1",
        "recordSets": {"xmpp.contoso.com A": "300 10.0.0", "xmpp.fabrikam.com MX": "300 mail"},
    }
    assert sorted(faults(plugin, given)) == [
        f"bulk: unknown property; {KNOWN}",
        "port: 0 is out of range: 1 to 65535",
        "recordSets: 'xmpp.contoso.com A': '300 10.0.0' is no record set of XMPP federation, such as "
        "xmpp.contoso.com A: 300 131.107.155.10, 131.107.155.11",
        "recordSets: 'xmpp.fabrikam.com MX': 'MX' is none of the types SRV, A, AAAA",
        "recordSets: more than one record set; RecordSets keeps any number",
        "server: 'dns://ns1' is neither an address nor a host name; write 'ns1'",
        "sever: unknown property; did you mean 'server'?",
        "tsigKeyName: this key has no secret: pulumi config set --secret xmpp-federation-dns:tsigSecret",
        "zone: 'contoso_.com/' is not a zone name: labels hold letters, digits, hyphens and underscores",
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"provider": "nsone"}, f"provider: 'nsone' is none of the providers {NAMES}"),
        ({"provider": None}, f"'provider' is missing; it is one of {NAMES}"),
        ({"zone": None}, "'zone' is missing"),
        ({"server": None}, "'server' is missing"),
        ({"recordSets": None}, "recordSets: expected a mapping of at least one record set"),
        ({"recordSets": {}}, "recordSets: expected a mapping of at least one record set"),
        ({"recordSets": {"XMPP.contoso.com A": "300 131.107.155.10"}},
         "recordSets: 'XMPP.contoso.com A': 'XMPP.contoso.com': write 'xmpp.contoso.com'"),
        ({"recordSets": {"xmpp.fabrikam.com A": "300 131.107.155.10"}},
         "recordSets: 'xmpp.fabrikam.com A': 'xmpp.fabrikam.com' does not lie in zone 'contoso.com'"),
        ({"tsigSecret": "n/a!"}, "tsigSecret: the secret is not base64"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_in_one_line(signing: Plugin, change: dict[str, Any], fault: str):
    given = {**ZONE, "recordSets": ADDRESSES, **change}
    assert faults(signing, given) == [fault]


def test_what_is_for_all_record_sets_of_a_zone_is_no_option_of_one(signing: Plugin):
    given: dict[str, Any] = {**ZONE, "recordSets": ADDRESSES, "retainOnDelete": True, "journal": []}
    assert sorted(faults(signing, given)) == [
        f"{key}: unknown property; {KNOWN}" for key in ("journal", "retainOnDelete")
    ]
    assert faults(signing, given, "RecordSets") == []


@pytest.mark.parametrize(
    "runs", ["x", 5, [5], [["a"]], [["a", "b"], ["c"]], [["a", "b"], ["c", "d"]], [[1, 2]]], ids=str
)
def test_what_is_no_journal_is_refused(signing: Plugin, runs: Any):
    given = {**ZONE, "recordSets": ADDRESSES, "journal": runs}
    assert faults(signing, given, "RecordSets") == ["journal: expected the output runs of a Journal"]


def test_a_journal_goes_on_with_what_the_runs_before_had(signing: Plugin):
    given = {**ZONE, "recordSets": ADDRESSES, "journal": [["a", "b"], ["c", packed(domain(1))]]}
    assert faults(signing, given, "RecordSets") == []


def test_a_number_in_quotes_is_told_without_the_commands_of_a_stack(signing: Plugin):
    assert faults(signing, {**ZONE, "port": "53", "recordSets": ADDRESSES}) == [
        "port: expected a whole number, got '53' (write 53 without quotes)"
    ]


def test_any_number_of_record_sets_of_a_zone_is_one_resource(signing: Plugin):
    assert faults(signing, {**ZONE, "recordSets": domains(1, 2)}, "RecordSets") == []


def zipped(text: str) -> str:
    """Return *text* as a journal holds it."""
    return base64.b64encode(zlib.compress(text.encode())).decode()


@pytest.mark.parametrize(
    "text",
    ["300 131.107.155.10", "YWJjZA==", zipped("[]"), zipped("5"), zipped('{"x": "y"}'), zipped('{"x": 5}')],
)
def test_what_is_no_list_of_a_component_is_refused(signing: Plugin, text: str):
    wrong = "recordSets: expected what a component writes of a zone in bulk"
    assert faults(signing, {**ZONE, "recordSets": text}, "Journal") == [wrong]


def test_a_journal_is_what_a_component_writes(signing: Plugin):
    assert faults(signing, {**ZONE, "recordSets": packed(domain(1))}, "Journal") == []
