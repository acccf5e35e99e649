"""SDKs written from the schema of a package, and what is said of one that cannot be written."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.engine.languages.lab import SCHEMA
from tools.engine import build


@pytest.fixture(scope="module")
def program() -> Path:
    """Return gensdk, built where it was not."""
    return build.gensdk()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nodejs", {"xmppFederationDns.ts", "recordSet.ts", "types/input.ts", "package.json"}),
        (
            "go",
            {
                "xmppfederationdns/xmppFederationDns.go",
                "xmppfederationdns/recordSet.go",
                "xmppfederationdns/pulumiTypes.go",
                "go.mod",
            },
        ),
        (
            "python",
            {
                f"pulumi_xmpp_federation_dns/{name}.py"
                for name in ("xmpp_federation_dns", "record_set", "_inputs")
            },
        ),
    ],
)
def test_a_language_gets_its_component_its_resource_its_types_and_its_package(
    program: Path, tmp_path: Path, language: str, expected: set[str]
):
    folder = tmp_path / "sdk" / language
    done = subprocess.run([program, SCHEMA, language, folder], capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
    written = {str(file.relative_to(folder)) for file in folder.rglob("*")}
    assert expected - written == set()


def test_a_typescript_sdk_is_one_that_npm_compiles_when_it_installs_the_folder(program: Path, tmp_path: Path):
    subprocess.run([program, SCHEMA, "nodejs", tmp_path / "sdk"], check=True)
    package = json.loads((tmp_path / "sdk" / "package.json").read_text())
    assert (package["name"], package["version"]) == ("xmpp-federation-dns", "0.1.0")
    assert (package["main"], package["scripts"]["postinstall"]) == (
        "bin/index.js",
        "node ./scripts/postinstall.js",
    )


MISTAKES = """\
{"name": "demo", "resources": {"demo:index:A": {
    "inputProperties": {"x": {"$ref": "#/types/demo:index:B"}}, "requiredInputs": ["y"]
}}}
"""
ELSEWHERE = '{"name": "demo", "resources": {"demo:index:A": {"inputProperties": {"x": {"$ref": %s}}}}}'


@pytest.mark.parametrize(
    ("schema", "arguments", "expected"),
    [
        ("{}", ("rust", "sdk"), "error: rust: no such language: nodejs, go or python"),
        ("{}", ("go", "."), "error: . is there already: remove it, or name another folder"),
        ("{", ("go", "sdk"), "error: schema.json: unexpected end of JSON input"),
        (None, ("go", "sdk"), "error: schema.json: no such file or directory"),
        (
            ELSEWHERE % '"/aws/v7.0.0/schema.json#/types/aws:index:Region"',
            ("go", "sdk"),
            "error: schema.json: error binding resource demo:index:A: failed to bind input properties for "
            'demo:index:A: error binding type for property "x": resolving package '
            "/aws/v7.0.0/schema.json#/types/aws:index:Region: the schema refers to the package aws: "
            "only one that stands alone can be generated from",
        ),
    ],
    ids=["language", "folder", "json", "missing", "another package"],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    program: Path, tmp_path: Path, schema: str | None, arguments: tuple[str, str], expected: str
):
    if schema is not None:
        (tmp_path / "schema.json").write_text(schema)
    done = subprocess.run(
        [program, "schema.json", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{expected}\n")
    assert not (tmp_path / "sdk").exists()


def test_every_mistake_of_a_schema_is_said(program: Path, tmp_path: Path):
    (tmp_path / "schema.json").write_text(MISTAKES)
    done = subprocess.run(
        [program, "schema.json", "go", "sdk"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (
        1,
        "",
        [
            "error: schema.json: not the schema of a package:",
            "  #/resources/demo:index:A/inputProperties/x/$ref: type demo:index:B not found in package demo",
            '  #/resources/demo:index:A/requiredInputs/0: unknown required property "y"',
        ],
    )


def test_without_a_folder_it_says_how_it_is_used(program: Path):
    done = subprocess.run([program, SCHEMA, "go"], capture_output=True, text=True, check=False)
    expected = "usage: gensdk <schema.json> <nodejs|go|python> <folder>\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", expected)
