"""What the engine asks of the plugin, and what it is answered; record sets are those of a Knot server."""

import json
from importlib.metadata import version
from typing import Any

import grpc
import pytest
from pulumi.runtime import proto
from tests.unit.bulk.lab import ZONE, domain, domains, properties
from tests.unit.dynamic_update.lab import OTHER_SECRET, SECRET
from tests.unit.plugin.lab import UNKNOWN, Line, Plugin, as_json, secret, urn
from tools.lab.knot import Knot

from xmpp_federation_dns.backends.rfc2136_client import PrimaryZone
from xmpp_federation_dns.keepers.journal import packed
from xmpp_federation_dns.plugin.package import package_schema
from xmpp_federation_dns.plugin.values import fields, struct

ADDRESSES = {"xmpp.d1.contoso.com A": "300 131.107.155.10"}


def test_the_plugin_says_the_version_of_the_package(plugin: Plugin):
    assert plugin.call("GetPluginInfo").version == version("xmpp-federation-dns")


def test_the_plugin_serves_the_schema_of_the_package(plugin: Plugin):
    answer = plugin.call("GetSchema", proto.GetSchemaRequest())
    assert json.loads(answer.schema) == package_schema()


def test_an_engine_that_hears_nothing_keeps_nothing_from_being_published(knot: Knot, configured: Plugin):
    configured.call("Attach", proto.PluginAttach(address="127.0.0.1:1"))
    knot.change(ZONE, ("add", "xmpp.d1", "300", "A", "131.107.155.10"))
    inputs = properties(knot.port, ADDRESSES, existing="adopt")
    assert configured.create("RecordSet", inputs)[1] == inputs
    assert configured.lines == []


def test_a_cancelled_operation_is_answered_at_once(plugin: Plugin):
    assert as_json(plugin.call("Cancel")) == {}


def config_check(plugin: Plugin, name: str, **configuration: Any) -> tuple[dict[str, Any], list[str]]:
    request = proto.CheckRequest(
        urn=f"urn:pulumi:test::project::pulumi:providers:xmpp-federation-dns::{name}",
        news=struct(configuration),
    )
    answer = plugin.call("CheckConfig", request)
    return fields(answer.inputs), [each.reason for each in answer.failures]


@pytest.mark.parametrize("name", ["default", "default_0_1_0"])
def test_of_a_stacks_configuration_the_default_provider_keeps_its_secret_alone(plugin: Plugin, name: str):
    assert config_check(plugin, name, tsigSecret=SECRET, domains='["contoso.com"]', version="0.1.0") == (
        {"tsigSecret": secret(SECRET)},
        [],
    )


def test_a_secret_that_is_none_yet_stays_one(plugin: Plugin):
    given = secret(SECRET)
    assert config_check(plugin, "default", tsigSecret=given) == ({"tsigSecret": given}, [])


def test_a_provider_without_a_secret_has_none(plugin: Plugin):
    assert config_check(plugin, "mine") == ({}, [])


def test_an_explicit_provider_is_refused_what_it_does_not_know_and_what_is_no_secret(plugin: Plugin):
    assert config_check(plugin, "mine", tsigSecret="n/a!", secret="x")[1] == [
        "secret: unknown property; known is tsigSecret",
        "tsigSecret: the secret is not base64",
    ]


def test_what_the_engine_says_of_the_plugin_of_an_explicit_provider_is_no_fault(plugin: Plugin):
    told = {"version": "0.1.0", "pluginDownloadURL": "git://example.com/plugin"}
    assert config_check(plugin, "mine", tsigSecret=SECRET, **told) == ({"tsigSecret": secret(SECRET)}, [])


def test_a_provider_of_the_programs_is_none_of_the_engines_whatever_it_is_called(plugin: Plugin):
    assert config_check(plugin, "default-key", tsigsecret=SECRET)[1] == [
        "tsigsecret: unknown property; known is tsigSecret"
    ]


def test_a_secret_that_is_no_text_is_refused(plugin: Plugin):
    assert config_check(plugin, "mine", tsigSecret=5)[1] == ["tsigSecret: expected text, got 5"]


def test_a_secret_may_become_known_during_the_update(plugin: Plugin):
    assert config_check(plugin, "mine", tsigSecret=UNKNOWN)[1] == []


