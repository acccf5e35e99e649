"""What the documentation says is so."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.matrix.languages.cells import OPERATIONS
from tests.matrix.ownership.rows import ROWS
from tests.recorder import hosted_zones, run
from tools import demo, docs

from xmpp_federation_dns.configuration.args import XmppFederationDnsArgs
from xmpp_federation_dns.configuration.included import joined
from xmpp_federation_dns.configuration.plan import read
from xmpp_federation_dns.problems import ConfigurationError, StackSecret

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
PREFIX = "xmpp-federation-dns:"


def blocks(language: str, text: str = README) -> list[str]:
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [text for kind, text in fences if kind == language]


def given(text: str) -> dict[str, Any]:
    config = yaml.safe_load(text)["config"]
    values = {key.removeprefix(PREFIX): value for key, value in config.items() if key.startswith(PREFIX)}
    if any("tsigKeyName" in zone for zone in values["zones"]):
        values["tsigSecret"] = StackSecret("c2VjcmV0", encrypted=True)
    return values


EXAMPLES = sorted((ROOT / "config" / "examples").glob("*.yaml"))


PIPELINES = (ROOT / "docs" / "pipelines.md").read_text()


def test_every_policy_and_pipeline_in_the_documentation_is_well_formed():
    assert len([json.loads(text) for text in blocks("json", PIPELINES)]) == 3
    assert len([yaml.safe_load(text) for text in blocks("yaml", PIPELINES)]) == 6


def test_the_stack_of_several_accounts_is_correct():
    [text] = [text for text in blocks("yaml", PIPELINES) if text.startswith("config:")]
    assert read(given(text)).warnings == ()


def test_the_zone_in_bulk_is_correct():
    [text] = blocks("yaml", (ROOT / "docs" / "bulk.md").read_text())
    assert read(given(text)).warnings == ()


def test_the_files_that_the_documentation_includes_can_be_included(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    [text] = [text for text in blocks("yaml", CONFIGURATION) if ":include:" in text]
    (tmp_path / "config").mkdir()
    for name, content in (
        ("yaml", "domains: [a.example]"),
        ("txt", "b.example # ours"),
        ("csv", "Name\nc.example"),
    ):
        (tmp_path / f"config/sip-domains.{name}").write_text(content)
    [include] = yaml.safe_load(text)["config"].values()
    assert joined({"include": include}, Path()) == ({"domains": ["a.example", "b.example", "c.example"]}, [])


def test_the_stack_of_the_readme_is_correct():
    text, _ = blocks("yaml")
    assert read(given(text)).warnings == ()


@pytest.mark.parametrize("path", [*EXAMPLES, demo.STACK_FILE], ids=lambda path: path.name)
def test_an_example_and_the_stack_of_the_demo_are_correct(path: Path):
    assert read(given(path.read_text())).warnings == ()


def test_the_larger_stack_of_the_readme_runs():
    [text] = blocks("python")

    def program() -> None:
        exec(compile(text, "README.md", "exec"), {})

    outputs = {
        "aws:ec2/eip:Eip": {"publicIp": "131.107.155.10"},
        "aws:route53/zone:Zone": {"zoneId": "Z1"},
        "pulumi:pulumi:StackReference": {"outputs": {"addresses": ["131.107.155.11", "131.107.155.12"]}},
    }
    done = run(program, hosted_zones({"Z1": "contoso.com"}), outputs=outputs)
    assert done.named("federation-xmpp.contoso.com-A").inputs["records"] == ["131.107.155.10"]
    assert done.named("federation-_xmpp-server._tcp.contoso.com-SRV").inputs["zoneId"] == "Z1"
    assert done.named("federation-_xmpp-server._tcp.fabrikam.com-SRV").inputs["resourceGroupName"] == "dns"
    assert done.named("federation-xmpp.fabrikam.com-A").inputs["aRecords"] == [
        {"ipv4Address": "131.107.155.11"},
        {"ipv4Address": "131.107.155.12"},
    ]


def test_the_mistakes_of_the_readme_are_told_as_it_says():
    with pytest.raises(ConfigurationError) as raised:
        read(
            {
                "zones": [
                    {"provider": "aws", "name": "contoso.com"},
                    {"provider": "aws", "name": "corp.example.net"},
                ],
                "domains": ["contoso.com", {"name": "contoso_com"}, {"name": "fabrikam.com"}],
                "edgePools": [{"ipv4": ["131.107.155.10", "10.0.0.5"]}],
            }
        )
    [told] = [block for block in blocks("") if "3 problems" in block]
    assert sorted(str(raised.value).splitlines()) == sorted(told.removeprefix("error: ").splitlines())


def test_the_generated_parts_are_up_to_date():
    assert docs.main(["--check"]) == 0


def test_a_page_without_the_marks_of_a_generated_part_is_no_page_that_is_up_to_date():
    with pytest.raises(ValueError, match=r"^no marks of the part 'checks'$"):
        docs.replaced("# Verification\n", {"checks": "| check |"})


def test_what_stands_between_the_marks_of_a_part_is_replaced():
    page = "a\n<!-- b: generated by make docs -->\nold\n<!-- b: end -->\nc\n"
    assert docs.replaced(page, {"b": r"new \d"}) == page.replace("old", r"new \d")


def test_the_defaults_of_the_project_file_are_those_of_the_arguments():
    declared = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
    assert {key: option["default"] for key, option in declared.items()} == {
        "srvTtl": XmppFederationDnsArgs.srv_ttl,
        "addressTtl": XmppFederationDnsArgs.address_ttl,
    }


PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_linked_from_the_readme_or_where_it_is_for_developers_from_contributing(page: Path):
    path = page.relative_to(ROOT).as_posix()
    assert f"]({path})" in (CONTRIBUTING if path.startswith("docs/dev/") else README)


@pytest.mark.parametrize(
    "page",
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *PAGES],
    ids=lambda page: page.name,
)
def test_every_link_leads_somewhere(page: Path):
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", page.read_text()):
        target = (page.parent / link) if link else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text()), f"{link}#{anchor}"


def anchors(text: str) -> set[str]:
    """Return the names that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


LIFE_CYCLE = (ROOT / "docs" / "dev" / "lifecycle.md").read_text()


@pytest.mark.parametrize("test", sorted(set(re.findall(r"`([a-z0-9_/]+\.py::\w+)`", LIFE_CYCLE))))
def test_every_case_in_the_life_of_a_stack_names_a_test_that_there_is(test: str):
    file, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / "tests" / "engine" / file).read_text(), re.MULTILINE)


def test_every_row_of_the_life_of_a_stack_names_a_test():
    tables = re.findall(r"^\| case .*\n((?:\|.*\n)+)", LIFE_CYCLE, re.MULTILINE)
    rows = [line for table in tables for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) >= 20
    assert [row for row in rows if "::test_" not in row] == []


def test_every_way_in_has_a_test():
    files = (ROOT / "tests" / "matrix" / "ownership").glob("test_*.py")
    tests = {
        name
        for file in files
        for name in re.findall(r"^@way_in\ndef (\w+)\(", file.read_text(), re.MULTILINE)
    }
    assert tests == set(ROWS)


def test_every_row_of_the_table_of_languages_is_a_test():
    file = ROOT / "tests" / "matrix" / "languages" / "test_table.py"
    assert re.findall(r"def (test_\w+)\(self, column", file.read_text()) == list(OPERATIONS)
