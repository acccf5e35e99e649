"""Record sets that are imported: what an id says, and what is wrong with it."""

import pytest
from tests.unit.bulk.lab import properties
from tests.unit.dynamic_update.lab import SECRET
from tests.unit.plugin.lab import Plugin, RefusedError
from tools.lab.knot import Knot

from xmpp_federation_dns.keepers import journal
from xmpp_federation_dns.keepers.journal import digest, packed


def test_a_record_set_is_imported_by_its_name_and_its_zone(knot: Knot, configured: Plugin):
    knot.change("contoso.com", ("add", "xmpp", "60", "A", "131.107.155.10"))
    id_ = f"rfc2136/contoso.com/xmpp.contoso.com/A?server=127.0.0.1&port={knot.port}&tsigKeyName=demo"
    state = properties(knot.port, {"xmpp.contoso.com A": "60 131.107.155.10"})
    assert configured.read("RecordSet", id_) == (id_, state, state)


def test_several_record_sets_are_imported_by_their_names(knot: Knot, configured: Plugin):
    knot.change("contoso.com", ("add", "xmpp", "60", "A", "131.107.155.10"))
    knot.change("contoso.com", ("add", "_xmpp-server._tcp", "60", "SRV", "0 0 5269 xmpp"))
    names = "xmpp.contoso.com/A/_xmpp-server._tcp.contoso.com/SRV"
    id_ = f"rfc2136/contoso.com/{names}?server=127.0.0.1&port={knot.port}&tsigKeyName=demo"
    assert configured.read("RecordSets", id_)[1]["recordSets"] == {
        "xmpp.contoso.com A": "60 131.107.155.10",
        "_xmpp-server._tcp.contoso.com SRV": "60 0 0 5269 xmpp.contoso.com.",
    }


def test_a_journal_is_imported_as_one_of_what_is_there(knot: Knot, configured: Plugin):
    knot.change("contoso.com", ("add", "xmpp", "60", "A", "131.107.155.10"))
    id_ = f"rfc2136/contoso.com/xmpp.contoso.com/A?server=127.0.0.1&port={knot.port}&tsigKeyName=demo"
    _, state, inputs = configured.read("Journal", id_)
    there = {"xmpp.contoso.com A": "60 131.107.155.10"}
    assert inputs == properties(knot.port, packed(there))
    assert state == {**inputs, "runs": [[journal.PROCESS, digest(there)]]}


@pytest.mark.parametrize("kind", ["RecordSet", "RecordSets", "Journal"])
def test_what_is_not_there_is_not_imported(knot: Knot, configured: Plugin, kind: str):
    id_ = f"rfc2136/contoso.com/xmpp.contoso.com/A?server=127.0.0.1&port={knot.port}&tsigKeyName=demo"
    assert configured.read(kind, id_) == ("", {}, {})


FORM = (
    "expected <provider>/<zone>/<name>/<TYPE>?<option>=<value>&…, such as "
    "rfc2136/contoso.com/xmpp.contoso.com/A?server=192.0.2.53&tsigKeyName=pulumi"
)


@pytest.mark.parametrize(
    ("id_", "kind", "fault"),
    [
        ("xmpp.contoso.com", "RecordSet", FORM),
        ("nsone/contoso.com/xmpp.contoso.com/A", "RecordSet", FORM),
        ("aws/contoso.com", "RecordSets", FORM),
        ("aws/contoso.com/xmpp.contoso.com", "RecordSet", FORM),
        ("contoso.com", "Journal", FORM),
        (
            "rfc2136/contoso.com/xmpp.contoso.com/A?sever=ns1",
            "RecordSet",
            "sever: unknown property; did you mean 'server'?; 'server' is missing",
        ),
        (
            "rfc2136/contoso.com/txt.contoso.com/TXT?server=ns1",
            "RecordSet",
            "'TXT' is none of the types SRV, A, AAAA",
        ),
        (
            "rfc2136/contoso.com/txt.fabrikam.com/a?server=ns1",
            "RecordSet",
            "'a' is none of the types SRV, A, AAAA; 'txt.fabrikam.com' does not lie in zone 'contoso.com'",
        ),
        (
            "rfc2136/contoso.com/X.contoso.com./A?server=ns1",
            "RecordSet",
            "'X.contoso.com.': write 'x.contoso.com'",
        ),
        (
            "rfc2136/contoso.com//A?server=ns1&zone=other.com",
            "RecordSet",
            "zone: it stands at the beginning of the id; '' is not a name: it is empty",
        ),
        (
            "aws/contoso.com/a.contoso.com/A/b.contoso.com/A?zoneId=Z1",
            "RecordSet",
            "more than one record set; RecordSets keeps any number",
        ),
    ],
)
def test_an_id_of_another_form_is_refused_in_one_line(plugin: Plugin, id_: str, kind: str, fault: str):
    with pytest.raises(Exception) as raised:  # noqa: PT011 the text tells
        plugin.read(kind, id_)
    assert str(raised.value) == f"'{id_}' is not the id of an import: {fault}"


def test_a_secret_in_an_id_is_refused_and_not_shown(plugin: Plugin):
    with pytest.raises(RefusedError) as raised:
        plugin.read("RecordSet", f"rfc2136/contoso.com/xmpp.contoso.com/A?server=ns1&tsigSecret={SECRET}")
    assert raised.value.text == (
        "'rfc2136/contoso.com/xmpp.contoso.com/A' is not the id of an import: tsigSecret: an id is shown; "
        "pulumi config set --secret xmpp-federation-dns:tsigSecret"
    )


def test_a_token_in_an_id_is_refused_and_not_shown(plugin: Plugin):
    with pytest.raises(RefusedError) as raised:
        plugin.read("RecordSet", f"cloudflare/contoso.com/xmpp.contoso.com/A?apiToken={SECRET}")
    assert raised.value.text == (
        "'cloudflare/contoso.com/xmpp.contoso.com/A' is not the id of an import: apiToken: an id is shown; set "
        "CLOUDFLARE_API_TOKEN"
    )
