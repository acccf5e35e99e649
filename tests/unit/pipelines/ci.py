"""What CI systems do with the pipelines of the documentation, with programs that stand in for what these call.

A stand-in writes down how it was called, and fails where it is told to. That of `pulumi` wants what the engine
wants of its environment.
"""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

STANDIN = """\
#!/bin/sh
call="${0##*/} $*"
echo "$call" >> "$CALLS"
[ "$call" != "$FAILS" ] || exit 1
case $call in
  *' - '*) cat > /dev/null ;;
  curl*) echo install-pulumi ;;
  pulumi*) : "${PULUMI_BACKEND_URL:?}" "${PULUMI_CONFIG_PASSPHRASE:?}" ;;
esac
"""
COMMAND = "xmpp-federation-dns"
PROGRAMS = (
    "bin/pulumi",
    f"bin/{COMMAND}",
    f".venv/bin/{COMMAND}",
    "bin/curl",
    "bin/install-pulumi",
    "bin/az",
    "bin/python3",
    ".venv/bin/pip",
)


@dataclass
class Job:
    """A job in a checkout below *directory*; what it *called*, and what its shell said in the end."""

    directory: Path
    fails: str = ""
    """The call that fails."""
    environment: dict[str, str] = field(default_factory=dict[str, str])
    said: str = ""

    def __post_init__(self) -> None:
        """Put the stand-ins where the pipelines look for them."""
        for program in PROGRAMS:
            file = self.directory / program
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(STANDIN)
            file.chmod(0o755)
        (self.directory / "calls").touch()

    @property
    def called(self) -> list[str]:
        """Return the calls so far."""
        return (self.directory / "calls").read_text().splitlines()

    def shell(self, script: str, *command: str, **environment: str) -> bool:
        """Run a script as a CI system does, and tell whether it ended well."""
        file = self.directory / "script"
        file.write_text(script)
        path = f"{self.directory}/bin:/usr/bin:/bin"
        known = {"PATH": path, "HOME": str(self.directory)}
        known |= {"CALLS": str(self.directory / "calls"), "FAILS": self.fails}
        done = subprocess.run(
            [*command, file.name],
            cwd=self.directory,
            env={**self.environment, **environment, **known},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.said = done.stderr
        return done.returncode == 0


def github(job: Job, text: str, ref: str) -> bool:
    """Run the job of a GitHub workflow for a push to *ref*; a step that fails ends it.

    `bash -e` by default, and with `shell: bash` more (docs.github.com, workflow syntax, `steps[*].shell`).
    """
    [steps] = [each["steps"] for each in yaml.safe_load(text)["jobs"].values()]
    [given] = [each["env"] for each in yaml.safe_load(text)["jobs"].values()]
    shells = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
    environment = {key: re.sub(r"\$\{\{.*?\}\}", "known", value) for key, value in given.items()}
    environment["GITHUB_STEP_SUMMARY"] = str(job.directory / "summary")
    for step in steps:
        wanted = step.get("if", f"github.ref == '{ref}'") == f"github.ref == '{ref}'"
        if wanted and "run" in step and not job.shell(step["run"], *shells[step.get("shell")], **environment):
            return False
    return True


def azure_devops(job: Job, text: str) -> bool:
    """Run the steps of an Azure pipeline; one that fails ends it, but for those that run always.

    Both tasks start bash with nothing set (Bash@3, AzureCLI@2 of azure-pipelines-tasks).
    """
    identity = {"servicePrincipalId": "known", "tenantId": "known", "idToken": "known"}
    for step in yaml.safe_load(text)["steps"]:
        environment = {
            key: re.sub(r"\$\(.*?\)", "known", value) for key, value in step.get("env", {}).items()
        }
        inputs: dict[str, Any] = step.get("inputs", {})
        if inputs.get("addSpnToEnvironment"):
            environment |= identity
        script = step.get("bash") or inputs.get("inlineScript")
        if script and not job.shell(script, "bash", **environment):
            return False
    return True


def gitlab(job: Job, text: str) -> bool:
    """Run the script of a GitLab job: all lines in one shell, which reads nothing (shells/bash.go of the runner)."""
    [given] = yaml.safe_load(text).values()
    lines = "\n".join(given["script"])
    # A container has a directory /tmp of its own.
    variables = {
        key: value.replace("/tmp/", f"{job.directory}/") for key, value in given["variables"].items()
    }
    tokens = dict.fromkeys(given["id_tokens"], "known")
    script = 'set -eo pipefail\nset +o noclobber\n: | eval "$LINES_OF_JOB"\n'
    return job.shell(script, "bash", LINES_OF_JOB=lines, **variables, **tokens)
