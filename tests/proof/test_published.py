import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from xmpp_federation_dns import published
from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.published import UnreadableError, from_json, from_rows, read
from xmpp_federation_dns.records import AaaaRecordSet, ARecordSet, SrvRecord, SrvRecordSet

SRV: dict[str, Any] = {
    "name": "_xmpp-server._tcp.contoso.com",
    "type": "SRV",
    "ttl": 3600,
    "values": ["0 0 5269 xmpp.contoso.com."],
    "zone": "contoso.com",
    "provider": "aws",
}
A: dict[str, Any] = SRV | {
    "name": "xmpp.contoso.com",
    "type": "A",
    "ttl": 300,
    "values": ["131.107.155.11", "131.107.155.10"],
}
NOT_RECORDS = "x: not the output `records` of XmppFederationDns"


def test_record_sets_are_grouped_by_sip_domain_with_the_zone_of_each():
    tls = SRV | {"name": "_xmpps-server._tcp.contoso.com", "values": ["0 0 5270 xmpp.contoso.com."]}
    aaaa = A | {"type": "AAAA", "values": ["2620:01ec::10"]}
    other = SRV | {"name": "_xmpp-server._tcp.fabrikam.com", "zone": "fabrikam.com"}
    service = SrvRecordSet(
        "_xmpp-server._tcp.contoso.com", 3600, (SrvRecord(0, 0, 5269, "xmpp.contoso.com"),)
    )
    addresses = (
        ARecordSet("xmpp.contoso.com", 300, ("131.107.155.10", "131.107.155.11")),
        AaaaRecordSet("xmpp.contoso.com", 300, ("2620:1ec::10",)),
    )
    names = ("_xmpp-server._tcp.contoso.com", "xmpp.contoso.com", "_xmpps-server._tcp.contoso.com")
    assert from_rows([other, tls, A, aaaa, SRV], "x") == [
        Federation(
            "contoso.com",
            service,
            SrvRecordSet(names[2], 3600, (SrvRecord(0, 0, 5270, "xmpp.contoso.com"),)),
            addresses,
            dict.fromkeys(names, "contoso.com"),
        ),
        Federation(
            "fabrikam.com",
            SrvRecordSet("_xmpp-server._tcp.fabrikam.com", 3600, service.records),
            None,
            addresses,
            {"_xmpp-server._tcp.fabrikam.com": "fabrikam.com", "xmpp.contoso.com": "contoso.com"},
        ),
    ]


def test_a_target_whose_addresses_are_published_elsewhere_has_none():
    assert from_rows([SRV], "x")[0].addresses == ()


def test_a_domain_without_federation_has_no_servers():
    [disabled] = from_rows([SRV | {"values": ["0 0 0 ."]}], "x")
    assert disabled.servers == ()
    assert disabled.service.values == ["0 0 0 ."]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ({"rows": [SRV]}, f"{NOT_RECORDS}: it: Input should be a valid list"),
        (["text"], f"{NOT_RECORDS}: [0]: Input should be a dictionary or an instance of Row"),
        ([{"name": "x"}], f"{NOT_RECORDS}: [0].type: Field required"),
        ([SRV | {"ttl": -1}], f"{NOT_RECORDS}: [0].ttl: Input should be greater than or equal to 0"),
        ([SRV | {"ttl": 2**31}], f"{NOT_RECORDS}: [0].ttl: Input should be less than {2**31}"),
        ([SRV | {"type": "MX"}], f"{NOT_RECORDS}: [0].type: Input should be 'SRV', 'A' or 'AAAA'"),
        ([], "x: no SRV record set of XMPP federation in it"),
        ([A], "x: no SRV record set of XMPP federation in it"),
        (
            [SRV, SRV | {"name": "_sip._tls.contoso.com"}],
            "x: [1]: '_sip._tls.contoso.com' SRV is no record set of XMPP federation",
        ),
        *(
            (
                [SRV | {"values": [f"{numbers} xmpp.contoso.com."]}],
                "x: [0]: '_xmpp-server._tcp.contoso.com' SRV is no record set of XMPP federation",
            )
            for numbers in ("0 0 65536", "0 65536 5269", "-1 0 5269")
        ),
        (
            [SRV | {"values": ["0 5269 xmpp.contoso.com."]}],
            "x: [0]: '_xmpp-server._tcp.contoso.com' SRV is no record set of XMPP federation",
        ),
        (
            [A | {"values": ["2620:1ec::10"]}],
            "x: [0]: 'xmpp.contoso.com' A is no record set of XMPP federation",
        ),
        (
            [SRV | {"zone": "con toso"}],
            "x: [0]: '_xmpp-server._tcp.contoso.com' SRV is no record set of XMPP federation",
        ),
    ],
)
def test_what_is_no_output_of_this_program_is_refused_in_one_line(rows: object, text: str):
    with pytest.raises(UnreadableError) as refused:
        from_rows(rows, "x")
    assert str(refused.value) == text


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused_with_the_command_that_writes_it(content: bytes):
    with pytest.raises(UnreadableError) as refused:
        from_json(content, "x")
    assert str(refused.value) == "x: no JSON; pipe in the output of `pulumi stack output records --json`"


