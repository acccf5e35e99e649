from typing import Any

import pulumi
import pytest
from tests.backends.contract import RECORD_SETS, BackendContract, kept
from tests.recorder import run

from xmpp_federation_dns import CloudflareZone
from xmpp_federation_dns.problems import Secret
from xmpp_federation_dns.publishing import publish

ID, OTHER_ID = "023e105f4ecef8ad9ca31a8372d0c353", "372e67954025e0ba6aaa6d586b9e0b59"
TOKEN = "Sn3lZJTBX6kkg7OdcBUAxOO963GEIyGQqnFTOFYY"


class TestCloudflare(BackendContract):
    type = "xmpp-federation-dns:index:RecordSet"
    zone = CloudflareZone(name="contoso.com")
    options = {"zone_id": ID, "api_token": TOKEN}
    inputs = kept(provider="cloudflare")


@pytest.mark.parametrize(
    "token", [TOKEN, Secret(TOKEN), pulumi.Output.from_input(TOKEN)], ids=["text", "secret", "output"]
)
def test_the_token_of_a_zone_is_a_secret_input(token: Any):
    def program() -> None:
        zone = CloudflareZone(name="contoso.com", api_token=token)
        publish(zone, "name", [RECORD_SETS["A"]], lambda _: pulumi.ResourceOptions())

    registration = run(program).named("name-a.contoso.com-A")
    assert registration.secrets == {"apiToken"}
    assert registration.inputs["apiToken"] == TOKEN


def problems(**options: Any) -> list[tuple[str, str]]:
    return [
        (each.severity, str(each)) for each in CloudflareZone(name="contoso.com", **options).problems(None)
    ]


@pytest.mark.parametrize(
    "options", [{}, {"zone_id": ID, "api_token": Secret(TOKEN)}, {"api_token": pulumi.Output.from_input("!")}]
)
def test_options_that_have_their_form_are_fine(options: dict[str, Any]):
    assert problems(**options) == []


@pytest.mark.parametrize("zone_id", ["contoso.com", ID[:-1], ID.upper(), ""])
def test_an_id_that_is_none_is_told(zone_id: str):
    assert problems(zone_id=zone_id) == [
        (
            "error",
            f"zoneId: {zone_id!r} is not the id of a zone, which is 32 hexadecimal digits in lower case: Overview of "
            "the zone has it, under API",
        )
    ]


@pytest.mark.parametrize("token", ["", f"Bearer {TOKEN}", f"{TOKEN}\n"])
def test_a_token_that_is_none_is_told_and_not_shown(token: str):
    text = (
        "apiToken: this is no API token (not shown): letters, digits and - . _ ~ + / alone, without 'Bearer'"
    )
    assert problems(api_token=Secret(token)) == problems(api_token=token) == [("error", text)]


def test_a_token_in_plain_text_is_a_warning():
    text = "the token stands in plain text; encrypt it with --secret --path, or set CLOUDFLARE_API_TOKEN"
    assert problems(api_token=TOKEN) == [("warning", f"apiToken: {text}")]


def looked_up(zone_id: Any) -> Any:
    """Return what becomes of the id of a zone in a program."""
    found: list[Any] = []

    def program() -> None:
        zone = CloudflareZone(name="contoso.com", zone_id=zone_id).lookup(pulumi.InvokeOptions())
        pulumi.Output.from_input(zone.zone_id).apply(found.append)

    run(program)
    return found[0]


@pytest.mark.parametrize("zone_id", [None, ID])
def test_an_id_that_is_known_or_left_out_is_not_looked_at(zone_id: str | None):
    zone = CloudflareZone(name="contoso.com", zone_id=zone_id)
    assert zone.lookup(pulumi.InvokeOptions()) is zone


def test_an_id_from_an_output_is_one():
    assert looked_up(pulumi.Output.from_input(ID)) == ID


def test_an_id_from_an_output_that_is_none_ends_the_update():
    with pytest.raises(
        pulumi.RunError, match=r"^zone contoso\.com of provider cloudflare, zoneId: 'x' is not the id"
    ):
        looked_up(pulumi.Output.from_input("x"))
