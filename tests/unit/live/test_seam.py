"""What not every backend has."""

import pytest
from tests.unit.keepers.memory import Client, Zone

from xmpp_federation_dns import Rfc2136Zone
from xmpp_federation_dns.backends.client import Right


def test_a_client_without_a_listing_is_named():
    with pytest.raises(NotImplementedError, match=r"^Client has no listing\(\)$"):
        Client(Zone(), ()).listing()


def test_a_client_that_cannot_be_asked_for_rights_says_that_nothing_is_known():
    assert Client(Zone(), ()).access([], one_by_one=False) == [
        Right("changes", "not known", "this provider cannot be asked without changing something")
    ]


def test_a_client_without_locks_knows_nothing_in_the_way():
    there = Client(Zone(), ())
    assert (there.stops([]), there.unasked) == ([], "")


def test_a_provider_without_accounts_is_named():
    with pytest.raises(NotImplementedError, match=r"^Rfc2136Zone has no zones_of_account\(\)$"):
        Rfc2136Zone.zones_of_account({})
