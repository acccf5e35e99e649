from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.federation.lab import Lab
from tests.federation.machine import cannot
from tools.lab.namespace import NoNamespaceError


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Yield a lab in which nothing is published."""
    with ExitStack() as stack:
        try:
            lab = stack.enter_context(Lab.open())
        except NoNamespaceError as error:
            reason = str(error)
        else:
            yield lab
            return
    cannot(reason)
