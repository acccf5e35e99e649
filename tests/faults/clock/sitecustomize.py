"""Lets time.sleep wait by select(2).

libfaketime 0.9.10 (Debian 12) makes clock_nanosleep(2), by which Python waits, fail where it leaves the monotonic clock
alone. Every Python with this folder on PYTHONPATH loads this first.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select([], [], [], seconds)


time.sleep = _sleep
