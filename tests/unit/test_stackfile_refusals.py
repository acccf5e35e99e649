"""What cannot be read as a stack file is told in one line."""

import os
import re
from pathlib import Path

import pytest

from xmpp_federation_dns.configuration import yamlfile
from xmpp_federation_dns.configuration.stackfile import StackFile, opened
from xmpp_federation_dns.configuration.yamlfile import MAX_SIZE, MAX_VALUES, StackFileError


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("Pulumi.test.yaml")


def refusal(file: Path, text: str | bytes) -> str:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(StackFileError) as raised, opened(file):
        pass
    return str(raised.value)


SPLIT = "split it into several files under 'include'"
NESTED = "[" * 990 + "]" * 990


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Pulumi.test.yaml: not a stack file: it is empty"),
        ("# nothing\n", "Pulumi.test.yaml: not a stack file: it is empty"),
        ("[]", "Pulumi.test.yaml: not a stack file: it has no 'config'"),
        ("hello", "Pulumi.test.yaml: not a stack file: it has no 'config'"),
        ("{}", "Pulumi.test.yaml: not a stack file: it has no 'config'"),
        ("domains: [a]", "Pulumi.test.yaml: not a stack file: it has no 'config'"),
        ("config: []", "Pulumi.test.yaml: not a stack file: 'config' is no mapping"),
        ("config: 5", "Pulumi.test.yaml: not a stack file: 'config' is no mapping"),
        ("config:\n\ta: b", "Pulumi.test.yaml:2: not YAML: found character that cannot start any token"),
        ("config: {domains: [*x]}", "Pulumi.test.yaml:1: not YAML: found undefined alias"),
        ("a: b\nconfig: [", "Pulumi.test.yaml:3: not YAML: did not find expected node content"),
        (
            "config: \x01",
            "Pulumi.test.yaml: not YAML: unacceptable character #x0001: control characters are not allowed",
        ),
        (
            b"config: \xff",
            "Pulumi.test.yaml: not UTF-8 text; save it as UTF-8 (in PowerShell: -Encoding utf8)",
        ),
        (
            b"\xff\xfec\0o\0",
            "Pulumi.test.yaml: not UTF-8 text; save it as UTF-8 (in PowerShell: -Encoding utf8)",
        ),
        ("config: {a: 1, a: 2}", "Pulumi.test.yaml:1: key 'a' is there twice"),
        ("config: {}\nconfig: {}", "Pulumi.test.yaml:2: key 'config' is there twice"),
        (
            "config:\n  domains: [{a: 1,\n    a: 2}]",
            "Pulumi.test.yaml:3: domains[0]: key 'a' is there twice",
        ),
        (
            'config: {"a\\nb": {"x\\ny": 1, "x\\ny": 2}}',
            "Pulumi.test.yaml:1: 'a\\nb': key 'x\\ny' is there twice",
        ),
        (
            "config: {domains: {<<: {}, <<: {}}}",
            "Pulumi.test.yaml:1: domains: key '<<' is there twice",
        ),
        (
            "config:\n  domains: [a]\n  xmpp-federation-dns:domains:\n  - b",
            "Pulumi.test.yaml:3: domains: given twice, with and without its namespace",
        ),
        ("config: {a:b:c: x}", "Pulumi.test.yaml: 'a:b:c' is no key of a configuration; write namespace:key"),
        (
            "config: {a:b:c:d: x}",
            "Pulumi.test.yaml: 'a:b:c:d' is no key of a configuration; write namespace:key",
        ),
        ("config:\n  ? [a]\n  : b", "Pulumi.test.yaml:2: a key of it is no text"),
        ("config: {domains: [{[a]: b}]}", "Pulumi.test.yaml:1: domains[0]: a key of it is no text"),
        ("config:\n  domains: &a [*a]", "Pulumi.test.yaml:2: domains[0]: it contains itself"),
        ("config:\n  domains: &a {b: *a}", "Pulumi.test.yaml:2: domains.b: it contains itself"),
        ("config:\n  domains: &a {<<: *a}", "Pulumi.test.yaml:2: domains: it contains itself"),
        ("config: {domains: {<<: 5}}", "Pulumi.test.yaml:1: domains: '<<' merges mappings only"),
        ("config: {domains: {<<: [{}, [a]]}}", "Pulumi.test.yaml:1: domains: '<<' merges mappings only"),
        (
            "config: {domains: [.inf]}",
            "Pulumi.test.yaml:1: domains[0]: .inf is no number that a stack can hold",
        ),
        ("config: {srvTtl: -.INF}", "Pulumi.test.yaml:1: srvTtl: -.INF is no number that a stack can hold"),
        ("config: {a: {.nan: 1}}", "Pulumi.test.yaml:1: a: .nan is no number that a stack can hold"),
        ("config: .NaN", "Pulumi.test.yaml:1: config: .NaN is no number that a stack can hold"),
        (".nan: 1", "Pulumi.test.yaml:1: .nan is no number that a stack can hold"),
        ("config: {a: !!int 5}", "Pulumi.test.yaml:1: a: the tag '!!int' is not read; leave it out"),
        ("config: {a: !own x}", "Pulumi.test.yaml:1: a: the tag '!own' is not read; leave it out"),
        ("config: {}\nother: {a: 1, a: 2}", "Pulumi.test.yaml:2: other: key 'a' is there twice"),
        (
            "config: {aws:x: [!!int x]}",
            "Pulumi.test.yaml:1: aws:x[0]: the tag '!!int' is not read; leave it out",
        ),
        (
            "config: {domains: " + NESTED + "}",
            "Pulumi.test.yaml: its values lie too deep in one another",
        ),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_cannot_be_read_is_told_in_one_line(file: Path, text: str | bytes, told: str):
    assert refusal(file, text) == told


