"""What becomes of every example, whatever its language."""

import pytest
from tests.engine.rfc2136.lab import BARE, Lab, Run

PUBLISHED = sorted([*BARE, "_xmpp-server._tcp 3600 IN SRV 0 0 5269 xmpp", "xmpp 300 IN A 131.107.155.10"])


class Example:
    """Published, published again and destroyed; a module has its own *lab*."""

    @pytest.fixture(scope="class")
    @classmethod
    def published(cls, lab: Lab) -> Run:
        return lab.run("up", "--yes", "--skip-preview")

    @pytest.fixture(scope="class")
    @classmethod
    def outputs(cls, published: Run, lab: Lab) -> dict[str, object]:
        assert published.status == 0, published.output
        return lab.stack.outputs()

    @pytest.fixture(scope="class")
    @classmethod
    def again(cls, outputs: dict[str, object], lab: Lab) -> Run:
        assert outputs
        return lab.run("up", "--yes", "--skip-preview")

    @pytest.fixture(scope="class")
    @classmethod
    def destroyed(cls, again: Run, lab: Lab) -> Run:
        assert again.status == 0, again.output
        return lab.run("destroy", "--yes", "--skip-preview")

    def test_the_address_that_another_stack_knows_is_published(self, published: Run):
        assert (published.status, published.zones["contoso.com"]) == (0, PUBLISHED), published.output

    def test_what_is_published_reaches_the_rest_of_the_program(self, outputs: dict[str, object]):
        assert outputs["srv"] == "0 0 5269 xmpp.contoso.com."

    def test_the_next_run_changes_nothing(self, again: Run):
        # The stack, the component and its record sets.
        assert (again.resources, again.changes["contoso.com"]) == ({"unchanged": 4}, []), again.output

    def test_nothing_is_left_of_what_is_destroyed(self, destroyed: Run):
        assert (destroyed.status, destroyed.zones["contoso.com"]) == (0, sorted(BARE)), destroyed.output

    @pytest.mark.usefixtures("destroyed")
    def test_the_secret_is_in_no_output_and_in_plain_text_in_no_state_file(self, lab: Lab):
        assert [run.leaks for run in lab.runs] == [[]] * 3
