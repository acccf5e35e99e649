"""What happens where this machine cannot run real XMPP servers."""

import os
from typing import NoReturn

import pytest


def cannot(reason: str) -> NoReturn:
    """Fail, or go on without the test where that is allowed; loudly in both cases."""
    text = f"NO FEDERATION TEST ON THIS MACHINE: {reason}"
    if os.environ.get("ALLOW_NO_FEDERATION") == "1":
        pytest.skip(text)
    pytest.fail(f"{text}; ALLOW_NO_FEDERATION=1 lets the run pass without it", pytrace=False)
