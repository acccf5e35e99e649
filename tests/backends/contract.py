"""What every backend owes: run by one test class a backend, proved by the smallest backend there can be."""

from collections.abc import Iterator
from dataclasses import MISSING, fields, replace
from typing import Any, ClassVar, cast

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


KEPT = {
    "SRV": {
        "_xmpp-server._tcp.contoso.com SRV": "3600 0 0 5269 a.contoso.com., 10 5 5269 b.contoso.com.",
    },
    "SRV of a child domain": {
        "_xmpp-server._tcp.corp.contoso.com SRV": "600 0 0 5269 xmpp.corp.contoso.com."
    },
    "SRV of a domain without XMPP": {"_xmpp-server._tcp.contoso.com SRV": "3600 0 0 0 ."},
    "A": {"a.contoso.com A": "300 131.107.155.10, 131.107.155.9"},
    "A of the apex": {"contoso.com A": "300 131.107.155.10"},
    "AAAA": {"a.contoso.com AAAA": "300 2620:1ec::10"},
}
"""What the resource of this package has in `recordSets` for each of them."""


def kept(**zone: Any) -> dict[str, dict[str, Any]]:
    """Return the inputs of that resource for each record set, where its zone is said by these."""
    return {
        name: {"zone": "contoso.com", **zone, "existing": "refuse", "recordSets": record_sets}
        for name, record_sets in KEPT.items()
    }


def texts(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text in the inputs of a resource, with its key."""
    match value:
        case str():
            yield key, value
        case dict():
            for name, item in cast("dict[str, object]", value).items():
                yield from texts(item, name)
                yield from [(name, name)] if " " in name else []
        case list():
            for item in cast("list[object]", value):
                yield from texts(item, key)
        case _:
            pass


class BackendContract:
    """Subclassed once for every backend, with the exact inputs that its provider has to receive."""

    zone: ClassVar[Zone]
    """The zone contoso.com."""
    inputs: ClassVar[dict[str, dict[str, Any]]]
    """What the provider receives for each of the record sets above."""
    type: ClassVar[str]
    """The type of its resource."""
    options: ClassVar[dict[str, Any]] = {}
    """A value for every option that may be left out, other than that of the zone above."""

    def declare(self, record_set: RecordSet, zone: Zone | None = None) -> tuple[Run, Registration]:
        def program() -> None:
            parent = pulumi.ComponentResource("test:index:Parent", "parent")
            before = pulumi.CustomResource("test:index:Before", "before")
            hook = pulumi.ResourceHook("hook", lambda _: None)
            opts = pulumi.ResourceOptions(
                parent=parent,
                depends_on=[before],
                delete_before_replace=False,
                retain_on_delete=True,
                hooks=pulumi.ResourceHookBinding(after_create=[hook]),
            )
            publish(zone or self.zone, "name", [record_set], lambda _: opts)

        done = run(program)
        return done, done.named(f"name-{record_set.name}-{record_set.type}")

    @pytest.mark.parametrize("name", RECORD_SETS)
    def test_a_record_set_is_exactly_one_resource_with_exactly_these_inputs(self, name: str):
        done, registration = self.declare(RECORD_SETS[name])
        assert sorted(r.name for r in done.registrations) == sorted(["parent", "before", registration.name])
        assert registration.type == self.type
        assert registration.inputs == self.inputs[name]

    def test_the_options_are_passed_on_untouched(self):
        _, registration = self.declare(RECORD_SETS["A"])
        assert (registration.parent, registration.dependencies) == ("parent", ["before"])
        assert (registration.created_first, registration.retained) == (True, True)
        assert registration.hooks == {"after_create": ["hook"]}

    def test_the_owner_is_in_the_zone_once_and_in_one_form_for_all_record_sets(self):
        zone, forms = self.zone.name, set[str]()
        for record_set in RECORD_SETS.values():
            name = record_set.name
            relative = name.removesuffix(zone).removesuffix(".") or "@"
            written = {name: "absolute", f"{name}.": "with final dot", relative: "relative"}
            found = [text for _, text in texts(self.declare(record_set)[1].inputs)]
            own = {written[text] for text in found if text in written} or {
                written[text.split(" ")[0]] for text in found if text.split(" ")[0] in written
            }
            # What stands for the apex is its own name in some forms.
            forms |= own if name != zone else set()
            assert not any(f"{zone}.{zone}" in text for text in found)
        assert len(forms) == 1

    def test_a_target_is_absolute_whatever_the_zone(self):
        _, registration = self.declare(RECORD_SETS["SRV"])
        found = " ".join(text for _, text in texts(registration.inputs))
        assert all(f" {target}" in f" {found}" for target in ("a.contoso.com", "b.contoso.com"))

    def test_every_option_that_may_be_left_out_has_a_value_to_try(self):
        own = {field.name for field in fields(Zone)}
        optional = {
            field.name
            for field in fields(self.zone)
            if field.name not in own and (field.default is not MISSING)
        }
        assert self.options.keys() == optional

    def test_every_option_has_an_effect(self):
        def effect(zone: Zone) -> object:
            done, registration = self.declare(RECORD_SETS["A"], zone)
            return registration.inputs, zone.credentials(), done.calls

        before = effect(self.zone)
        unused = [
            key for key, value in self.options.items() if effect(replace(self.zone, **{key: value})) == before
        ]
        assert unused == []

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
