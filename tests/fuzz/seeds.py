"""Octets from which a search begins: what each target is meant for, and what is known to be wrong."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.proof.dns.messages import REAL, message
from tests.proof.xmpp.authority import NOW, issue
from tests.proof.xmpp.server import (
    DIALBACK,
    EXTERNAL,
    HEADER,
    NOTHING,
    PLAIN_HEADER,
    PROCEED,
    STARTTLS,
    error,
)
from tests.properties.test_plans import PLAN
from tests.unit.live.import_files import BOTH, TOP
from tests.unit.table import ACCEPTED, BASE, REFUSED
from tools.lab.stack import CHECKOUT

from xmpp_federation_dns.proof.document import as_json
from xmpp_federation_dns.proof.report import Finding, Subject, Verdict
from xmpp_federation_dns.proof.result import Result

PREFIX = "xmpp-federation-dns:"
ROWS = [
    {
        "name": "_xmpp-server._tcp.contoso.com",
        "type": "SRV",
        "ttl": 3600,
        "values": ["0 0 5269 xmpp.contoso.com."],
        "zone": "contoso.com",
    },
    {
        "name": "xmpp.contoso.com",
        "type": "A",
        "ttl": 300,
        "values": ["131.107.155.10"],
        "zone": "contoso.com",
    },
]

BIDI = (
    b"<stream:features><bidi xmlns='urn:xmpp:features:bidi'/><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
    b"<mechanism>EXTERNAL</mechanism></mechanisms></stream:features>"
)
SUCCESS = b"<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
PONG = b"<iq type='result' id='ping' from='contoso.com' to='probe.invalid'/>"
FOUND = Finding(
    "V3", "error", Subject("contoso.com", "SRV"), "it is not there", "publish it", "x", {"ns1": "no"}
)


def _stack_files() -> Iterator[bytes]:
    for path in sorted((CHECKOUT / "config" / "examples").glob("*.yaml")):
        yield path.read_bytes()
    for each in (*ACCEPTED, *REFUSED):
        values = {PREFIX + key: value for key, value in (BASE | each["given"]).items() if value is not None}
        yield yaml.safe_dump({"config": values}, allow_unicode=True).encode()


def _included() -> Iterator[bytes]:
    yield b"\0contoso.com\n# those that came\nfabrikam.com # in 2026\n"
    yield b'\1#TYPE Selected\r\n"Identity","Name"\r\n"contoso.com","contoso.com"\r\n'
    yield b"\1sep=;\nname;weight\ncontoso.com;1\n"
    yield b"\2" + yaml.safe_dump({key: BASE[key] for key in ("domains", "zones")}).encode()


def _certificates() -> Iterator[bytes]:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    srv_name = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.7"), b"\x16\x18_xmpp-server.contoso.com")
    yield issue("contoso.com", "contoso.com", "*.contoso.com", srv_name, more=usage).der
    yield issue("xmpp.contoso.com", organisation="Contoso").der


def _http_answers() -> Iterator[bytes]:
    reasons: list[Any] = [{"domain": "global", "reason": "forbidden", "message": "Forbidden"}]
    for body in (
        {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "Forbidden", "errors": reasons}},
        {"error": {"code": "AuthorizationFailed", "message": "The client does not have authorization."}},
        {"code": "NotFound", "message": "The resource record 'www' does not exist."},
        {"success": False, "errors": [{"code": 1004, "message": "x", "error_chain": [{"code": 9041}]}]},
        {"error": "invalid_grant", "error_description": "Bad Request"},
    ):
        yield b"\3" + json.dumps(body).encode()
    yield b"\7<html><title>502 Bad Gateway</title></html>"


SEEDS: Mapping[str, list[bytes]] = {
    "stack_file": list(_stack_files()),
    "included": list(_included()),
    "records": [json.dumps(ROWS).encode()],
    "plan": [json.dumps(PLAN).encode()],
    "import_file": [json.dumps({"nameTable": {"a": "urn:pulumi:a"}, "resources": [TOP, *BOTH]}).encode()],
    "baseline": [
        as_json(Result("verify", NOW, [Verdict("contoso.com", (FOUND,), {"192.0.2.1": NOW})])).encode()
    ],
    "dns_answer": [message(*case).to_wire() for case in REAL],
    "stream": [
        b"\xff" + HEADER + NOTHING,
        b"\7" + PLAIN_HEADER + STARTTLS + PROCEED + HEADER + DIALBACK,
        b"\x3f" + HEADER + EXTERNAL,
        b"\xff" + HEADER + BIDI + HEADER + EXTERNAL + SUCCESS + HEADER + NOTHING + PONG,
        b"\xff" + HEADER + error("host-unknown", "no such host"),
    ],
    "server_certificate": list(_certificates()),
    "http_answer": list(_http_answers()),
}
"""By target; the first is right."""
