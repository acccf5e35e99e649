"""What a probe says of Prosody, with certificates of a throw-away authority and every place on loopback."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from tests.federation.machine import cannot
from tests.proof.xmpp.authority import Authority, issue
from tests.proof.xmpp.proof import at, expected, proven, told
from tests.proof.xmpp.test_addresses import shut_port

from xmpp_federation_dns.proof.report import Verdict

DOMAIN, IDN = "contoso.example", "xn--mnchen-3ya.example"


@contextmanager
def prosody(directory: Path, authority: Authority, *, strict: bool) -> Generator[int, None, None]:
    """Run Prosody for two SIP domains, which asks its peers for certificates where it is *strict*; give its port."""
    port = shut_port()
    leaf = issue("server", DOMAIN, IDN, by=authority.root)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (directory / "key.pem").write_bytes(leaf.key.private_bytes(encoding, form, serialization.NoEncryption()))
    (directory / "certificate.pem").write_bytes(leaf.pem)
    (directory / "data").mkdir()
    (directory / "certs").mkdir()
    ssl = f'ssl = {{ key = "{directory}/key.pem"; certificate = "{directory}/certificate.pem" }}'
    (directory / "prosody.cfg.lua").write_text(
        f"""
        run_as_root = true
        data_path = "{directory}/data"; pidfile = "{directory}/pid"; log = {{ info = "{directory}/log" }}
        interfaces = {{ "127.0.0.1" }}; s2s_ports = {{ {port} }}
        modules_enabled = {{ "saslauth"; "tls"; "dialback"; "s2s" }}
        modules_disabled = {{ "c2s"; "http" }}
        s2s_require_encryption = true; s2s_secure_auth = {str(strict).lower()}
        VirtualHost "{DOMAIN}"
            {ssl}
        VirtualHost "münchen.example"
            {ssl}
        """
    )
    program = shutil.which("prosody") or cannot("not installed: prosody (apt-get install prosody)")
    server = subprocess.Popen([program, "-F", "--config", str(directory / "prosody.cfg.lua")])
    try:
        answering(port, time.monotonic() + 20)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def answering(port: int, deadline: float) -> None:
    """Wait until *port* takes connections."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return


def verdicts(port: int, authority: Authority, *domains: str) -> list[Verdict]:
    entries = [expected(domain, at(port, f"xmpp.{domain}"), addresses=["127.0.0.1"]) for domain in domains]
    return asyncio.run(proven(entries, ca_file=authority.roots, timeout=10))


def test_prosody_federates_for_its_domains_alone(authority: Authority, tmp_path: Path):
    with prosody(tmp_path, authority, strict=False) as port:
        served, idn, other = verdicts(port, authority, DOMAIN, IDN, "fabrikam.example")
    assert (served, idn) == (Verdict(DOMAIN), Verdict(IDN))
    assert told(other.findings) == [
        f"error C2 127.0.0.1 port {port} (xmpp.fabrikam.example): the server does not serve fabrikam.example "
        "(host-unknown); add fabrikam.example to the server's XMPP domains "
        "[127.0.0.1: host-unknown 'This host does not serve fabrikam.example']"
    ]


@pytest.mark.parametrize("domain", [DOMAIN, IDN])
def test_prosody_that_asks_for_certificates_is_no_failure(authority: Authority, tmp_path: Path, domain: str):
    with prosody(tmp_path, authority, strict=True) as port:
        [found] = verdicts(port, authority, domain)
    assert found.state == "proven"
    assert told(found.findings) == [
        f"info C6 127.0.0.1 port {port} (xmpp.{domain}): it wants to know its peers by their certificates, and a "
        "probe has none (not-authorized) "
        '[127.0.0.1: not-authorized "Your server\'s certificate could not be validated"]'
    ]
