import asyncio
import os

import pytest

from xmpp_federation_dns.commands.progress import VARIABLE

# Pulumi's mocks go on with the loop of the process, which asyncio.run() in another test takes away.
LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)

# On a busy machine a command may take the ten seconds after which it says how far it is.
os.environ[VARIABLE] = "off"


@pytest.fixture(autouse=True)
def _loop() -> None:  # pyright: ignore[reportUnusedFunction]
    asyncio.set_event_loop(LOOP)
