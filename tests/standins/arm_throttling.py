"""How much Azure DNS takes of a zone in a minute, on a clock that tests may run faster.

Source: "Azure subscription and service limits, quotas, and constraints", Azure DNS (2026-11): 200 creations, 200
updates, 200 deletions, 2,000 reads of a record set and 60 of a list a minute and zone. That each is a bucket which
is refilled evenly is how the Resource Manager describes its own limits ("Understand how Azure Resource Manager
throttles requests", 2026-11); there also that the answer is 429, with the seconds to wait in Retry-After.
"""

import math
import time
from dataclasses import dataclass, field

A_MINUTE = {"create": 200, "update": 200, "delete": 200, "get": 2_000, "list": 60}


@dataclass
class Bucket:
    """What is left of a limit, and when that was so."""

    left: float
    at: float


@dataclass
class Throttle:
    """The limits of all zones; *speed*: how much faster than time they are refilled, 0 where there are none.

    *full*: whether nothing was taken yet.
    """

    speed: float = 0
    full: bool = True
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict[tuple[str, str], Bucket])

    def wait(self, zone: str, action: str) -> int:
        """Take one from the bucket of an action on a zone; return the seconds to wait where there is none left."""
        if not self.speed:
            return 0
        limit, now = A_MINUTE[action], time.monotonic() * self.speed
        bucket = self._buckets.setdefault((zone, action), Bucket(limit * self.full, now))
        bucket.left = min(limit, bucket.left + (now - bucket.at) * limit / 60)
        bucket.at = now
        if bucket.left < 1:
            return math.ceil((1 - bucket.left) * 60 / limit)
        bucket.left -= 1
        return 0
