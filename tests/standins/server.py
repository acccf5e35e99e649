"""An emulation in a process of its own, as a test sees it."""

import json
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Self

from tests.standins.emulation import ADDRESS, CONTROL, Change, Fault

CHECKOUT = Path(__file__).parents[2]


class Server:
    """A running emulation."""

    def __init__(self, url: str, certificate: Path | None = None) -> None:
        self.url = url
        tls = ssl.create_default_context(cafile=certificate) if certificate else None
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)
        ).open

    @classmethod
    @contextmanager
    def running(cls, module: str, *arguments: str, certificate: Path | None = None) -> Generator[Self]:
        """Run *module* until the block ends; it speaks TLS where it has a *certificate*."""
        command = [sys.executable, "-m", module, *arguments]
        with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as process:
            try:
                port = process.stdout.readline().strip() if process.stdout else ""
                if not port:
                    raise RuntimeError(f"{module} ended before it served anything")
                yield cls(f"{'https' if certificate else 'http'}://{ADDRESS}:{port}", certificate)
            finally:
                process.terminate()

    def history(self, zone: str | None = None) -> list[Change]:
        """Return all accepted changes, or those of one *zone*, in order."""
        changes = [replace(Change(**entry), values=tuple(entry["values"])) for entry in self._get("history")]
        return [change for change in changes if zone in (None, change.zone)]

    def calls(self) -> dict[str, int]:
        """Return how often each operation was called."""
        return self._get("calls")

    def early(self) -> int:
        """Return how often an operation was called again before it was time."""
        return self._get("early")

    @contextmanager
    def faulty(self, *faults: Fault) -> Generator[None]:
        """Let *faults* happen until the block ends."""
        for fault in faults:
            self.request("POST", CONTROL + "faults", asdict(fault))
        try:
            yield
        finally:
            self.request("DELETE", CONTROL + "faults")

    def request(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> Any:
        """Send a request and return the JSON of the answer."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with self._open(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def _get(self, path: str) -> Any:
        return self.request("GET", CONTROL + path)
