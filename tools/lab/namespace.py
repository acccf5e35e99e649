"""A network that only this machine sees: a namespace with addresses and a resolver of its own."""

import ipaddress
import os
import subprocess
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self, cast

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
SET_UP = """\
set -eu
resolver=$1; shift
ip link set lo up
for address; do
    case $address in *:*) option=nodad ;; *) option= ;; esac
    ip address add "$address" dev lo $option
done
hostname localhost
mount --bind "$resolver" /etc/resolv.conf
echo ready
exec cat
"""


DISK = """\
set -eu
cp -a "$1" "$1.copy"
mount -t tmpfs -o "size=$2k" disk "$1"
cp -a "$1.copy/." "$1"
echo ready
exec cat
"""
ALL = ("--net", "--mount", "--uts")


class NoNamespaceError(Exception):
    """This machine lets nobody make a network namespace, told in one line."""


@dataclass(frozen=True)
class Namespace:
    """A running namespace: of network, mounts and host name, as root here or as root of a user namespace.

    *parts*: those of the three that it has of its own.
    """

    pid: int
    user: bool
    parts: Sequence[str] = ALL

    @classmethod
    @contextmanager
    def with_addresses(cls, addresses: Iterable[str], resolver: str, directory: Path) -> Generator[Self]:
        """Make a namespace whose loopback interface has *addresses*, until the block ends.

        Names are resolved by the server at the address *resolver*. Raises :class:`NoNamespaceError`.
        """
        (directory / "resolv.conf").write_text(f"nameserver {resolver}\n")
        hosts = [str(ipaddress.ip_interface(address)) for address in addresses]
        with cls._set_up(ALL, SET_UP, directory / "resolv.conf", *hosts) as namespace:
            yield namespace

    @classmethod
    @contextmanager
    def with_disk(cls, place: Path, kibibytes: int) -> Generator[Self]:
        """Make a namespace in which *place*, with all that is in it, is a small disk, until the block ends.

        From outside, it is at :meth:`seen`. Raises :class:`NoNamespaceError`.
        """
        with cls._set_up(("--mount",), DISK, place, str(kibibytes)) as namespace:
            yield namespace

    @classmethod
    @contextmanager
    def _set_up(cls, parts: Sequence[str], script: str, *arguments: str | Path) -> Generator[Self]:
        user = os.geteuid() != 0
        command = [
            "unshare",
            *(["--user", "--map-root-user"] if user else []),
            *parts,
            *("sh", "-c", script, "sh", *arguments),
        ]
        holder = subprocess.Popen(
            command,
            env={**os.environ, "PATH": PATH},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # Its process ends with its standard input, so also where this one is killed.
        with holder:
            said = cast("IO[str]", holder.stdout).readline()
            if said != "ready\n":
                said += holder.communicate()[0]
                raise NoNamespaceError(f"no namespace: {' '.join(said.split())}")
            yield cls(holder.pid, user, parts)

    def seen(self, path: Path) -> Path:
        """Return where a path of the namespace is from outside (proc(5))."""
        return Path(f"/proc/{self.pid}/root", *path.parts[1:])

    def command(self, *arguments: str | Path, directory: Path = Path("/")) -> list[str]:
        """Return the command that runs *arguments* inside, in *directory*, and dies with its caller."""
        return [
            "nsenter",
            f"--target={self.pid}",
            *(["--user", "--preserve-credentials"] if self.user else []),
            *(*self.parts, "--"),
            *("setpriv", "--pdeathsig", "KILL", "--"),
            *("env", f"--chdir={directory}", "--"),
            *map(str, arguments),
        ]
