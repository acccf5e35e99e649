"""The command `adopt`: files that it refuses, zones that it cannot read, and its page."""

import re
from pathlib import Path
from typing import get_args

import pytest
from tests.unit.cli import call
from tests.unit.live.import_files import (
    BOTH,
    TOP,
    WANTED,
    Client,
    there,
    write,
)

from xmpp_federation_dns.backends.aws import Route53Zone
from xmpp_federation_dns.backends.client import UpdateError
from xmpp_federation_dns.changes import Live
from xmpp_federation_dns.configuration.plan import Plan
from xmpp_federation_dns.live.adopt import State
from xmpp_federation_dns.live.readings import Reading, read_zones

__all__ = ["there"]

pytestmark = pytest.mark.usefixtures("project")


def test_a_zone_that_cannot_be_read_is_told_once(
    there: dict[str, Live], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failed(self: Client, expected: object) -> dict[str, Live]:  # noqa: ARG001 whatever is asked for
        raise UpdateError(f"{self}: AccessDenied")

    monkeypatch.setattr(Client, "read", failed)
    write(TOP, *BOTH)
    before = Path("i.json").read_text()
    status, out, err = call("adopt", "correct", "--import-file", "i.json")
    assert (status, out.splitlines()[-1]) == (2, "0 of 2 taken in: 2 unread")
    assert err == (
        "error: zone contoso.com: AccessDenied\nerror: i.json is not written: not every zone could be read\n"
    )
    assert Path("i.json").read_text() == before
    assert there == WANTED


WAY_OUT = "`pulumi preview --import-file` writes it"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", f"it is no JSON; {WAY_OUT}"),
        ("[" * 100_000, f"it is no JSON; {WAY_OUT}"),
        (b"\xff", f"it is no JSON; {WAY_OUT}"),
        (
            '{"name": "a", "version": "1"}',
            f"it is no import file: it has neither 'resources' nor 'nameTable'; {WAY_OUT}",
        ),
        ("[]", f"it is no import file: a mapping with 'resources' is expected; {WAY_OUT}"),
        ('{"resources": {"a": 1}}', f"it is no import file: 'resources' is no list; {WAY_OUT}"),
        (
            '{"resources": [1]}',
            f"resources[0] is no resource: a type and a name are expected, as text; {WAY_OUT}",
        ),
        (
            '{"nameTable": {"a": 1}}',
            f"it is no import file: 'nameTable' is no mapping of names to URNs; {WAY_OUT}",
        ),
        (
            '{"resources": [{"type": "a:b:C", "logicalName": "d"}]}',
            f"nothing in it is a record set of the stack; {WAY_OUT}",
        ),
    ],
)
def test_an_outsiders_file_is_refused_in_one_line_and_stays(text: str | bytes, told: str) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    Path("i.json").write_bytes(content)
    assert call("adopt", "correct", "--import-file", "i.json") == (2, "", f"error: i.json: {told}\n")
    assert Path("i.json").read_bytes() == content


def test_a_preview_that_creates_nothing_leaves_nothing_to_take_in() -> None:
    Path("i.json").write_text("{}")
    told = f"0 of 0 taken in; the file has nothing that an update would create: {WAY_OUT} anew\n"
    assert call("adopt", "correct", "--import-file", "i.json") == (0, told, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("correct", "--import-file", "none.json"), "none.json: No such file or directory"),
        (
            ("none", "--import-file", "i.json"),
            "'none' is neither a file nor a stack: there is no 'Pulumi.none.yaml'",
        ),
        (
            ("correct", "--import-file", "i.json", "--accept", "x.org"),
            "--accept: 'x.org' is the name of no record set of the stack",
        ),
        (
            ("correct", "--import-file", "i.json", "--output", "no/o.json"),
            "no/o.json: No such file or directory",
        ),
        (("correct", "--import-file", "i.json", "--output", "."), ".: Device or resource busy"),
    ],
)
@pytest.mark.usefixtures("there")
def test_what_cannot_be_carried_out_is_told_in_one_line(arguments: tuple[str, ...], told: str) -> None:
    write(TOP, *BOTH)
    before = sorted(Path().iterdir())
    assert call("adopt", *arguments) == (2, "", f"error: {told}\n")
    assert sorted(Path().iterdir()) == before


def test_a_stack_with_mistakes_is_told_with_their_places() -> None:
    write(TOP)
    status, _, err = call("adopt", "wrong", "--import-file", "i.json")
    assert (status, err.startswith("error: Pulumi.wrong.yaml:")) == (2, True)


PAGE = (Path(__file__).parents[3] / "docs" / "adopt.md").read_text()


@pytest.mark.usefixtures("there")
def test_the_command_of_the_page_runs() -> None:
    [line] = set(re.findall(r"^xmpp-federation-dns (.*)$", PAGE, re.MULTILINE))
    Path("Pulumi.correct.yaml").rename("Pulumi.production.yaml")
    write(TOP, *BOTH)
    Path("i.json").rename("import.json")
    assert call(*line.split())[0] == 0


@pytest.mark.parametrize("state", get_args(State))
def test_every_state_stands_in_the_table_of_the_page(state: str) -> None:
    assert f"\n| {state} | " in PAGE


@pytest.mark.usefixtures("there")
def test_the_page_and_the_command_say_the_same_import() -> None:
    write(TOP, *BOTH)
    told = call("adopt", "correct", "--import-file", "i.json", "--output", "import.json")[2]
    assert told.splitlines()[0].removeprefix("next: ") in PAGE.splitlines()


def test_a_zone_without_record_sets_is_not_asked_for() -> None:
    homeless = Route53Zone(name="contoso.com")
    plan = Plan((homeless,), (), (), "off", 1, None)
    told: list[int] = []
    assert read_zones(plan, None, told.append) == [Reading(homeless, {})]
    assert told == [1]
