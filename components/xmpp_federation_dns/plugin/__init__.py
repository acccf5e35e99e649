"""The provider plugin `xmpp-federation-dns`: the component for programs in every language, and the resources it keeps.

The engine starts one process of it for each of its providers and each operation, and speaks to it over gRPC.
"""

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from xmpp_federation_dns.plugin.sdk import CHANNEL
from xmpp_federation_dns.plugin.servicer import Servicer

THREADS = 64
"""More than the engine's operations at a time, so that its Cancel is answered at once."""
LOOK = 2.0
"""Seconds between looks whether the engine that started the process is still there."""
USAGE = (
    "pulumi-resource-xmpp-federation-dns is started by Pulumi; the command line tool is xmpp-federation-dns"
)


def main() -> None:
    """Serve until the engine ends, or ends this process; the port alone goes to standard output."""
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not addresses:
        sys.exit(USAGE)
    engine = os.getppid()
    # Threads, since with grpc.aio an engine whose update failed had no answer to its Cancel for 5 s (2026-11).
    server = grpc.server(ThreadPoolExecutor(THREADS), options=CHANNEL)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(addresses[0]), server)
    signal.signal(signal.SIGINT, end)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 what the engine waits for
    # Not server.wait_for_termination, which ends by a clock that somebody may set (grpcio 1.85).
    while os.getppid() == engine:
        time.sleep(LOOK)
    end()


def end(*_: object) -> None:
    """End at once: of a plugin that prints a traceback the engine says that it exited prematurely."""
    os._exit(0)
