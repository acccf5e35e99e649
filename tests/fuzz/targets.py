"""All that reads what others write, each as a function of octets that has to end in order.

`make fuzz TARGET=name MINUTES=20` looks for octets with which it does not; what it found is kept in `corpus/`.
"""

import atexit
import contextlib
import ssl
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import requests

from xmpp_federation_dns.backends import azure_resource_manager, cloudflare_api, gcp_cloud_dns
from xmpp_federation_dns.commands.check import as_annotations, as_json
from xmpp_federation_dns.configuration.check import check
from xmpp_federation_dns.configuration.yamlfile import StackFileError
from xmpp_federation_dns.live.adopt import ImportFile, ImportFileError, judged
from xmpp_federation_dns.live.preview import PlanError
from xmpp_federation_dns.live.preview import read as read_plan
from xmpp_federation_dns.live.review import review
from xmpp_federation_dns.proof.dns import messages
from xmpp_federation_dns.proof.document import BaselineError, read_baseline
from xmpp_federation_dns.proof.page import as_html
from xmpp_federation_dns.proof.xmpp import certificate, certificate_checks
from xmpp_federation_dns.proof.xmpp.connection import Connection
from xmpp_federation_dns.proof.xmpp.stream import ConditionError, NoStreamError, NoTlsError, Stream
from xmpp_federation_dns.published import UnreadableError, from_json

KINDS = ("list.txt", "list.csv", "list.yaml")
"""The files that a stack may include."""


class DisorderError(AssertionError):
    """A message that is more than a line, or that a terminal would obey."""


def stack_file(octets: bytes) -> None:
    """Read a stack file as `check` does."""
    _checked(octets)


def included(octets: bytes) -> None:
    """Read a file that a stack includes; the first octet says of which kind it is."""
    name = KINDS[octets[0] % len(KINDS)] if octets else KINDS[0]
    (_folder() / name).write_bytes(octets[1:])
    _checked(f"config:\n  xmpp-federation-dns:include: [{name}]\n".encode())


def records(octets: bytes) -> None:
    """Read the output `records` as `verify` and `probe` do."""
    with _in_order(UnreadableError):
        from_json(octets, "standard input")


def plan(octets: bytes) -> None:
    """Read what `pulumi preview --json` prints as `review` does."""
    with _in_order(PlanError):
        review(read_plan(octets, "plan.json"))


def import_file(octets: bytes) -> None:
    """Read an import file of the engine as `adopt` does."""
    with _in_order(ImportFileError):
        file = ImportFile(octets.decode(errors="replace"))
        findings = judged(file.entries(), {}, {})
        file.written({position: each.id for position, each in findings.items()})


def baseline(octets: bytes) -> None:
    """Read an earlier report of `verify` as `--baseline` does."""
    path = _folder() / "old.json"
    path.write_bytes(octets)
    with _in_order(BaselineError):
        as_html(read_baseline(path, "verify"))


def dns_answer(octets: bytes) -> None:
    """Read an answer of a name server as `verify` does."""
    answer = messages.read(octets)
    _printable([str(answer), answer.cut])


def stream(octets: bytes) -> None:
    """Read what an XMPP server sends as `probe` does; the first octet says in pieces of which length."""
    size = octets[0] + 1 if octets else 1
    pieces = [octets[start : start + size] for start in range(1, len(octets), size)]
    with _in_order(NoStreamError, NoTlsError, ConditionError):
        talk = _talk(Stream(cast("Connection", _Server(pieces)), "contoso.com", "probe.invalid"))
        # It waits for nobody.
        with contextlib.suppress(StopIteration):
            talk.send(None)


def server_certificate(octets: bytes) -> None:
    """Judge the certificate of an XMPP server as `probe` does."""
    with contextlib.suppress(ValueError):
        found = certificate.read(octets)
        distrust = ssl.SSLCertVerificationError()
        distrust.verify_code, distrust.verify_message = 18, ""
        _printable(
            part for each in certificate_checks.faults(found, "contoso.com", distrust) for part in each[2:]
        )
        _printable([certificate_checks.shown(found)])
    certificate.public_key(octets)
    certificate.leads_to(octets, [octets], octets)


def http_answer(octets: bytes) -> None:
    """Tell an answer that is not what was asked for as the clients of the clouds do; the first octet is its status."""
    status, text = _STATUSES[octets[0] % len(_STATUSES)] if octets else 500, octets[1:]
    google = gcp_cloud_dns._answer(status, text.decode(errors="replace"))  # pyright: ignore[reportPrivateUsage]
    response = requests.Response()
    response.status_code, response._content = status, text  # pyright: ignore[reportPrivateUsage]
    azure = azure_resource_manager.answered(cast("Any", SimpleNamespace(http_response=_Http(response))))
    body = cloudflare_api._body(response)  # pyright: ignore[reportPrivateUsage]
    api = cloudflare_api.Api("zone contoso.com", "token")
    refused = api._refusal(status, body, "ListRecords", unanswered=False)  # pyright: ignore[reportPrivateUsage]
    told = (each.refusal("zone contoso.com", "list") for each in (google, azure))
    _printable(map(str, (*told, refused)))


Target = Callable[[bytes], None]
TARGETS: Mapping[str, Target] = {
    each.__name__: each
    for each in (
        stack_file,
        included,
        records,
        plan,
        import_file,
        baseline,
        dns_answer,
        stream,
        server_certificate,
        http_answer,
    )
}
_STATUSES = (200, 400, 401, 403, 404, 409, 412, 429, 500)


class _Server:
    """Stands in for a connection to a server that says *pieces*, whatever it is told."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.received = b""

    async def send(self, octets: bytes) -> None:
        assert octets

    async def receive(self) -> bytes:
        self.received = next(self._pieces, b"")
        return self.received

    async def start_tls(self, context: ssl.SSLContext, name: str) -> None:
        assert context
        assert name


class _Http:
    """Stands in for an answer of azure-core."""

    def __init__(self, response: requests.Response) -> None:
        self.status_code, self.content, self.json = response.status_code, response.content, response.json

    def text(self) -> str:
        return self.content.decode(errors="replace")


async def _talk(stream: Stream) -> None:
    features = await stream.open()
    if features.starttls:
        await stream.start_tls(ssl.create_default_context(), "contoso.com")
    features = await stream.open()
    await stream.authenticate(bidi=features.bidi)
    await stream.open()
    await stream.ping(bidi=features.bidi)
    await stream.end()


@contextlib.contextmanager
def _in_order(*kinds: type[Exception]) -> Generator[None]:
    """Let errors of these *kinds* end a target, where each is one line."""
    try:
        yield
    except kinds as error:
        _printable([str(error)])


def _printable(texts: Iterable[str]) -> None:
    for text in texts:
        if not text.isprintable():
            raise DisorderError(text)


def _checked(octets: bytes) -> None:
    path = _folder() / "Pulumi.fuzz.yaml"
    path.write_bytes(octets)
    with _in_order(StackFileError):
        found = check(path)
        as_json(found)
        _printable([*(str(each.problem) for each in found), *as_annotations(found).splitlines()])


@cache
def _folder() -> Path:
    """Return a folder for the files of this process, which goes with it."""
    folder = tempfile.TemporaryDirectory(prefix="fuzz-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
