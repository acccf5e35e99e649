"""How long is waited before a call is sent again: as the service asks for, up to a limit, by no clock but its own."""

import math
from collections.abc import Mapping

import pytest
from tests.unit.bulk.lab import failed

from xmpp_federation_dns.backends.attempts import as_asked
from xmpp_federation_dns.backends.client import UpdateError

MOST, OTHERWISE = 300.0, 1.5
DATE = {"Date": "Wed, 21 Oct 2015 07:28:00 GMT"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 0 "}, 0.0),
        ({"Retry-After": "300"}, 300.0),
        ({"retry-after-ms": "2500"}, 2.5),
        ({"x-ms-retry-after-ms": "50.5"}, 0.0505),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT", **DATE}, 30.0),
        ({"Retry-After": "Wed, 21 Oct 2015 07:00:00 GMT", **DATE}, 0.0),
    ],
)
def test_what_a_service_asks_for_is_waited(headers: Mapping[str, str], seconds: float):
    assert math.isclose(as_asked(headers, OTHERWISE, MOST, UpdateError("x")), seconds)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        DATE,
        {"Retry-After": ""},
        {"Retry-After": "soon"},
        {"Retry-After": "-7"},
        {"Retry-After": "inf"},
        {"Retry-After": "1.2.3"},
        {"Retry-After": "٣"},
        {"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT"},
        {"Retry-After": "Wed, 21 Oct 2015 07:28:30 -0000", **DATE},
        {"Retry-After": "Wed, 99 Oct 99999999999 07:28:30 GMT", **DATE},
    ],
    ids=str,
)
def test_what_says_no_time_asks_for_none(headers: Mapping[str, str]):
    assert as_asked(headers, OTHERWISE, MOST, UpdateError("x")) == OTHERWISE


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"Retry-After": "3600"}, "3600"),
        ({"Retry-After": "9" * 400}, "inf"),
        ({"Retry-After": "Wed, 21 Oct 2015 08:28:00 GMT", **DATE}, "3600"),
    ],
    ids=["an hour", "without an end", "a date"],
)
def test_what_is_longer_than_anybody_waits_for_is_told(headers: Mapping[str, str], told: str):
    error = failed(
        UpdateError, as_asked, headers, OTHERWISE, MOST, UpdateError("Slow down.", unanswered=True)
    )
    assert (str(error), error.unanswered) == (
        f"Slow down.; it asks to wait for {told} s: pulumi up again after that",
        True,
    )
