"""A private Pulumi home with the stand-ins where the engine looks for the published plugins."""

import sys
from importlib.metadata import version
from pathlib import Path

from tests.standins import machine

CHECKOUT = Path(__file__).parents[2]
PLUGINS = {"aws": ("pulumi-aws", "aws"), "azure-native": ("pulumi-azure-native", "azure_native")}
"""By the name of the plugin: the distribution of its SDK, and the module that stands in for it."""
SCRIPT = """\
#!{interpreter}
import sys

sys.path.insert(0, {checkout!r})
from tests.standins.{module} import main

main()
"""


def install(home: Path) -> None:
    """Put the stand-ins below *home*, under the exact versions that the installed SDKs ask for."""
    for name, (_, module) in PLUGINS.items():
        write_plugin(plugin_path(home, name), module)


def install_machine(home: Path) -> None:
    """Put the machines of a larger stack below *home*."""
    write_plugin(
        home / "plugins" / f"resource-machine-v{machine.VERSION}" / "pulumi-resource-machine", "machine"
    )


def install_package(home: Path) -> None:
    """Put the plugin of this package below *home*, as `pulumi plugin install --file` does."""
    name = "xmpp-federation-dns"
    directory = home / "plugins" / f"resource-{name}-v{version(name)}"
    directory.mkdir(parents=True)
    (directory / f"pulumi-resource-{name}").symlink_to(Path(sys.prefix) / "bin" / f"pulumi-resource-{name}")


def plugin_path(home: Path, name: str) -> Path:
    """Return where the engine looks for a plugin, in the version that its SDK asks for."""
    directory = home / "plugins" / f"resource-{name}-v{version(PLUGINS[name][0])}"
    return directory / f"pulumi-resource-{name}"


def write_plugin(path: Path, module: str) -> Path:
    """Write the executable of one stand-in."""
    path.parent.mkdir(parents=True)
    text = SCRIPT.format(interpreter=sys.executable, checkout=str(CHECKOUT), module=module)
    path.write_text(text)
    path.chmod(0o755)
    return path
