"""What of Pulumi's SDK the plugin needs and the SDK does not promise to keep (3.260 to 3.272, 2026-11)."""
# pyright: reportPrivateUsage=false

from pulumi.provider.server import ProviderServicer
from pulumi.runtime import rpc
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS as CHANNEL

SIGNATURE: str = rpc._special_sig_key  # noqa: SLF001
"""The key whose value tells what else than a mapping a mapping is."""
SECRET: str = rpc._special_secret_sig  # noqa: SLF001
OUTPUT: str = rpc._special_output_value_sig  # noqa: SLF001
RESOURCE: str = rpc._special_resource_sig  # noqa: SLF001
UNKNOWN: str = rpc.UNKNOWN
"""What stands for a value that becomes known during the update."""

__all__ = ["CHANNEL", "OUTPUT", "RESOURCE", "SECRET", "SIGNATURE", "UNKNOWN", "ProviderServicer"]
