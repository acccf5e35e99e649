"""Stands in for whatever else a larger stack has: a machine, whose address is known once it is there."""

import json

from tests.standins.plugin import UNKNOWN, Failure, Found, Offer, Plugin, Resource, serve
from tests.standins.wire import Properties

VERSION = "0.1.0"
TYPE = "machine:index:Machine"
_ANY = {"$ref": "pulumi.json#/Any"}
SCHEMA = {
    "name": "machine",
    "version": VERSION,
    "resources": {
        TYPE: {
            "inputProperties": {"planned": _ANY},
            "properties": {"planned": _ANY, "address": _ANY},
        }
    },
}


class Machine(Resource):
    """Its address is the one that was planned."""

    def check(self, name: str, inputs: Properties) -> tuple[Properties, list[Failure]]:  # noqa: ARG002 any will do
        return inputs, []

    def changed(self, outputs: Properties, old: Properties, new: Properties) -> set[str]:  # noqa: ARG002 the inputs tell
        return set() if old == new else {"planned"}

    def preview(self, inputs: Properties) -> Properties:
        return {**inputs, "address": UNKNOWN}

    def create(self, inputs: Properties) -> tuple[str, Properties]:
        return "machine", {**inputs, "address": inputs["planned"]}

    def read(self, id_: str, inputs: Properties, outputs: Properties) -> Found | None:
        return Found(id_, inputs, outputs)

    def update(self, outputs: Properties, inputs: Properties) -> Properties:  # noqa: ARG002 the inputs tell
        return {**inputs, "address": inputs["planned"]}

    def delete(self, id_: str, outputs: Properties) -> None:
        pass


def main() -> None:
    serve(Plugin("machine", VERSION, lambda _: Offer({TYPE: Machine()}), json.dumps(SCHEMA)))
