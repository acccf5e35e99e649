"""Two SIP domains, their servers, the DNS and a stack: an internet of its own on this machine."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml
from tests.federation import name_server
from tests.federation.authority import Authority, Certificate
from tests.federation.ejabberd import Ejabberd
from tests.federation.name_server import NameServer
from tests.federation.prosody import Prosody
from tests.federation.rows import DEAD, Row
from tools.lab.knot import KEY_NAME
from tools.lab.namespace import PATH, Namespace, NoNamespaceError
from tools.lab.stack import NAMESPACE, Stack

EDGES = {
    "contoso.com": ("131.107.155.10", "2620:1ec::10"),
    "fabrikam.com": ("131.107.155.20", "2620:1ec::20"),
}
"""Where the server of each SIP domain listens."""
ELSEWHERE = "adatum.com"
"""The zone of somebody else."""
LIMIT = 30
"""Seconds that a busy machine may take to answer a ping, which takes a tenth of one."""
PATIENCE = 120
"""Seconds that an answer which has to come may take, on a machine that does much else."""
PROGRAMS = {
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "ip": "iproute2",
    "knotd": "knot",
    "prosody": "prosody",
    "ejabberdctl": "ejabberd",
}
"""What a lab needs, and the Debian packages that have it."""


@dataclass(frozen=True)
class Proof:
    """What `verify` or `probe` said: its exit status, and by SIP domain the verdict and the findings."""

    status: int
    verdicts: Mapping[str, str]
    findings: Mapping[str, list[dict[str, Any]]]

    def blamed(self, domain: str) -> list[str]:
        """Return check id and severity of each finding about *domain* that is more than information."""
        told = {f"{finding['check']} {finding['severity']}" for finding in self.findings[domain]}
        return sorted(entry for entry in told if not entry.endswith(" info"))


@dataclass(frozen=True)
class Lab:
    """A namespace in which Knot serves both zones and nothing is published yet."""

    directory: Path
    namespace: Namespace
    name_server: NameServer
    authority: Authority
    stack: Stack

    @classmethod
    @contextmanager
    def open(cls, signed: Collection[str] = ()) -> Generator[Self]:
        """Set the lab up until the block ends, with zones that are *signed*.

        Raises :class:`NoNamespaceError`, also for missing programs.
        """
        missing = sorted({package for name, package in PROGRAMS.items() if not shutil.which(name, path=PATH)})
        if missing:
            raise NoNamespaceError(
                f"not installed: {', '.join(missing)} (apt-get install {' '.join(missing)})"
            )
        addresses = [name_server.ADDRESS, DEAD, *(address for edge in EDGES.values() for address in edge)]
        # Control sockets lie in it: their paths have room for 107 octets.
        with tempfile.TemporaryDirectory(prefix="federation-") as name:
            directory = Path(name)
            with (
                Namespace.with_addresses(addresses, name_server.ADDRESS, directory) as namespace,
                NameServer.serving([*EDGES, ELSEWHERE], namespace, directory / "knot", signed) as server,
            ):
                prefix = namespace.command(directory=directory / "pulumi" / "project")
                stack = Stack(directory / "pulumi", prefix=prefix)
                yield cls(directory, namespace, server, Authority.below(directory), stack)

    def publish(self, **keys: Any) -> None:
        """Run `pulumi up` for both SIP domains, with other *keys* of the configuration."""
        self.stack.file.write_text(stack_file(**keys))
        self.stack.pulumi("stack", "select", "--create")
        self.stack.set_secret("tsigSecret", name_server.SECRET)
        self.stack.pulumi("up", "--yes", "--skip-preview")
        records = self.stack.pulumi("stack", "output", "records", "--json").stdout
        self.records.write_text(records)

    @property
    def records(self) -> Path:
        """The output `records` of the stack."""
        return self.directory / "records.json"

    def prosody(
        self,
        domain: str,
        names: Sequence[str] = (),
        serves: str = "",
        ports: Sequence[int] = (5269,),
        *,
        tls: bool = True,
        certificate: Certificate | None = None,
        **more: Any,
    ) -> AbstractContextManager[Prosody]:
        """Run Prosody on the Edge of *domain*, with a certificate for *names*, by default for *domain*.

        *more* goes into its configuration.
        """
        return Prosody.serving(
            serves or domain,
            self.directory / domain,
            self.namespace,
            addresses=EDGES[domain],
            ports=ports,
            certificate=certificate or self.authority.issue(names or (domain,)),
            tls=tls,
            **more,
        )

    @contextmanager
    def set_up(self, row: Row) -> Generator[Path]:
        """Break records and server of fabrikam.com as *row* says until the block ends; yield what was wished."""
        with ExitStack() as stack:
            stack.enter_context(self.name_server.edited("fabrikam.com", row.gone, row.new))
            stack.enter_context(self.name_server.edited(ELSEWHERE, [], row.elsewhere))
            if row.server is not None:
                stack.enter_context(self.prosody("fabrikam.com", **row.server))
            yield self._wished(row)

    def _wished(self, row: Row) -> Path:
        if row.srv:
            source = self.directory / "row.json"
            records = [r for r in json.loads(self.records.read_text()) if r["name"] != "xmpp.fabrikam.com"]
            [service] = [r for r in records if r["name"] == "_xmpp-server._tcp.fabrikam.com"]
            service["values"] = [row.srv]
            source.write_text(json.dumps(records))
        else:
            source = self.directory / "Pulumi.row.yaml"
            source.write_text(stack_file(row.edge_pools, tsigSecret=name_server.SECRET, **row.keys))
        return source

    def ejabberd(self, domain: str, **more: Any) -> AbstractContextManager[Ejabberd]:
        """Run ejabberd on the Edge of *domain*, with *more* in its configuration."""
        return Ejabberd.serving(
            domain,
            self.directory / "ejabberd",
            self.namespace,
            addresses=EDGES[domain],
            certificate=self.authority.issue([domain]),
            **more,
        )

    def verify(self, source: Path) -> Proof:
        """Run `xmpp-federation-dns verify` inside."""
        return self._prove("verify", str(source), "--nameserver", name_server.ADDRESS, "--timeout", "1")

    def probe(self, source: Path, *more: str, seconds: float = LIMIT) -> Proof:
        """Run `xmpp-federation-dns probe` inside, with *more* options."""
        options = (
            "--ca-file",
            str(self.authority.file),
            "--resolver",
            name_server.ADDRESS,
            "--timeout",
            f"{seconds}",
        )
        return self._prove("probe", str(source), *options, *more)

    def peer(self, *arguments: str) -> Proof:
        """Run `xmpp-federation-dns peer` inside, for domains and with other options."""
        return self._prove("peer", *arguments, *self._asking)

    def pairs(self, ours: Path, *domains: str) -> dict[tuple[str, str], str]:
        """Return what `xmpp-federation-dns peer --ours` says inside of each pair: verdict, check and side."""
        options = ("--ours", str(ours), "--nameserver", name_server.ADDRESS)
        _, found = self._run("peer", *domains, *options, *self._asking)
        return {
            (cell["from"], cell["to"]): " ".join(filter(None, (cell["verdict"], cell["check"], cell["side"])))
            for cell in found["matrix"]["cells"]
        }

    @property
    def _asking(self) -> tuple[str, ...]:
        return "--ca-file", str(self.authority.file), "--timeout", f"{LIMIT}"

    def _run(self, *arguments: str) -> tuple[int, Any]:
        program = f"{sys.prefix}/bin/xmpp-federation-dns"
        command = self.namespace.command(program, *arguments, "--format", "json")
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
        if any(not line.startswith("warning: ") for line in done.stderr.splitlines()):
            raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
        return done.returncode, json.loads(done.stdout)

    def _prove(self, *arguments: str) -> Proof:
        status, found = self._run(*arguments)
        return Proof(
            status,
            {verdict["domain"]: verdict["verdict"] for verdict in found["verdicts"]},
            {verdict["domain"]: verdict["findings"] for verdict in found["verdicts"]},
        )


def stack_file(edge_pools: Sequence[Mapping[str, Any]] = (), **keys: Any) -> str:
    """Return a stack file for both SIP domains: with other *edge_pools* of fabrikam.com, and other *keys*."""
    zones = [
        {"provider": "rfc2136", "name": zone, "server": name_server.ADDRESS, "tsigKeyName": KEY_NAME}
        for zone in EDGES
    ]
    pools = {domain: [{"ipv4": [ipv4], "ipv6": [ipv6]}] for domain, (ipv4, ipv6) in EDGES.items()}
    if edge_pools:
        pools["fabrikam.com"] = [*map(dict, edge_pools)]
    domains = [{"name": domain, "edgePools": pool} for domain, pool in pools.items()]
    configuration = {"zones": zones, "domains": domains, **keys}
    return yaml.safe_dump({"config": {f"{NAMESPACE}:{key}": value for key, value in configuration.items()}})
