"""What commands found, in the forms that all of them have."""

import json

import pytest

from xmpp_federation_dns.commands.reports import (
    Format,
    Report,
    Row,
    as_annotations,
    as_markdown,
    print_report,
)

ROWS = (
    Row("info", ("a.contoso.com", "in order")),
    Row("error", ("b.contoso.com", "50% | gone\nfor good")),
    Row("warning", ("c.contoso.com", "")),
)
REPORT = Report(
    "XMPP federation: test", "3 record sets\n1 of them gone", ("Name", "State"), ROWS, {"gone": 1}
)
NOTHING = Report("XMPP federation: test", "nothing", ("Name",), (), [])


def test_markdown_has_the_summary_first_and_the_worst_next():
    assert as_markdown(REPORT).splitlines() == [
        "### XMPP federation: test",
        "",
        "3 record sets",
        "1 of them gone",
        "",
        "| Name | State |",
        "|---|---|",
        "| b.contoso.com | 50% \\| gone<br>for good |",
        "| c.contoso.com |  |",
        "| a.contoso.com | in order |",
    ]


def test_markdown_of_nothing_has_no_table():
    assert as_markdown(NOTHING) == "### XMPP federation: test\n\nnothing\n"


def test_what_does_not_fit_is_counted():
    text = as_markdown(Report("t", "s", ("Name",), [Row("info", ("x" * 90,))] * 1_000, []))
    assert len(text) < 65_536
    assert text.splitlines()[-1] == (
        "… and 313 more rows, which do not fit here; `--format json` has all of them."
    )


def test_annotations_leave_out_what_is_in_order():
    assert as_annotations(REPORT).splitlines() == [
        "::error title=XMPP federation%3A test::3 record sets%0A1 of them gone",
        "::error title=XMPP federation%3A test::b.contoso.com · 50%25 | gone%0Afor good",
        "::warning title=XMPP federation%3A test::c.contoso.com",
    ]


def test_annotations_of_what_is_in_order_are_a_notice():
    assert as_annotations(NOTHING) == "::notice title=XMPP federation%3A test::nothing"


@pytest.mark.parametrize(
    ("form", "start"),
    [("text", "nothing\n"), ("json", "[]\n"), ("markdown", "### XMPP"), ("github", "::notice ")],
)
def test_each_form_is_printed(capsys: pytest.CaptureFixture[str], form: Format, start: str):
    print_report(NOTHING, form)
    assert capsys.readouterr().out.startswith(start)


def test_json_is_the_same_for_programs(capsys: pytest.CaptureFixture[str]):
    print_report(REPORT, "json")
    assert json.loads(capsys.readouterr().out) == {"gone": 1}
