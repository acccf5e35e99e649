"""The contract of every backend; what it asserts is shown as what a test asserts."""

import pytest

pytest.register_assert_rewrite("tests.backends.contract")
