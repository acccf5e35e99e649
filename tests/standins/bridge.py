"""What Pulumi's bridge makes of a fault that a Terraform provider tells: a line of the engine's log, and an answer.

Tried with the provider code of Route 53 behind the bridge; a failed deletion is framed as published outputs
of Pulumi have it.
"""

from collections.abc import Callable
from typing import Any

import grpc
from pulumi.runtime import proto
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

Log = Callable[[str, str], None]
"""Put a text into the engine's log of errors, about a resource."""


def engine_log(address: str) -> Log:
    """Return the log of the engine that listens at *address*."""
    engine: Any = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address))

    def log(urn: str, text: str) -> None:
        engine.Log(proto.LogRequest(severity=engine_pb2.ERROR, urn=urn, message=text))

    return log


def logged(fault: str, provider: str) -> str:
    """Return what the Terraform SDK behind *provider*, with its version, logs about a *fault*."""
    return f"  sdk-v2/provider2.go:572: sdk.helper_schema: {fault}: provider={provider}\n"


def multierror(fault: str) -> str:
    """Return a fault in the form of Terraform, which lists even a single one."""
    return f"1 error occurred:\n\t* {fault}\n\n"
