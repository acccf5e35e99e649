"""An emulated provider API over HTTP that tests watch, count and disturb from outside.

Below :data:`CONTROL` every emulation answers to tests:

- ``GET history``: every accepted change of a record set, in order (:class:`Change`);
- ``GET calls``: how often each operation was called, refused calls included;
- ``GET early``: how often one was called again before it was time, by the ``Retry-After`` of a fault;
- ``POST faults``: what goes wrong with which of the next calls (:class:`Fault`);
- ``DELETE faults``: nothing goes wrong any more.
"""

import json
import signal
import socket
import ssl
import sys
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Literal

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CONTROL = "/-/"
ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Change:
    """One accepted change: names absolute, lower case, no final dot; values in zone-file form."""

    action: Literal["create", "update", "delete"]
    zone: str
    """Id of the zone at its provider."""
    name: str
    type: str
    ttl: int = 0
    values: tuple[str, ...] = ()


@dataclass
class Fault:
    """What goes wrong with the next calls of *operation* whose account, path or body contains *match*.

    ``refuse`` answers with *status*, *code* and *message* and does nothing; ``lose`` does what is asked and
    ends the connection without an answer. *retry_after* is the header of that name: none where it is empty, that of
    the stand-in where it is None.
    """

    operation: str
    times: int = 1_000_000
    match: str = ""
    effect: Literal["refuse", "lose"] = "refuse"
    status: int = 400
    code: str = ""
    message: str = ""
    retry_after: str | None = None

    def happening(self, *, times: int) -> "Fault":
        """Return the same fault, for so many calls."""
        return replace(self, times=times)


@dataclass
class Ledger:
    """What happened to an emulation, and what is to go wrong with it."""

    history: list[Change] = field(default_factory=list[Change])
    calls: Counter[str] = field(default_factory=Counter[str])
    faults: list[Fault] = field(default_factory=list[Fault])
    not_before: dict[str, float] = field(default_factory=dict[str, float])
    early: int = 0
    lock: Lock = field(default_factory=Lock)

    def called(self, operation: str, subject: str) -> Fault | None:
        """Count a call and return what is to go wrong with it."""
        with self.lock:
            self.calls[operation] += 1
            self.early += time.monotonic() < self.not_before.get(operation, 0.0)
            for fault in self.faults:
                if fault.times and fault.operation == operation and fault.match in subject:
                    fault.times -= 1
                    if fault.retry_after:
                        self.not_before[operation] = time.monotonic() + float(fault.retry_after)
                    return fault
        return None


class Emulation(ABC):
    """A WSGI application that stands in for the API of a provider."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        if request.path.startswith(CONTROL):
            return self._control(request)(environ, start_response)
        body = request.get_data(cache=True)
        operation = self.operation(request)
        fault = self.ledger.called(operation, f"{self.account(request)} {request.path} {body.decode()}")
        if fault is None or fault.effect == "lose":
            response = self.answer(request)
        else:
            response = self.refusal(fault.status, fault.code, fault.message)
            if fault.retry_after is not None:
                response.headers.pop("x-ms-retry-after-ms", None)
                response.headers["Retry-After"] = fault.retry_after
            if fault.retry_after == "":
                del response.headers["Retry-After"]
        if fault is not None and fault.effect == "lose":
            connection: socket.socket = environ["werkzeug.socket"]
            connection.shutdown(socket.SHUT_RDWR)
        return response(environ, start_response)

    @abstractmethod
    def operation(self, request: Request) -> str:
        """Return the provider's name of what *request* asks for."""

    @abstractmethod
    def account(self, request: Request) -> str:
        """Return the account or subscription that *request* speaks for."""

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Do what *request* asks for."""

    @abstractmethod
    def refusal(self, status: int, code: str, message: str) -> Response:
        """Return an error in the provider's form."""

    def _control(self, request: Request) -> Response:
        ledger = self.ledger
        with ledger.lock:
            match request.method, request.path.removeprefix(CONTROL):
                case "GET", "history":
                    answer: object = [asdict(change) for change in ledger.history]
                case "GET", "calls":
                    answer = dict(ledger.calls)
                case "GET", "early":
                    answer = ledger.early
                case "POST", "faults":
                    ledger.faults.append(Fault(**json.loads(request.get_data())))
                    answer = None
                case "DELETE", "faults":
                    ledger.faults.clear()
                    answer = None
                case _:
                    return Response(status=404)
        return Response(json.dumps(answer), content_type="application/json")


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 as its base class has it
        """Keep standard error for what goes wrong."""


def _end(*_: object) -> None:
    sys.exit()


def serve(emulation: Emulation, tls: ssl.SSLContext | None = None) -> None:
    """Serve on a free port of loopback, which goes to standard output, until the process is told to end."""
    signal.signal(signal.SIGTERM, _end)
    server = make_server(ADDRESS, 0, emulation, threaded=True, request_handler=_Quiet, ssl_context=tls)
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()
