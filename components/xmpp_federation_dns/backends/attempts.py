"""How often the API of a provider is called before that is given up, and how long is waited: all over HTTPS alike."""

import random
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from xmpp_federation_dns.backends.client import UpdateError

ATTEMPTS = 8
"""How often a call is sent that breaks off or ends in the service's own failure."""
LONGEST = 20.0
"""Most seconds between two attempts, where the service does not say how many."""
NOTICED = 1.0
"""Seconds from which on a wait is told."""
TOO_MANY = "more calls than the service takes"
"""Why it is waited where a service throttles."""
CONNECT, ANSWER = 10.0, 60.0
"""Seconds in which a connection is made, and an answer comes."""


def back_off(attempt: int) -> float:
    """Return seconds to wait after so many attempts: twice as long each time, and never together with others."""
    return random.uniform(0.5, 1) * min(2.0 ** (attempt - 1), LONGEST)  # noqa: S311 nothing secret


def as_asked(headers: Mapping[str, str], otherwise: float, most: float, fault: UpdateError) -> float:
    """Return the seconds to wait: those that an answer with these *headers* asks for, where it does.

    Raises *fault*, with what is asked for, where that is more than *most*.
    """
    asked = _asked(headers)
    if asked is None:
        return otherwise
    if asked > most:
        text = f"{fault}; it asks to wait for {asked:.0f} s: pulumi up again after that"
        raise UpdateError(text, unanswered=fault.unanswered)
    return asked


def _asked(headers: Mapping[str, str]) -> float | None:
    """Read Retry-After (RFC 9110 §10.2.3), or the milliseconds of Azure; what is neither asks for nothing.

    A date is one of the clock of the service, and so is compared with that, whatever the clock here shows.
    """
    for name, unit in (("Retry-After", 1.0), ("retry-after-ms", 0.001), ("x-ms-retry-after-ms", 0.001)):
        text = headers.get(name, "").strip()
        if text.isascii() and text.replace(".", "", 1).isdecimal():
            return float(text) * unit
    try:
        until, now = (parsedate_to_datetime(headers.get(name, "")) for name in ("Retry-After", "Date"))
        return max(0.0, (until - now).total_seconds())
    except (OverflowError, TypeError, ValueError):
        return None


def untrusted(text: str, variable: str) -> str | None:
    """Return *text* with the way out where it says that a certificate is not trusted: no attempt changes that.

    *variable*: which one of the environment names the certificates to trust.
    """
    if "certificate verify failed" not in text.lower():
        return None
    return f"{text}; what answers is not trusted here: see {variable}, HTTPS_PROXY and the clock"


def unheard(_line: str) -> None:
    """Hear nothing."""


def tell_of(seconds: float, why: str, tell: Callable[[str], None]) -> None:
    """Where somebody would notice that so many seconds are waited for, *tell* why."""
    if seconds >= NOTICED:
        tell(f"{why}; waiting {seconds:.0f} s")


def pause(seconds: float, why: str, tell: Callable[[str], None]) -> None:
    """Wait for so many seconds, and where somebody would notice, *tell* why."""
    tell_of(seconds, why, tell)
    time.sleep(seconds)
