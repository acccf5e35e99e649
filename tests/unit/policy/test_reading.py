"""How the policy pack reads what the engine hands to it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from policy.srv_records import is_ours, settled
from tests.unit.policy.resources import AWS, LATER

from xmpp_federation_dns.problems import Unknown


class NotKnownError(Exception):
    """What the policy SDK raises at a value that is not known."""


class Proxy(Mapping[str, Any]):
    """Properties as the policy SDK hands them over."""

    def __init__(self, **props: object) -> None:
        self._props = props

    def __getitem__(self, key: str) -> Any:
        if isinstance(self._props[key], Unknown):
            raise NotKnownError
        return self._props[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._props)

    def __len__(self) -> int:
        return len(self._props)


@pytest.mark.parametrize(
    ("types", "ours"),
    [
        (AWS, False),
        (f"xmpp-federation-dns:index:XmppFederationDns${AWS}", True),
        (f"example:index:Larger$xmpp-federation-dns:index:XmppFederationDns${AWS}", True),
        (f"example:index:XmppFederationDns${AWS}", False),
    ],
)
def test_what_the_component_made_is_told_by_the_types_of_its_parents(types: str, ours: bool):
    assert is_ours(f"urn:pulumi:prod::dns::{types}::federation") is ours


def test_properties_are_settled_down_to_what_is_not_known():
    props = Proxy(
        ttl=300.0,
        weight=0.5,
        type="SRV",
        zone=LATER,
        records=[Proxy(port=5269.0, target=LATER)],
        proxied=True,
    )

    found = settled(props, NotKnownError)

    zone, target = found.pop("zone"), found["records"][0].pop("target")
    assert (type(zone), type(target)) == (Unknown, Unknown)
    assert found == {"ttl": 300, "weight": 0.5, "type": "SRV", "records": [{"port": 5269}], "proxied": True}
    assert type(found["ttl"]) is type(found["records"][0]["port"]) is int
