import asyncio

import pytest

# Pulumi's mocks go on with the loop of the process, which asyncio.run() in another test takes away.
LOOP = asyncio.new_event_loop()
asyncio.set_event_loop(LOOP)


@pytest.fixture(autouse=True)
def _loop() -> None:  # pyright: ignore[reportUnusedFunction]
    asyncio.set_event_loop(LOOP)
