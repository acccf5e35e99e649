"""What the compilers say of programs that use an SDK."""

import subprocess
from pathlib import Path

from tests.engine.languages.lab import Go, TypeScript
from tools.engine import build

SCHEMA = Path(__file__).with_name("schema.json")
TYPESCRIPT = """\
import { Federation } from "demo-dns";

new Federation("right", { edgePools: [{ ipv4: ["192.0.2.1"] }] });
new Federation("wrong", { edgePools: [{ ipv5: ["192.0.2.1"] }] });
"""
TYPESCRIPT_ERROR = """\
index.ts(4,41): error TS2353: Object literal may only specify known properties, and 'ipv5' does not exist in type \
'Input<EdgePoolArgs>'.
"""
GO = """\
package main

import (
	"example.org/demo-dns/sdk/go/demodns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func main() {
	addresses := pulumi.ToStringArray([]string{"192.0.2.1"})
	_ = demodns.FederationArgs{EdgePools: demodns.EdgePoolArray{demodns.EdgePoolArgs{Ipv4: addresses}}}
	_ = demodns.FederationArgs{EdgePools: demodns.EdgePoolArray{demodns.EdgePoolArgs{Ipv5: addresses}}}
}
"""
GO_ERROR = """\
# languages/program
./main.go:11:83: unknown field Ipv5 in struct literal of type demodns.EdgePoolArgs
"""


def sdk(directory: Path, language: str) -> Path:
    subprocess.run([build.gensdk(), SCHEMA, language, directory / language], check=True)
    return directory / language


def test_typescript_refuses_only_the_key_that_the_schema_does_not_have(tmp_path: Path):
    program = TypeScript(tmp_path / "program", TYPESCRIPT, sdk(tmp_path, "nodejs"))
    assert program.errors == TYPESCRIPT_ERROR


def test_go_refuses_only_the_key_that_the_schema_does_not_have(tmp_path: Path):
    program = Go(tmp_path / "program", GO, sdk(tmp_path, "go"))
    assert program.errors == GO_ERROR
