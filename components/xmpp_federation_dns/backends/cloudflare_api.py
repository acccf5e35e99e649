"""The API of Cloudflare over HTTPS: what is asked again, what got no answer, and what an error means."""

import itertools
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from xmpp_federation_dns.backends.attempts import (
    ANSWER,
    ATTEMPTS,
    CONNECT,
    TOO_MANY,
    as_asked,
    back_off,
    pause,
    unheard,
    untrusted,
)
from xmpp_federation_dns.backends.client import DeniedError, RefusedError, UpdateError, ZoneGoneError
from xmpp_federation_dns.problems import one_line
from xmpp_federation_dns.untyped import json_object, mappings

if TYPE_CHECKING:
    import requests

BASE_URL = "https://api.cloudflare.com/client/v4"
"""Where the API is, unless CLOUDFLARE_BASE_URL says otherwise, as for the SDKs of Cloudflare."""
TOKEN = "CLOUDFLARE_API_TOKEN"  # noqa: S105 the name of it
"""The environment variable with the API token, as for the tools of Cloudflare."""
PATIENCE = 600.0
"""Seconds for which nothing may get through, because of too many requests, before that is told.

Whoever had more than 1,200 calls in five minutes is shut out for five (rate limits of the API, 2026-04).
"""

_FORM = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750 §2.1
_NOT_SENT = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ProxyError")
_GONE = ("1001", "7003")
# What is in the place of a record is not what was thought (error messages of the DNS API, 2026-11).
_REFUSED = ("81044", "81053", "81054", "81057", "81058")
_RIGHTS = (
    "an active token may read the zone with Zone > Zone > Read and Zone > DNS > Read on it, and change it with "
    "Zone > DNS > Edit (docs/pipelines.md)"
)
_NO_ANSWER_OF_IT = (
    "it is not Cloudflare that answers: see HTTPS_PROXY, CLOUDFLARE_BASE_URL and the network where this runs"
)
_SIGN_IN = f"set {TOKEN}, or apiToken on the zone, to an API token that is active, not to the Global API Key"
_WAYS_OUT = {
    "1000": _SIGN_IN,
    "6003": _SIGN_IN,
    "7003": "create the zone, or correct its zoneId",
    "9109": _RIGHTS,
    "10000": _RIGHTS,
    "81045": "the plan of the zone takes no more records: delete others, or change the plan",
}