def test_a_list_beyond_all_measure_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(published, "MAX_SIZE", 10)
    with pytest.raises(UnreadableError) as refused:
        from_json(b"[" + b" " * 10, "x")
    assert str(refused.value) == "x: more than 10 octets"


class Endless:
    """A file without end."""

    @staticmethod
    def opened(_path: Path, _mode: str) -> "Endless":
        return Endless()

    def __enter__(self) -> "Endless":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, size: int) -> bytes:
        return b" " * size


@pytest.mark.parametrize(("source", "told"), [("-", "standard input"), ("/dev/zero", "/dev/zero")])
def test_a_list_without_end_is_not_read_to_its_end(source: str, told: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(published, "MAX_SIZE", 10)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Endless()))
    monkeypatch.setattr(Path, "open", Endless.opened)
    with pytest.raises(UnreadableError) as refused:
        read(source)
    assert str(refused.value) == f"{told}: more than 10 octets"


def test_whole_numbers_that_became_floats_on_the_way_are_read():
    [found] = from_rows([SRV | {"ttl": 3600.0}], "x")
    assert found.service.ttl == 3600


def test_the_output_of_a_stack_is_read_from_a_file_and_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    text = json.dumps([SRV, A])
    file = tmp_path / "records.json"
    file.write_text(text)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert read(str(file)) == read("-") == from_rows([SRV, A], "x")


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path: Path):
    with pytest.raises(UnreadableError) as refused:
        read(str(tmp_path / "records.json"))
    assert str(refused.value) == f"{tmp_path / 'records.json'}: No such file or directory"


def test_terminal_sequences_in_the_name_of_a_file_are_shown_in_quotes():
    with pytest.raises(UnreadableError) as refused:
        read("\x1b[31m.json")
    assert str(refused.value) == "'\\x1b[31m.json': No such file or directory"


def test_a_stack_file_says_the_same_as_the_output_of_its_stack_and_its_profile(tmp_path: Path):
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(
        "config:\n"
        "  zones: [{provider: aws, name: contoso.com}]\n"
        "  domains: [contoso.com]\n"
        "  edgePools: [{ipv4: [131.107.155.10, 131.107.155.11]}]\n"
    )
    [of_output] = from_rows([SRV, A], "x")
    assert read(str(file)) == [replace(of_output, profile="lync")]
    assert of_output.profile == ""


def test_a_stack_file_says_which_servers_to_ask_about_a_zone(tmp_path: Path):
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(
        "config:\n"
        "  zones:\n"
        "    - {provider: aws, name: Contoso.com., nameservers: [192.0.2.53, ns1.example.net]}\n"
        "    - {provider: aws, name: fabrikam.com}\n"
        "  domains: [contoso.com, fabrikam.com]\n"
        "  edgePools: [{ipv4: [131.107.155.10]}]\n"
    )
    assert [each.nameservers for each in read(str(file))] == [
        {"contoso.com": ["192.0.2.53", "ns1.example.net"]},
        {},
    ]


def test_a_stack_file_with_mistakes_is_left_to_check(tmp_path: Path):
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text("config:\n  domains: [contoso_com]\n")
    with pytest.raises(UnreadableError) as refused:
        read(str(file))
    assert str(refused.value) == f"{file}: 3 problems in it; `xmpp-federation-dns check` tells them"


def test_a_stack_file_with_one_mistake_is_left_to_check(tmp_path: Path):
    file = tmp_path / "Pulumi.test.yaml"
    file.write_text(
        "config:\n"
        "  zones: [{provider: aws, name: contoso.com}]\n"
        "  domains: [contoso.com]\n"
        "  edgePools: [{ipv4: [10.0.0.5]}]\n"
    )
    with pytest.raises(UnreadableError) as refused:
        read(str(file))
    assert str(refused.value) == f"{file}: 1 problem in it; `xmpp-federation-dns check` tells it"


def test_all_outputs_in_place_of_the_records_are_told():
    with pytest.raises(UnreadableError) as raised:
        from_json(b'{"records": [], "other": 1}', "standard input")
    assert str(raised.value) == (
        "standard input: these are all outputs; pipe in that of `pulumi stack output records --json`"
    )
