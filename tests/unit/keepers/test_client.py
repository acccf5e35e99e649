"""What the client of a zone says where its provider has nothing of its own to say."""

import pytest
from tests.unit.bulk.lab import domain
from tests.unit.keepers.memory import Client, Zone

from xmpp_federation_dns.backends.client import AlteredError, DeniedError, Right, UpdateError


@pytest.fixture
def client(zone: Zone) -> Client:
    return Client(zone, ("one", "contoso.com"))


def test_what_can_be_read_is_allowed_and_what_is_denied_says_why():
    def denied() -> None:
        raise DeniedError("zone contoso.com: HTTP 403")

    assert Right.tried("DNS Read", list) == ("DNS Read", "allowed", "")
    assert Right.tried("DNS Read", denied) == ("DNS Read", "missing", "zone contoso.com: HTTP 403")


def test_whatever_else_keeps_one_from_reading_is_no_word_about_a_right():
    def unreachable() -> None:
        raise UpdateError("zone contoso.com: no answer")

    with pytest.raises(UpdateError, match=r"^zone contoso\.com: no answer$"):
        Right.tried("DNS Read", unreachable)


def test_a_provider_that_cannot_be_asked_says_so_and_stops_nothing(client: Client):
    assert client.access(list(domain(1)), one_by_one=False) == [
        ("changes", "not known", "this provider cannot be asked without changing something")
    ]
    assert client.stops(list(domain(1))) == []


def test_a_provider_without_a_listing_is_named(client: Client):
    with pytest.raises(NotImplementedError, match=r"^Client has no listing\(\)$"):
        client.listing()


def test_nothing_is_known_of_a_zone_beside_what_the_program_says(client: Client):
    assert (client.unasked, client.learnt(), client.agrees([])) == ("", {}, False)
    assert [client.is_at(("one", "contoso.com")), client.is_at(("two", "contoso.com"))] == [True, False]


def test_an_error_holds_whether_an_answer_came_and_what_is_there():
    assert (UpdateError("lost").unanswered, UpdateError("lost", unanswered=True).unanswered) == (False, True)
    altered = AlteredError("altered", {})
    assert (str(altered), altered.there, altered.unanswered) == ("altered", {}, False)
