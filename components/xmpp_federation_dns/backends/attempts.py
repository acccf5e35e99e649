"""How often the API of a provider is called before that is given up, and how long is waited: all over HTTPS alike."""

import random
import time
from collections.abc import Callable

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
