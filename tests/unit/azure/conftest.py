import threading
from collections.abc import Generator

import pytest
from tests.standins.clouds import Azure
from tests.standins.fixtures import azure
from tests.standins.zones import DnsZone
from tests.unit.azure.lab import reach, shrink
from tests.unit.bulk.lab import ZONE
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

__all__ = ["azure"]


@pytest.fixture
def account(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> Azure:
    """Return the Resource Manager, reached with what the environment says, without waiting between attempts."""
    reach(azure, monkeypatch)
    return azure


@pytest.fixture
def zone(account: Azure) -> DnsZone:
    """Return a zone of the test's own."""
    return account.zone(ZONE)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make batches of two new SIP domains each, of which one change is sent at a time."""
    shrink(monkeypatch)


@pytest.fixture
def issuer() -> Generator[tuple[str, list[Request]]]:
    """Run what issues tokens to pipelines; return its URL and what it is asked for."""
    asked: list[Request] = []

    @Request.application
    def issue(request: Request) -> Response:
        asked.append(request)
        if request.path.startswith("/metadata"):
            return Response('{"name": "printer"}', content_type="application/json")
        if request.headers.get("Authorization") == "Bearer of the job":
            return Response('{"value": "assertion"}', content_type="application/json")
        return Response("<p>Who is that?\n</p>", 401, content_type="text/html")

    server = make_server("127.0.0.1", 0, issue)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/token?job=1", asked
    server.shutdown()
    thread.join()
    server.server_close()