class Api:
    """The API, for whoever has the *token* of a *zone*, or of all; *where* it is told that something went wrong."""

    def __init__(self, where: str, token: str, zone: str = "") -> None:
        # Most updates call nothing.
        import requests

        if not token:
            own = f", or {token_of(zone)} for this zone alone" if zone else ""
            raise UpdateError(
                f"{where}: no API token here; set {TOKEN}{own} (an update takes apiToken of the zone, too)"
            )
        if not is_token(token):
            raise UpdateError(f"{where}: the API token (not shown) has characters that none has; {_SIGN_IN}")
        self.where = where
        self.tell: Callable[[str], None] = unheard
        self._session = requests.Session()
        # Stands before what a .netrc says, which would take the place of a header.
        self._session.auth = _Bearer(token)
        self._base = os.environ.get("CLOUDFLARE_BASE_URL", BASE_URL).rstrip("/")
        self._through = time.monotonic()

    def call(self, method: str, path: str, what: str, given: Any = None, **query: str | int) -> Any:
        """Return the answer to a call of *path*; raises :class:`UpdateError` where there is none, or an error."""
        import requests

        unanswered = False
        tries, throttled = itertools.count(1), itertools.count(1)
        while True:
            try:
                response = self._session.request(
                    method,
                    self._base + path,
                    params=query,
                    json=given,
                    timeout=(CONNECT, ANSWER),
                    allow_redirects=False,
                )
                headers: Mapping[str, str] = response.headers
            except (
                requests.ConnectionError,
                requests.Timeout,
                requests.exceptions.ChunkedEncodingError,
            ) as error:
                text = one_line(error)
                if told := untrusted(text, "REQUESTS_CA_BUNDLE"):
                    raise UpdateError(f"{self.where}: {told} ({what})") from None
                headers = {}
                unanswered |= _may_have_arrived(error)
                fault = UpdateError(f"{self.where}: {text} ({what})", unanswered=unanswered)
            except OSError as error:
                # Certificates that are not there, a base URL that is none.
                raise UpdateError(f"{self.where}: {one_line(error)} ({what})") from None
            else:
                # Nobody says of these what became of the call.
                unanswered |= response.status_code >= 500
                body = _body(response)
                fault = self._refusal(response.status_code, body, what, unanswered=unanswered)
                if response.status_code == 429:
                    self._slow_down(headers, back_off(next(throttled)), fault)
                    continue
                if response.status_code < 500:
                    self._through = time.monotonic()
                    if response.status_code < 300 and body.get("success"):
                        return body
                    raise fault
            done = next(tries)
            if done == ATTEMPTS:
                raise fault
            wait = back_off(done)
            pause(max(wait, as_asked(headers, wait, PATIENCE, fault)), str(fault), self.tell)

    def pages(self, path: str, what: str, size: int, **query: str) -> Iterator[Any]:
        """Yield what is listed at *path*, in pages of this *size*; raises :class:`UpdateError`."""
        page, last = 1, 1
        while page <= last:
            body = self.call("GET", path, what, page=page, per_page=size, **query)
            yield from body["result"]
            page, last = page + 1, body["result_info"]["total_pages"]

    def _slow_down(self, headers: Mapping[str, str], otherwise: float, fault: UpdateError) -> None:
        """Wait as long as the service asks one to, or *otherwise*; raise *fault* where that never helps."""
        if time.monotonic() - self._through > PATIENCE:
            raise fault
        wait = as_asked(headers, otherwise, PATIENCE, fault)
        pause(wait, f"{self.where}: {TOO_MANY}", self.tell)

    def _refusal(self, status: int, body: Mapping[str, Any], what: str, *, unanswered: bool) -> UpdateError:
        """Return the error of *what* was asked, in one line, with the way out."""
        errors = mappings(body.get("errors"))
        code = one_line(errors[0].get("code", "")) if errors else ""
        way_out = f"; {_WAYS_OUT[code]}" if code in _WAYS_OUT else ""
        # From 500 on, that is how its own edge answers.
        if body.get("foreign") and status < 500:
            way_out = f"; {_NO_ANSWER_OF_IT}"
        told = f"{self.where}: {code or f'HTTP {status}'}: {'; '.join(_messages(errors))} ({what}){way_out}"
        kind = UpdateError
        if code in _GONE:
            kind = ZoneGoneError
        elif code in _REFUSED:
            kind = RefusedError
        elif status in (401, 403):
            kind = DeniedError
        return kind(told, unanswered=unanswered)


class _Bearer:
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def token_of(zone: str) -> str:
    """Return the environment variable with the token of one *zone*: its name with ``_`` for a dot, ``__`` for ``-``."""
    return f"{TOKEN}_{zone.replace('-', '__').replace('.', '_').upper()}"


def is_token(text: str) -> bool:
    """Tell whether *text* may be a token at all: an error of what is put into a header would show it."""
    return bool(_FORM.fullmatch(text))


def _body(response: "requests.Response") -> dict[str, Any]:
    """Return the body of an answer; what is no JSON object is of a proxy, rather than the service."""
    body = json_object(response.content)
    return {"errors": [{"message": response.text}], "foreign": True} if body is None else body


def _messages(errors: object) -> Iterator[str]:
    """Yield what errors say, and what those say that led to them."""
    for error in mappings(errors):
        yield one_line(error.get("message", ""))
        yield from _messages(error.get("error_chain"))


def _may_have_arrived(error: "requests.RequestException") -> bool:
    """Tell whether a request without an answer may have been carried out."""
    cause: Any = error.args[0] if error.args else None
    return type(getattr(cause, "reason", cause)).__name__ not in _NOT_SENT