@pytest.mark.parametrize(("new", "changes"), [(SECRET, 1), (OTHER_SECRET, 2)], ids=["same", "another"])
def test_another_secret_changes_a_provider_and_does_not_replace_it(plugin: Plugin, new: str, changes: int):
    request = proto.DiffRequest(olds=struct({"tsigSecret": secret(SECRET)}), news=struct({"tsigSecret": new}))
    answer = plugin.call("DiffConfig", request)
    assert (answer.changes, list(answer.replaces)) == (changes, [])


def test_a_preview_shows_the_inputs_as_outputs(plugin: Plugin):
    inputs = properties(53, {"xmpp.contoso.com A": UNKNOWN})
    assert plugin.create("RecordSet", inputs, preview=True) == ("", inputs)
    request = proto.UpdateRequest(urn=urn("RecordSet"), news=struct(inputs), preview=True)
    assert fields(plugin.call("Update", request).properties) == inputs


def test_a_preview_does_not_know_what_a_journal_will_hold(plugin: Plugin):
    inputs = properties(53, packed(domain(1)))
    assert plugin.create("Journal", inputs, preview=True)[1] == {**inputs, "runs": UNKNOWN}


def test_a_record_set_is_published_compared_changed_read_and_deleted(knot: Knot, configured: Plugin):
    inputs = properties(knot.port, ADDRESSES)
    id_, state = configured.create("RecordSet", inputs)
    assert state == inputs
    assert knot.ask(f"xmpp.d1.{ZONE}.", "A") == ["xmpp.d1.contoso.com. 300 IN A 131.107.155.10"]
    new = properties(knot.port, {"xmpp.d1.contoso.com A": "60 131.107.155.11"})
    assert configured.diff("RecordSet", id_, state, new) == {
        "changes": True,
        "replaces": [],
        "detailed": {'recordSets["xmpp.d1.contoso.com A"]': "UPDATE"},
    }
    request = proto.UpdateRequest(urn=urn("RecordSet"), id=id_, olds=struct(state), news=struct(new))
    assert fields(configured.call("Update", request).properties) == new
    assert configured.read("RecordSet", id_, new, new) == (id_, new, new)
    request = proto.DeleteRequest(urn=urn("RecordSet"), id=id_, properties=struct(new))
    configured.call("Delete", request)
    assert knot.ask(f"xmpp.d1.{ZONE}.", "A") == []
    assert configured.read("RecordSet", id_, new, new) == ("", {}, {})


def test_nothing_differs_between_equal_properties(plugin: Plugin):
    same = properties(53, domain(1))
    assert plugin.diff("RecordSets", "id", same, same) == {"changes": False, "replaces": [], "detailed": {}}


def test_each_record_set_that_differs_is_told(plugin: Plugin):
    old = properties(53, domains(1, 2), journal=[["a", "b"]])
    new = properties(53, domains(2, 3) | {"xmpp.d2.contoso.com A": "60 131.107.155.10"}, journal=UNKNOWN)
    assert plugin.diff("RecordSets", "id", old, new)["detailed"] == {
        'recordSets["_xmpp-server._tcp.d1.contoso.com SRV"]': "DELETE",
        'recordSets["_xmpp-server._tcp.d3.contoso.com SRV"]': "ADD",
        'recordSets["xmpp.d1.contoso.com A"]': "DELETE",
        'recordSets["xmpp.d2.contoso.com A"]': "UPDATE",
        'recordSets["xmpp.d3.contoso.com A"]': "ADD",
        "journal": "UPDATE",
    }


def test_another_zone_replaces_and_says_by_what(plugin: Plugin):
    old = properties(53, domain(1))
    new = {key: each for key, each in old.items() if key != "tsigKeyName"} | {"zone": "fabrikam.com"}
    assert plugin.diff("RecordSets", "id", old, new) == {
        "changes": True,
        "replaces": ["zone"],
        "detailed": {"tsigKeyName": "DELETE", "zone": "UPDATE_REPLACE"},
    }


def test_an_option_that_is_not_known_yet_counts_as_changed(plugin: Plugin):
    old = properties(53, domain(1))
    new = properties(53, domain(1), server=UNKNOWN, tsigSecret=UNKNOWN)
    assert plugin.diff("RecordSets", "id", old, new) == {
        "changes": True,
        "replaces": [],
        "detailed": {"server": "UPDATE", "tsigSecret": "ADD"},
    }


