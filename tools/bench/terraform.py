"""Terraform, where it and its provider can be had: a resource of the AWS provider for each record set."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.bench.programs import Program, Served
from tools.bench.workload import Step, Wanted

CONFIGURATION = "main.tf.json"
RECORD_SETS = "terraform.tfvars.json"
REQUIRED = {"required_providers": {"aws": {"source": "hashicorp/aws"}}}
ALWAYS = ["-input=false", "-no-color"]


class Terraform(Program):
    """`aws_route53_record`, one each, with the provider that `terraform init` installs."""

    title = "Terraform"
    one_by_one = True

    def __init__(self, directory: Path, at: Served) -> None:
        super().__init__(directory, at)
        (directory / CONFIGURATION).write_text(json.dumps(self.configuration(), indent=2))
        prepare(directory)

    @property
    def environment(self) -> Mapping[str, str]:
        """Add that it looks for no newer version of itself."""
        return {**super().environment, "CHECKPOINT_DISABLE": "1"}

    def configuration(self) -> dict[str, object]:
        """Return the configuration in Terraform's JSON syntax."""
        aws = {
            "skip_credentials_validation": True,
            "skip_metadata_api_check": True,
            "skip_requesting_account_id": True,
            "endpoints": {"route53": self.at.environment["AWS_ENDPOINT_URL"]},
        }
        record = {
            "for_each": "${var.record_sets}",
            "zone_id": self.zone.id,
            "name": "${each.value.name}",
            "type": "${each.value.type}",
            "ttl": "${each.value.ttl}",
            "records": "${each.value.values}",
        }
        return {
            "terraform": REQUIRED,
            "provider": {"aws": aws},
            "variable": {"record_sets": {"type": "any"}},
            "resource": {"aws_route53_record": {"federation": record}},
        }

    def command(self, step: Step, wanted: Wanted) -> Sequence[str | Path]:
        """Write the record sets."""
        found = {
            f"{name} {type_}": {"name": name, "type": type_, "ttl": ttl, "values": values}
            for (name, type_), (ttl, values) in wanted.record_sets().items()
        }
        (self.directory / RECORD_SETS).write_text(json.dumps({"record_sets": found}))
        return ["terraform", "destroy" if step == "destroy" else "apply", "-auto-approve", *ALWAYS]


def prepare(directory: Path) -> None:
    """Install the providers of a configuration; raise :class:`RuntimeError` where there are none."""
    command = ["terraform", "init", *ALWAYS]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")


def versions() -> str:
    """Return those of Terraform and of the provider that it installs; nothing where there is no `terraform`.

    Raise :class:`RuntimeError` where it finds no provider.
    """
    if shutil.which("terraform") is None:
        return ""
    with TemporaryDirectory(prefix="bench-") as directory:
        Path(directory, CONFIGURATION).write_text(json.dumps({"terraform": REQUIRED}))
        prepare(Path(directory))
        command = ["terraform", "version", "-json"]
        shown = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(shown)
    (provider,) = found["provider_selections"].values()
    return f"Terraform {found['terraform_version']} with its AWS provider {provider}"
