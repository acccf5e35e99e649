"""What every backend owes: run by one test class a backend, proved by the smallest backend there can be."""

from typing import Any, ClassVar

import pulumi
import pytest
from tests.recorder import Registration, Run, run

from xmpp_federation_dns.backends import Zone
from xmpp_federation_dns.publishing import publish
from xmpp_federation_dns.records import AaaaRecordSet, ARecordSet, RecordSet, SrvRecord, SrvRecordSet

RECORD_SETS: dict[str, RecordSet] = {
    "SRV": SrvRecordSet(
        "_xmpp-server._tcp.contoso.com",
        3600,
        (SrvRecord(10, 5, 5269, "b.contoso.com"), SrvRecord(0, 0, 5269, "a.contoso.com")),
    ),
    "SRV of a child domain": SrvRecordSet(
        "_xmpp-server._tcp.corp.contoso.com", 600, (SrvRecord(0, 0, 5269, "xmpp.corp.contoso.com"),)
    ),
    "SRV of a domain without XMPP": SrvRecordSet(
        "_xmpp-server._tcp.contoso.com", 3600, (SrvRecord(0, 0, 0, ""),)
    ),
    "A": ARecordSet("a.contoso.com", 300, ("131.107.155.9", "131.107.155.10")),
    "A of the apex": ARecordSet("contoso.com", 300, ("131.107.155.10",)),
    "AAAA": AaaaRecordSet("a.contoso.com", 300, ("2620:1ec::10",)),
}


class BackendContract:
    """Subclassed once for every backend, with the exact inputs that its provider has to receive."""

    zone: ClassVar[Zone]
    """The zone contoso.com."""
    inputs: ClassVar[dict[str, dict[str, Any]]]
    """What the provider receives for each of the record sets above."""
    type: ClassVar[str]
    """The type of its resource."""

    def declare(self, record_set: RecordSet, **options: Any) -> tuple[Run, Registration]:
        def program() -> None:
            parent = pulumi.ComponentResource("test:index:Parent", "parent")
            opts = pulumi.ResourceOptions(parent=parent, **options)
            publish(self.zone, "name", [record_set], lambda _: opts)

        done = run(program)
        return done, done.named(f"name-{record_set.name}-{record_set.type}")

    @pytest.mark.parametrize("name", RECORD_SETS)
    def test_a_record_set_is_exactly_one_resource_with_exactly_these_inputs(self, name: str):
        done, registration = self.declare(RECORD_SETS[name])
        assert [r.name for r in done.registrations] == ["parent", registration.name]
        assert registration.type == self.type
        assert registration.inputs == self.inputs[name]

    def test_the_options_are_passed_on_untouched(self):
        _, registration = self.declare(RECORD_SETS["A"], delete_before_replace=False, retain_on_delete=True)
        assert registration.parent == "parent"
        assert (registration.created_first, registration.retained) == (True, True)

    def test_publishing_looks_nothing_up(self):
        done, _ = self.declare(RECORD_SETS["SRV"])
        assert done.calls == []

    def test_addresses_may_be_known_during_the_update_only(self):
        later = ARecordSet(
            "a.contoso.com", 300, pulumi.Output.from_input(["131.107.155.9", "131.107.155.10"])
        )
        _, registration = self.declare(later)
        assert registration.inputs == self.inputs["A"]

    def test_a_secret_address_is_a_secret_input(self):
        secret = AaaaRecordSet("a.contoso.com", 300, pulumi.Output.secret(["2620:1ec::10"]))
        _, registration = self.declare(secret)
        assert len(registration.secrets) == 1
        assert registration.inputs == self.inputs["AAAA"]

    def test_publish_names_resources_by_component_owner_and_type(self):
        record_sets = [RECORD_SETS["A"], RECORD_SETS["AAAA"], RECORD_SETS["SRV"]]
        resources: list[pulumi.Resource] = []

        def program() -> None:
            resources.extend(
                publish(self.zone, "federation", record_sets, lambda _: pulumi.ResourceOptions())
            )

        done = run(program)
        assert done.names == [
            "federation-_xmpp-server._tcp.contoso.com-SRV",
            "federation-a.contoso.com-A",
            "federation-a.contoso.com-AAAA",
        ]
        assert len(resources) == len(record_sets)
