"""The example in YAML."""

import pytest
from tests.engine.languages import lab as labs
from tests.engine.languages.examples import Example
from tests.engine.rfc2136.lab import SECRET, Lab
from tools.lab.knot import Knot


@pytest.fixture(scope="module")
def lab(knot: Knot, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return labs.example(tmp_path_factory.mktemp("yaml"), "yaml", knot, SECRET)


class TestExample(Example):
    pass
