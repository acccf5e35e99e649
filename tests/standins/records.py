"""Record sets as tests have the AWS plugin make them, and what it says where they are refused."""

import re

from tests.standins.cases import filled
from tests.standins.client import Client, PluginError
from tests.standins.plugin import Found
from tests.standins.wire import Properties
from tests.standins.zones import HostedZone

RECORD = "aws:route53/record:Record"
REQUEST_ID = re.compile(r"RequestID: [0-9a-f-]+")
LINE = re.compile(r"\.go:\d+:")


def created(plugin: Client, zone: HostedZone, template: Properties) -> Found:
    inputs, failures = plugin.check(RECORD, "case", filled(template, ZONE=zone.id))
    assert failures == []
    return plugin.create(RECORD, inputs)


def cause(error: PluginError) -> str:
    """Return the text of an error without its frame and without the id of the request."""
    return REQUEST_ID.sub("RequestID: REQUEST", error.text)


def logged(plugin: Client, before: int) -> list[tuple[str, str]]:
    """Return what the plugin logged since, without the id of the request and the line of a source file."""
    return [
        (urn, LINE.sub(".go:LINE:", REQUEST_ID.sub("RequestID: REQUEST", text)))
        for urn, text in plugin.errors[before:]
    ]
