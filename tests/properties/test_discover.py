"""What a stack publishes is discovered as a stack that publishes the same."""

from typing import Any

import yaml
from hypothesis import assume, given, settings
from tests.properties.test_configuration import configurations, tried

from xmpp_federation_dns.changes import Content
from xmpp_federation_dns.configuration.plan import Plan, read
from xmpp_federation_dns.live.discover import draft
from xmpp_federation_dns.live.readings import wanted
from xmpp_federation_dns.live.stack import stack_file
from xmpp_federation_dns.problems import ConfigurationError

PREFIX = "xmpp-federation-dns:"


def published(plan: Plan) -> dict[str, Content]:
    return {key: each for zone in wanted(plan).values() for key, each in zone.items()}


@settings(tried, max_examples=150)
@given(configurations)
def test_what_is_published_is_discovered_as_a_stack_that_publishes_the_same(configuration: dict[str, Any]):
    try:
        plan = read(configuration)
    except ConfigurationError:
        assume(False)
        raise
    there = wanted(plan)
    found = draft([(zone, there[zone.name]) for zone in plan.zones])
    config = yaml.safe_load(stack_file(found))["config"]
    again = {key.removeprefix(PREFIX): value for key, value in config.items()}
    # Nobody but who writes it knows that a stack is for a lab.
    assert {each.rule or each.why for each in found.left} <= {"P6", "its SIP domain is left out"}
    if found.domains:
        assert published(read(again)).items() <= published(plan).items()
    if not found.left:
        assert published(read(again)) == published(plan)
