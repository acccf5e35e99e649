"""The pipelines of the documentation are red where any of their commands fails."""

import subprocess
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest
import yaml
from tests.unit.cli import COMMAND
from tests.unit.pipelines.ci import Job, azure_devops, github, gitlab
from tests.unit.test_docs import PIPELINES, README, ROOT, blocks

WORKFLOW, AZURE_PIPELINE, GITLAB_JOB, NIGHTLY, *_ = blocks("yaml", PIPELINES)
[ESTATE] = blocks("bash", PIPELINES)
[IN_SHORT] = blocks("bash", README)
MAIN = "refs/heads/main"
STATE = {"PULUMI_BACKEND_URL": "s3://state", "PULUMI_CONFIG_PASSPHRASE": "known"}
UP = "pulumi up --stack prod --yes --refresh"
OUTPUT = "pulumi stack output records --json --stack prod"
CHECK = "xmpp-federation-dns check prod"
VERIFY = "xmpp-federation-dns verify"
PREVIEW = "pulumi preview --stack prod --refresh --json"
REVIEW = "xmpp-federation-dns review"

Run = Callable[[Job], bool]
PIPELINE: dict[str, tuple[Run, list[str]]] = {
    "github": (
        lambda job: github(job, WORKFLOW, MAIN),
        [
            "pulumi install",
            f"{CHECK} --format github",
            PREVIEW,
            f"{REVIEW} plan.json --format markdown",
            f"{UP} --parallel 32",
            OUTPUT,
            f"{VERIFY} records.json --format markdown",
        ],
    ),
    "azure-devops": (
        lambda job: azure_devops(job, AZURE_PIPELINE),
        [
            "curl -fsSL https://get.pulumi.com",
            "install-pulumi ",
            "az account show --query id --output tsv",
            "pulumi install",
            CHECK,
            PREVIEW,
            f"{REVIEW} -",
            f"{UP} --parallel 8",
            OUTPUT,
            f"{VERIFY} - --format junit",
        ],
    ),
    "gitlab": (
        lambda job: gitlab(job, GITLAB_JOB),
        [
            "pulumi install",
            CHECK,
            PREVIEW,
            f"{REVIEW} plan.json",
            f"{UP} --parallel 32",
            OUTPUT,
            f"{VERIFY} records.json --format junit",
        ],
    ),
    "in-short": (
        lambda job: job.shell(IN_SHORT, "bash", **STATE),
        [CHECK, UP, OUTPUT, f"{VERIFY} records.json --format junit"],
    ),
    "nightly": (
        lambda job: github(job, NIGHTLY, MAIN),
        [
            "python3 -m venv .venv",
            "pip install --quiet -r requirements.txt",
            "xmpp-federation-dns drift prod --format markdown",
        ],
    ),
}
PASSPHRASE = {"PULUMI_CONFIG_PASSPHRASE": "known"}
"""The variable of a GitLab project."""


def ran(name: str, directory: Path, fails: str = "") -> tuple[bool, Job]:
    run, _ = PIPELINE[name]
    job = Job(directory, fails, PASSPHRASE if name == "gitlab" else {})
    return run(job), job


@pytest.mark.parametrize("name", PIPELINE)
def test_a_pipeline_is_green_where_nothing_fails(name: str, tmp_path: Path):
    green, job = ran(name, tmp_path)
    assert (green, job.said) == (True, "")
    assert sorted(job.called) == sorted(PIPELINE[name][1])


@pytest.mark.parametrize(
    ("name", "call"), [(name, call) for name, (_, calls) in PIPELINE.items() for call in calls]
)
def test_a_pipeline_is_red_where_a_command_fails(name: str, call: str, tmp_path: Path):
    green, job = ran(name, tmp_path, call)
    assert call in job.called
    assert green is False


@pytest.mark.parametrize(
    ("name", "call"),
    [
        (name, call)
        for name, (_, calls) in PIPELINE.items()
        for call in takewhile(lambda call: not call.startswith(UP), calls)
    ],
)
def test_a_pipeline_updates_nothing_where_a_command_before_it_fails(name: str, call: str, tmp_path: Path):
    _, job = ran(name, tmp_path, call)
    assert [known for known in job.called if known.startswith("pulumi up")] == []


UPDATES = [f"pulumi up --stack {name}-com --yes --refresh --parallel 32" for name in ("contoso", "fabrikam")]


@pytest.mark.parametrize("options", [(), ("-e",)], ids=["plain", "stops at failures"])
@pytest.mark.parametrize("fails", ["", *UPDATES], ids=["none", "first", "second"])
def test_all_stacks_of_a_large_estate_are_updated_and_one_that_fails_is_told(
    options: tuple[str, ...], fails: str, tmp_path: Path
):
    job = Job(tmp_path, fails)
    assert job.shell(ESTATE, "bash", *options, **STATE) is not bool(fails)
    assert sorted(job.called) == UPDATES


def test_a_pull_request_on_github_changes_nothing(tmp_path: Path):
    job = Job(tmp_path)
    assert github(job, WORKFLOW, "refs/pull/1/merge") is True
    assert job.called == PIPELINE["github"][1][:4]


def test_a_gitlab_project_without_the_passphrase_is_told_where_it_belongs(tmp_path: Path):
    job = Job(tmp_path)
    assert gitlab(job, GITLAB_JOB) is False
    assert job.said.endswith(
        "PULUMI_CONFIG_PASSPHRASE: set it in Settings > CI/CD > Variables, masked and protected\n"
    )
    assert job.called == []


def test_no_pipeline_runs_two_updates_at_a_time():
    assert yaml.safe_load(WORKFLOW)["concurrency"] == {"group": "federation-${{ github.ref }}"}
    assert yaml.safe_load(AZURE_PIPELINE)["trigger"] == {"batch": True, "branches": {"include": ["main"]}}
    assert yaml.safe_load(GITLAB_JOB)["publish"]["resource_group"] == "federation"


def test_a_fresh_clone_is_clean(tmp_path: Path):
    subprocess.run(["git", "-C", ROOT, "checkout-index", "--all", f"--prefix={tmp_path}/"], check=True)
    for arguments in ([], ["--format", "github"]):
        done = subprocess.run([COMMAND, "check", *arguments], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"")