def test_a_journal_is_written_read_and_forgotten(knot: Knot, configured: Plugin):
    inputs = properties(knot.port, secret(packed(domain(1))))
    id_, state = configured.create("Journal", inputs)
    assert (id_, state["recordSets"], len(state["runs"])) == (ZONE, inputs["recordSets"], 1)
    read = configured.read("Journal", id_, {**state, "runs": secret(state["runs"])}, inputs)
    assert read == (id_, {**state, "runs": secret(state["runs"])}, inputs)
    configured.call("Delete", proto.DeleteRequest(urn=urn("Journal"), id=id_, properties=struct(state)))


def test_what_is_secret_in_the_inputs_is_secret_in_the_outputs(knot: Knot, configured: Plugin):
    inputs = properties(
        knot.port, {"xmpp.d1.contoso.com A": secret("300 131.107.155.10")}, tsigSecret=secret(SECRET)
    )
    id_, state = configured.create("RecordSet", inputs)
    assert state == inputs
    assert configured.read("RecordSet", id_, state, inputs) == (id_, inputs, inputs)


def test_a_record_set_that_is_there_already_is_refused_in_lines_of_its_own(knot: Knot, configured: Plugin):
    knot.change(ZONE, ("add", "xmpp.d1", "300", "A", "131.107.155.99"))
    request = proto.CreateRequest(urn=urn("RecordSet"), properties=struct(properties(knot.port, ADDRESSES)))
    error = configured.refused("Create", request)
    assert (error.code, error.left) == (grpc.StatusCode.UNKNOWN, None)
    assert error.text.splitlines()[0] == (
        f"DNS server 127.0.0.1 port {knot.port}, zone contoso.com: nothing was changed because of 1 conflict:"
    )


def test_a_fault_of_the_plugins_own_is_not_taken_for_the_users(plugin: Plugin):
    request = proto.DeleteRequest(urn=urn("RecordSet"), properties=struct({"zone": "contoso.com"}))
    assert plugin.refused("Delete", request).text == "Exception calling application: 'provider'"


def test_what_is_done_reaches_the_state_with_the_error_its_secrets_as_such(
    knot: Knot, configured: Plugin, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(PrimaryZone, "most", (900,))
    sent = PrimaryZone.send

    def send(zone: PrimaryZone, batch: Any) -> None:
        sent(zone, batch)
        knot.stop()

    monkeypatch.setattr(PrimaryZone, "send", send)
    wanted = {key: secret(text) for key, text in domains(1, 2, 3, 4).items()}
    inputs = properties(knot.port, wanted)
    try:
        error = configured.refused(
            "Create", proto.CreateRequest(urn=urn("RecordSets"), properties=struct(inputs))
        )
    finally:
        knot.start()
    done = domains(1, 2)
    assert error.text.endswith(", _xmpp-server._tcp.d4.contoso.com SRV (the state holds what is done)")
    assert (list(error.left.reasons), error.left.refresh_before_update) == ([error.text], True)
    assert fields(error.left.properties)["recordSets"] == {key: secret(text) for key, text in done.items()}


def test_how_far_an_update_is_is_told_beside_its_resource_and_passes(
    knot: Knot, configured: Plugin, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(PrimaryZone, "most", (900,))
    configured.create("RecordSets", properties(knot.port, domains(1, 2, 3, 4)))
    at = f"DNS server 127.0.0.1 port {knot.port}, zone contoso.com"
    assert configured.lines == [
        Line(urn("RecordSets"), f"{at}: 4 of 8 record sets", passing=True),
        Line(urn("RecordSets"), f"{at}: 8 of 8 record sets", passing=True),
    ]


def test_what_was_adopted_is_told_beside_its_resource_and_stays(knot: Knot, configured: Plugin):
    knot.change(ZONE, ("add", "xmpp.d1", "300", "A", "131.107.155.10"))
    configured.create("RecordSet", properties(knot.port, ADDRESSES, existing="adopt"))
    at = f"DNS server 127.0.0.1 port {knot.port}, zone contoso.com"
    assert configured.lines == [Line(urn("RecordSet"), f"{at}: adopted xmpp.d1.contoso.com A", passing=False)]