def test_a_file_that_is_not_there_is_told_so(file: Path):
    with pytest.raises(StackFileError, match=r"^Pulumi\.test\.yaml: No such file or directory$"):
        StackFile(file)


@pytest.mark.parametrize("kind", ["directory", "pipe", "device"])
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path, kind: str):
    path = {"directory": tmp_path, "pipe": tmp_path / "pipe", "device": Path("/dev/zero")}[kind]
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StackFileError) as raised:
        StackFile(path)
    assert str(raised.value) == f"{path}: not a regular file"


def test_a_name_with_terminal_sequences_is_shown_in_quotes(tmp_path: Path):
    path = tmp_path / "\x1b[31m\n.yaml"
    with pytest.raises(StackFileError) as raised:
        StackFile(path)
    assert str(raised.value) == f"{str(path)!r}: No such file or directory"


def test_a_file_of_50_megabytes_is_refused_without_reading_all_of_it(file: Path):
    with file.open("wb") as large:
        large.truncate(50 * 1024 * 1024)
    with pytest.raises(StackFileError) as raised:
        StackFile(file)
    assert str(raised.value) == (
        f"Pulumi.test.yaml: a file may have {MAX_SIZE} octets; this one has more: {SPLIT}"
    )


def test_values_that_the_parser_finds_too_deep_are_told_in_its_words(file: Path):
    # Each version of libyaml has its own.
    text = refusal(file, "config: {domains: " + "[" * 5000)
    assert re.match(r"Pulumi\.test\.yaml(:\d)?: not YAML: [^\n]+$", text)


def test_a_file_of_nothing_but_values_is_refused(file: Path):
    assert refusal(file, f"config: {{domains: [{'1,' * MAX_VALUES}]}}") == (
        f"Pulumi.test.yaml: more than {MAX_VALUES} values: {SPLIT}"
    )


def bomb(collection: str) -> str:
    lines = [f"b{level}: &b{level} {collection.replace('*', f'*b{level - 1}')}" for level in range(1, 30)]
    return "\n".join(["b0: &b0 {k: 1}", *lines, "config: {domains: *b29}"])


def test_aliases_that_grow_without_measure_are_refused(file: Path):
    assert refusal(file, bomb("[*, *]")) == (
        f"Pulumi.test.yaml: more than 500000 values, with aliases followed: {SPLIT}"
    )


@pytest.mark.parametrize("collection", ["[*, *]", "{<<: [*, *]}", "{x: *, y: *}"])
def test_aliases_are_counted_in_collections_of_every_kind(
    file: Path, collection: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(yamlfile, "MAX_VALUES", 5000)
    assert refusal(file, bomb(collection)) == (
        f"Pulumi.test.yaml: more than 5000 values, with aliases followed: {SPLIT}"
    )


def test_text_as_deep_as_no_program_follows_stays_text_as_in_the_program(file: Path):
    file.write_text(f"config: {{domains: '{'[' * 100_000}'}}")
    assert StackFile(file).values == {"domains": "[" * 100_000}
