import pytest
from tests.unit.keepers.memory import MemoryKeeper, Zone


@pytest.fixture
def zone() -> Zone:
    """Return a zone with nothing in it."""
    return Zone()


@pytest.fixture
def keeper(zone: Zone) -> MemoryKeeper:
    """Return what keeps record sets of it."""
    return MemoryKeeper(zone)
