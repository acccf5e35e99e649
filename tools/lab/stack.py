"""A stack of this project in a private directory: nothing of the user's is read or changed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
NAMESPACE = "xmpp-federation-dns"
_FOREIGN = ("AWS_", "ARM_", "AZURE_", "CLOUDFLARE_", "CLOUDSDK_", "GOOGLE_", "PULUMI_")


def heed_interrupts() -> None:
    """Let processes that are started from here on be interrupted.

    What a shell without job control starts in the background ignores SIGINT, and so does all that it starts.
    The engine ends its plugins by SIGINT, and waits 5 s for those that ignore it.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Stack:
    """The project as it is checked out, with a Pulumi home, state and stack files of its own.

    *prefix* is a command that runs `pulumi` somewhere else.
    """

    def __init__(
        self,
        directory: Path,
        name: str = "demo",
        environment: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        self.name = name
        self.prefix = prefix
        self.project = directory / "project"
        self.file = self.project / "config" / f"Pulumi.{name}.yaml"
        self.state_directory = directory / "state"
        self.state_directory.mkdir(parents=True)
        self.file.parent.mkdir(parents=True)
        for part in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(CHECKOUT / part, self.project)
        shutil.copytree(CHECKOUT / "bin", self.project / "bin")
        heed_interrupts()
        # The language host runs the `python` of PATH, Pulumi's dynamic providers that of the project's .venv.
        (self.project / ".venv").symlink_to(sys.prefix)
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}
        self.environment = {
            **inherited,
            "PATH": os.pathsep.join([f"{sys.prefix}/bin", os.environ["PATH"]]),
            "PULUMI_HOME": str(directory / "pulumi"),
            "PULUMI_BACKEND_URL": f"file://{self.state_directory}",
            "PULUMI_CONFIG_PASSPHRASE": "of no importance",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
            **(environment or {}),
        }

    def pulumi(
        self, *arguments: str, check: bool = True, shown: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi` on this stack; raise with its output where it fails and *check* is true.

        The output is captured, or goes to the terminal where it is to be *shown*.
        """
        command = [
            *self.prefix,
            "pulumi",
            *arguments,
            "--stack",
            self.name,
            "--non-interactive",
            "--color",
            "never",
        ]
        done = subprocess.run(
            command,
            cwd=self.project,
            env=self.environment,
            capture_output=not shown,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(
                f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done

    def set_secret(self, key: str, value: str) -> None:
        """Set a secret of the stack's configuration."""
        self.pulumi("config", "set", "--secret", key, value)

    def state(self) -> dict[str, Any]:
        """Return the state as `pulumi stack export` writes it, secrets encrypted."""
        return json.loads(self.pulumi("stack", "export").stdout)

    def outputs(self) -> dict[str, Any]:
        """Return the outputs of the stack."""
        return json.loads(self.pulumi("stack", "output", "--json").stdout)
