"""The Azure Resource Manager over HTTP, signed in and retried as the published plugin does."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.message import Message
from itertools import count
from typing import Any

from tests.standins.plugin import RefusedError
from tests.standins.wire import Properties

API_VERSION = "2023-07-01-preview"
PUBLIC_CLOUD = "management.azure.com"
RETRIES = 3
RETRIED = (408, 429, 500, 502, 503, 504)
BASE_DELAY, MAX_DELAY = 20.0, 120.0

Json = Any

# Servers on loopback are not reached through a proxy.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


@dataclass(frozen=True)
class Answer:
    """Status, headers and body of an answer."""

    status: int
    headers: Message
    text: str

    @property
    def json(self) -> Json:
        """The body as JSON; nothing where it is empty or something else."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


class Client:
    """A signed-in client for one subscription."""

    def __init__(self, configuration: Properties) -> None:
        def setting(key: str, variable: str) -> str:
            return configuration.get(key) or os.environ.get(variable, "")

        self.subscription = setting("subscriptionId", "ARM_SUBSCRIPTION_ID")
        self.location = configuration.get("location")
        self._host = setting("metadataHost", "ARM_METADATA_HOSTNAME") or PUBLIC_CLOUD
        self._tenant = setting("tenantId", "ARM_TENANT_ID")
        self._id = setting("clientId", "ARM_CLIENT_ID")
        self._secret = setting("clientSecret", "ARM_CLIENT_SECRET")
        self._signed_in: tuple[str, str] | None = None

    def send(self, method: str, path: str, body: Json = None) -> Answer:
        """Send a request and return the last answer; what is worth another try is tried again."""
        endpoint, token = self._sign_in()
        url = f"{endpoint}{urllib.parse.quote(path)}?api-version={API_VERSION}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        for retry in count():
            try:
                answer = _answer(urllib.request.Request(url, data, headers, method=method))
            except OSError as error:
                # azcore sends again what broke off, whatever the method (sdk/azcore/runtime/policy_retry.go, 2026).
                if retry == RETRIES:
                    raise RefusedError(str(error)) from None
                time.sleep(_delay(Message(), retry))
                continue
            if answer.status not in RETRIED or retry == RETRIES:
                return answer
            time.sleep(_delay(answer.headers, retry))
        raise AssertionError("a count that ends")

    def get(self, path: str) -> Json:
        """Return what is at *path*, or nothing where that is nothing."""
        answer = self.send("GET", path)
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise refused(answer)
        return answer.json

    def check_absent(self, path: str) -> None:
        """Refuse to create what exists already: there is only an upsert."""
        answer = self.send("GET", path)
        if answer.status == 200 and answer.json:
            raise RefusedError(f"cannot create already existing resource '{path}'")
        if answer.status not in (200, 204, 404):
            text = f"cannot check existence of resource '{path}': status code {answer.status}, {answer.text}"
            raise RefusedError(text)

    def put(self, path: str, body: Json) -> Json:
        """Create or replace what is at *path*, and return it as a GET then has it."""
        answer = self.send("PUT", path, body)
        if answer.status not in (200, 201, 202):
            raise refused(answer)
        return self.get(answer.json["id"]) or answer.json

    def delete(self, path: str) -> None:
        """Delete what is at *path*; that it is gone is fine."""
        answer = self.send("DELETE", path)
        if answer.status not in (200, 202, 204, 404):
            raise refused(answer)

    def _sign_in(self) -> tuple[str, str]:
        """Return the endpoint of the Resource Manager and a token for it."""
        if self._signed_in is None:
            url = self._host if "://" in self._host else f"https://{self._host}"
            cloud = _answer(urllib.request.Request(f"{url}/metadata/endpoints?api-version=2022-09-01")).json
            endpoint: str = cloud["resourceManager"].removesuffix("/")
            form = {
                "grant_type": "client_credentials",
                "client_id": self._id,
                "client_secret": self._secret,
                "scope": f"{endpoint}/.default",
            }
            login = f"{cloud['authentication']['loginEndpoint']}/{self._tenant}/oauth2/v2.0/token"
            signed_in = _answer(urllib.request.Request(login, urllib.parse.urlencode(form).encode())).json
            self._signed_in = endpoint, signed_in["access_token"]
        return self._signed_in


def refused(answer: Answer) -> RefusedError:
    """Return an answer that is an error in the words of the published plugin."""
    body: Json = answer.json or {}
    error: Json = body.get("error", {})
    message: str = error.get("message", answer.text)
    code: str | None = error.get("code", body.get("code"))
    if code is None:
        return RefusedError(f'Status={answer.status} Message="{message}"')
    return RefusedError(f'Status={answer.status} Code="{code}" Message="{message}"')


def _answer(request: urllib.request.Request) -> Answer:
    try:
        with _open(request, timeout=60) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read().decode())


def _delay(headers: Message, retry: int) -> float:
    """Return the seconds that the service asks to wait, or those of the published plugin."""
    for name, unit in (("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001), ("retry-after", 1.0)):
        if value := headers.get(name):
            return float(value) * unit
    return min((2 ** (retry + 1) - 1) * BASE_DELAY, MAX_DELAY)
