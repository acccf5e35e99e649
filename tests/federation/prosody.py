"""Prosody, serving one SIP domain."""

import os
import socket
import subprocess
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.federation.authority import Certificate
from tests.federation.program import running
from tools.lab.namespace import PATH, Namespace

CONFIGURATION = """\
run_as_root = true
data_path = "{directory}/data"
pidfile = "{directory}/pid"
certificates = "{directory}"
log = {{ debug = "{directory}/log" }}
interfaces = {{ {addresses} }}
s2s_ports = {{ {ports} }}
modules_enabled = {{ {modules} }}
modules_disabled = {{ "c2s"; "http"; "offline"; "posix" }}
s2s_require_encryption = {secure}
s2s_secure_auth = {strict}
{globally}
VirtualHost "{domain}"
  ssl = {{ key = "{certificate.key}"; certificate = "{certificate.chain}"; cafile = "{authority}" }}
  {more}
"""
MODULES = ("saslauth", "tls", "dialback", "disco", "ping", "admin_shell", "s2s")
ENVIRONMENT = {"PATH": PATH, "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Prosody:
    """A running server."""

    namespace: Namespace
    directory: Path
    domain: str

    @classmethod
    @contextmanager
    def serving(
        cls,
        domain: str,
        directory: Path,
        namespace: Namespace,
        *,
        addresses: Sequence[str],
        ports: Sequence[int],
        certificate: Certificate,
        tls: bool,
        bidi: bool = False,
        strict: bool = True,
        without: Sequence[str] = (),
        globally: str = "",
        more: str = "",
    ) -> Generator[Self]:
        """Run a server until the block ends; without *tls* it neither offers nor demands STARTTLS.

        *bidi*: it offers both directions on one connection. Where it is not *strict*, it takes dialback in place of a
        certificate. It runs *without* these modules, and has *more* configured for the domain, and *globally*.
        """
        (directory / "data").mkdir(parents=True, exist_ok=True)
        server = cls(namespace, directory, domain)
        server.socket.unlink(missing_ok=True)
        server.configuration.write_text(
            CONFIGURATION.format(
                directory=directory,
                addresses=_list(addresses),
                ports="; ".join(map(str, ports)),
                modules=_list(
                    module
                    for module in (*MODULES, *["s2s_bidi"] * bidi)
                    if module not in without and (tls or module != "tls")
                ),
                secure=str(tls).lower(),
                strict=str(tls and strict).lower(),
                globally=globally,
                domain=domain,
                certificate=certificate,
                authority=certificate.chain.parent / "ca.crt",
                more=more,
            )
        )
        command = namespace.command("prosody", "-F", "--config", server.configuration)
        with running(command, directory / "output", server._up, ENVIRONMENT):
            yield server

    @property
    def configuration(self) -> Path:
        """The configuration of the server."""
        return self.directory / "prosody.cfg.lua"

    @property
    def socket(self) -> Path:
        """The control socket of the server."""
        return self.directory / "data" / "prosody.sock"

    def log(self) -> str:
        """Return what the server wrote so far."""
        return (self.directory / "log").read_text()

    def ping(self, domain: str, seconds: float) -> str:
        """Send an XMPP ping (XEP-0199) to *domain*; return `pong`, or what was said instead."""
        return self.shell(f"xmpp:ping('{self.domain}', '{domain}', {seconds})")

    def connections(self) -> set[tuple[str, str, str]]:
        """Return direction, version of TLS and outcome of SASL of every connection to another server."""
        rows = [line.split("|") for line in self.shell("s2s:show()").splitlines() if line.count("|") > 6]
        cells = [[cell.strip() for cell in row] for row in rows[1:]]
        return {(row[2], row[5], row[6]) for row in cells}

    def shell(self, line: str) -> str:
        """Return what the server answers to a line of its administration shell."""
        command = self.namespace.command("prosodyctl", "--config", self.configuration, "shell", line)
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=ENVIRONMENT
        )
        return done.stdout

    def _up(self) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(os.fspath(self.socket)) == 0


def _list(texts: Iterable[str]) -> str:
    return "; ".join(f'"{text}"' for text in texts)
