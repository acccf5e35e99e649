import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from tests.recorder import hosted_zones, run
from tests.unit.table import BASE

from xmpp_federation_dns import published
from xmpp_federation_dns.commands import export
from xmpp_federation_dns.configuration.plan import read

PROGRAM = Path(__file__).parents[2] / "__main__.py"
GIVEN = BASE | {
    "zones": [
        {"provider": "azure", "name": "fabrikam.com", "resourceGroup": "dns"},
        {"provider": "aws", "name": "contoso.com", "zoneId": "Z1"},
        {"provider": "aws", "name": "unused.example", "zoneId": "Z2"},
    ],
    "domains": [
        "contoso.com",
        "münchen.contoso.com",
        {"name": "fabrikam.com", "edgePools": [{"host": "@", "ipv4": ["131.107.155.9", "131.107.155.10"]}]},
    ],
    "addressTtl": 600,
}


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    return published.rows(read(GIVEN))


def test_a_zone_is_written_as_a_master_file_with_its_origin(rows: list[dict[str, Any]]):
    assert export.as_master_file(rows) == (
        "$ORIGIN contoso.com.\n"
        "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp.contoso.com.\n"
        "_xmpp-server._tcp.xn--mnchen-3ya 3600 IN SRV 0 0 5269 xmpp.xn--mnchen-3ya.contoso.com.\n"
        "xmpp 600 IN A 131.107.155.10\n"
        "xmpp.xn--mnchen-3ya 600 IN A 131.107.155.10\n"
        "\n"
        "$ORIGIN fabrikam.com.\n"
        "_xmpp-server._tcp 3600 IN SRV 0 0 5269 fabrikam.com.\n"
        "@ 600 IN A 131.107.155.9\n"
        "@ 600 IN A 131.107.155.10"
    )


def test_nothing_is_written_where_there_is_nothing():
    assert export.as_master_file([]) == ""


def test_records_are_a_table_in_markdown(rows: list[dict[str, Any]]):
    assert export.as_markdown(rows[1:3]) == (
        "2 record sets in 2 zones\n"
        "\n"
        "| zone | provider | name | TTL | type | value |\n"
        "|---|---|---|---|---|---|\n"
        "| fabrikam.com | azure | `_xmpp-server._tcp.fabrikam.com` | 3600 | SRV | `0 0 5269 fabrikam.com.` |\n"
        "| contoso.com | aws | `_xmpp-server._tcp.xn--mnchen-3ya.contoso.com` "
        "(_xmpp-server._tcp.münchen.contoso.com) | 3600 | SRV | `0 0 5269 xmpp.xn--mnchen-3ya.contoso.com.` |"
    )


def test_several_values_stand_below_one_another_in_markdown(rows: list[dict[str, Any]]):
    [row] = [row for row in rows if row["name"] == "fabrikam.com"]
    assert export.as_markdown([row]).splitlines()[-1] == (
        "| fabrikam.com | azure | `fabrikam.com` | 600 | A | `131.107.155.9`<br>`131.107.155.10` |"
    )


def test_the_records_are_the_output_of_the_program_which_names_its_component_too(rows: list[dict[str, Any]]):
    config = {key: json.dumps(value) for key, value in GIVEN.items()}
    outputs: dict[str, Any] = {}

    def keep(records: Any) -> None:
        outputs["records"] = records

    def program() -> None:
        federation = runpy.run_path(str(PROGRAM), run_name="__main__")["federation"]
        federation.records.apply(keep)

    run(program, hosted_zones({"Z1": "contoso.com", "Z2": "unused.example"}), config=config)
    assert outputs["records"] == [row | {"component": "federation"} for row in rows]
    assert json.loads(export.as_json(rows)) == rows


def test_names_and_types_give_the_order_of_records(rows: list[dict[str, Any]]):
    assert [(row["name"], row["type"]) for row in rows] == sorted((row["name"], row["type"]) for row in rows)
    assert len(rows) == 6


def test_a_table_for_3000_sip_domains_fits_a_comment_and_counts_the_rest(rows: list[dict[str, Any]]):
    text = export.as_markdown(rows[:2] * 3000)
    first, *_, last = text.splitlines()
    assert first == "6,000 record sets in 2 zones"
    kept = text.count("| SRV |") + text.count("| A |")
    assert len(text) <= 65_536
    assert last == f"… and {6000 - kept:,} more rows, which do not fit here; `--format json` has all of them."
