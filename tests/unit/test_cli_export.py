import json
from pathlib import Path

import pytest
from tests.unit.cli import PRIVATE, call

pytestmark = pytest.mark.usefixtures("project")


def test_an_export_is_a_master_file():
    assert call("export", "correct") == (
        0,
        "$ORIGIN contoso.com.\n"
        "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp.contoso.com.\n"
        "xmpp 300 IN A 131.107.155.10\n",
        "",
    )


def test_an_export_is_a_table_in_markdown():
    assert call("export", "Pulumi.correct.yaml", "--format", "markdown")[1].splitlines()[2] == (
        "| zone | provider | name | TTL | type | value |"
    )


def test_an_export_is_json():
    [srv, address] = json.loads(call("export", "correct", "--format", "json")[1])
    assert address == {
        "name": "xmpp.contoso.com",
        "type": "A",
        "ttl": 300,
        "values": ["131.107.155.10"],
        "zone": "contoso.com",
        "provider": "aws",
    }
    assert srv["values"] == ["0 0 5269 xmpp.contoso.com."]


TWO = """\
config:
  zones: [{provider: aws, name: contoso.com}, {provider: aws, name: fabrikam.com}, {provider: aws, name: x.org}]
  domains: [contoso.com, fabrikam.com]
  edgePools: [{ipv4: [131.107.155.10]}]
"""


@pytest.mark.parametrize("zone", ["fabrikam.com", "Fabrikam.COM."])
def test_an_export_of_one_zone_has_its_record_sets_alone(zone: str):
    Path("two.yaml").write_text(TWO)
    status, out, _ = call("export", "two.yaml", "--zone", zone)
    assert (status, out.splitlines()[0], out.count("$ORIGIN"), "contoso" in out) == (
        0,
        "$ORIGIN fabrikam.com.",
        1,
        False,
    )


def test_an_export_of_a_zone_without_records_is_empty():
    Path("two.yaml").write_text(TWO)
    assert call("export", "two.yaml", "--zone", "x.org") == (0, "", "")
    assert call("export", "two.yaml", "--zone", "x.org", "--format", "json") == (0, "[]\n", "")


@pytest.mark.parametrize("zone", ["example.org", "münchen..de", ""])
def test_an_unknown_zone_is_told_with_the_zones_there_are(zone: str):
    Path("two.yaml").write_text(TWO)
    told = f"error: '{zone}' is none of the zones contoso.com, fabrikam.com, x.org\n"
    assert call("export", "two.yaml", "--zone", zone) == (2, "", told)


def test_nothing_of_a_stack_with_errors_is_exported():
    told = f"error: Pulumi.wrong.yaml:4: {PRIVATE}\n"
    assert call("export", "wrong") == (1, "", told)


def test_the_warnings_of_an_export_are_left_to_check():
    assert call("export", "unwise")[0::2] == (0, "")
