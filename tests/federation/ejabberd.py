"""ejabberd, serving one SIP domain."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.federation.authority import Certificate
from tests.federation.program import running
from tools.lab.namespace import PATH, Namespace

API_PORT = 5280
# Records change under its eyes: it is to remember nothing.
RESOLVER = """\
{lookup, ["file", "native"]}.
{file, resolv, "/etc/resolv.conf"}.
{cache_size, 0}.
"""
ASK = """\
import sys, urllib.request
url, body = sys.argv[1:]
try:
    urllib.request.urlopen(url, body.encode(), timeout=10).read()
except urllib.error.HTTPError as error:
    sys.exit(f"{url} {body}: {error.read().decode()}")
"""
OUTCOME = (
    r"(?:Failed to establish outbound s2s connection|Accepted outbound s2s \S+ authentication) {} -> {}(.*)"
)


@dataclass(frozen=True)
class Ejabberd:
    """A running server."""

    namespace: Namespace
    domain: str
    log: Path

    @classmethod
    @contextmanager
    def serving(
        cls,
        domain: str,
        directory: Path,
        namespace: Namespace,
        *,
        addresses: Sequence[str],
        certificate: Certificate,
        **more: Any,
    ) -> Generator[Self]:
        """Run a server with its state in *directory* until the block ends; *more* is configured."""
        directory.mkdir(exist_ok=True)
        server = cls(namespace, domain, directory / "ejabberd.log")
        server.log.unlink(missing_ok=True)
        authority = certificate.chain.parent / "ca.crt"
        s2s = [{"port": 5269, "ip": address, "module": "ejabberd_s2s_in"} for address in addresses]
        api = {
            "port": API_PORT,
            "ip": "127.0.0.1",
            "module": "ejabberd_http",
            "request_handlers": {"/api": "mod_http_api"},
        }
        configuration: dict[str, Any] = {
            "hosts": [domain],
            "loglevel": "debug",
            "certfiles": [f"{certificate.both}"],
            "ca_file": f"{authority}",
            "s2s_cafile": f"{authority}",
            "s2s_use_starttls": "required",
            "s2s_max_retry_delay": 1,
            "acme": {"auto": False},
            "listen": [*s2s, api],
            "api_permissions": {
                "here": {"who": {"ip": "127.0.0.1/8"}, "what": ["send_stanza", "stop_s2s_connections"]}
            },
            "modules": {"mod_admin_extra": {}, "mod_s2s_dialback": {}, "mod_disco": {}, "mod_ping": {}},
            **more,
        }
        # JSON is YAML.
        (directory / "ejabberd.yml").write_text(json.dumps(configuration))
        (directory / "inetrc").write_text(RESOLVER)
        [code, *_] = sorted(Path("/usr/lib").glob("*/ejabberd-*"))
        environment = {
            "PATH": PATH,
            "HOME": f"{directory}",
            "ERL_LIBS": f"{code.parent}",
            "ERL_INETRC": f"{directory / 'inetrc'}",
            "ERL_CRASH_DUMP": f"{directory / 'crash'}",
            "EJABBERD_CONFIG_PATH": f"{directory / 'ejabberd.yml'}",
            "EJABBERD_LOG_PATH": f"{server.log}",
        }
        # `ejabberdctl` runs for root and `ejabberd` alone, and wants a port mapper; the server needs neither.
        mnesia = f'"{directory}/mnesia"'
        command = namespace.command("erl", "-noinput", "-mnesia", "dir", mnesia, "-s", "ejabberd")
        with running(command, directory / "output", server._up, environment):
            yield server

    def dial(self, domain: str, seconds: float) -> str:
        """Make the server connect anew to *domain*; return what it says of the outcome."""
        start = self.log.stat().st_size
        stanza = "<iq type='get' id='dial'><ping xmlns='urn:xmpp:ping'/></iq>"
        self._ask("stop_s2s_connections")
        self._ask("send_stanza", **{"from": self.domain, "to": domain, "stanza": stanza})
        outcome = re.compile(OUTCOME.format(re.escape(self.domain), re.escape(domain)))
        deadline = time.monotonic() + seconds
        while not (found := outcome.search(self.log.read_text()[start:])):
            if time.monotonic() > deadline:
                return f"nothing within {seconds} s"
            time.sleep(0.02)
        return found[0]

    def _ask(self, call: str, **arguments: str) -> None:
        url = f"http://127.0.0.1:{API_PORT}/api/{call}"
        subprocess.run(
            self.namespace.command(sys.executable, "-c", ASK, url, json.dumps(arguments)), check=True
        )

    def _up(self) -> bool:
        return self.log.exists() and " is started in the node " in self.log.read_text()
