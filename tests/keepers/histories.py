"""What may happen to two stacks and their zones, in any order."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.keepers.federation import DOMAINS, SERVERS, Component, Zone
from tests.keepers.world import FAULTS, HANDS, Hand, Trouble, Up, World

from xmpp_federation_dns.backends import rfc2136_client, rfc2136_primary

ONE_DOMAIN = (400,)
"""What a batch may hold: one new SIP domain, or two that go."""
NAMES = ("federation", "edge")
OPTIONS = ("bulk", "adopt", "retain", "respelled")
Home = tuple[str, str]
"""A component, after its stack."""
Domain = tuple[str, str, str]
"""A SIP domain, after its stack and component."""


def _of(found: Callable[[World], list[Any]]) -> st.SearchStrategy[Any]:
    """Draw from what there is at that point of a history."""
    return st.runner().flatmap(lambda machine: st.sampled_from(found(machine.world)))


STACK = _of(World.stacks_in_use)
COMPONENT = _of(World.components)
DOMAIN = _of(World.domains)
HAND = st.tuples(_of(World.places), st.sampled_from(HANDS))
FAULT = st.sampled_from(FAULTS)
TROUBLE = st.tuples(st.integers(0, 4), st.integers(0, 3).flatmap(lambda fault: FAULT if fault else HAND))


def _in_trouble() -> st.SearchStrategy[Up]:
    return st.builds(Up, trouble=TROUBLE, refresh=st.booleans(), go_on=st.booleans())


UP = st.one_of(
    st.builds(Up),
    _in_trouble(),
    st.builds(Up, refresh=st.just(True)),
    _in_trouble(),
    st.builds(Up, go_on=st.just(True)),
    _in_trouble(),
    st.builds(Up, replaced=st.integers(0, 5)),
)
THEN = st.sampled_from((Up(), None)) | UP
"""The ``pulumi up`` after a change of a program, if there is one."""


class Histories(RuleBasedStateMachine):
    """A history begins with a stack that publishes a few SIP domains."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr(rfc2136_primary, "exchange", self.world.primary.tcp)
        self._patch.setattr(rfc2136_client.PrimaryZone, "most", ONE_DOMAIN)
        self._patch.setattr(rfc2136_client, "PAUSE", 0)

    def teardown(self) -> None:
        self._patch.undo()

    @initialize(bulk=st.booleans(), domains=st.integers(0, 2), how=UP)
    def publish(self, bulk: bool, domains: int, how: Up) -> None:
        component = Component(dict.fromkeys(DOMAINS[:domains], 0), {"contoso.com": Zone(bulk=bulk)})
        self.world.programs["prod"]["federation"] = component
        self.world.up("prod", how)

    @rule(
        home=st.tuples(st.sampled_from(("prod", "test")), st.sampled_from(NAMES)),
        domain=st.sampled_from(DOMAINS),
        then=THEN,
    )
    def add(self, home: Home, domain: str, then: Up | None) -> None:
        stack, name = home
        component = self.world.programs[stack].setdefault(name, Component())
        self._change(home, then, domains={**component.domains, domain: 0})

    @precondition(lambda self: self.world.domains())
    @rule(domain=DOMAIN, then=THEN)
    def remove(self, domain: Domain, then: Up | None) -> None:
        self._take_out(domain)
        self._then(domain[0], then)

    @precondition(lambda self: self.world.domains())
    @rule(domain=DOMAIN, then=THEN)
    def readdress(self, domain: Domain, then: Up | None) -> None:
        stack, name, sip_domain = domain
        domains = self.world.programs[stack][name].domains
        self._change((stack, name), then, domains={**domains, sip_domain: 1 - domains[sip_domain]})

    @precondition(lambda self: self.world.domains())
    @rule(domain=DOMAIN, first=st.booleans(), then=THEN)
    def move(self, domain: Domain, first: bool, then: Up | None) -> None:
        """Move a SIP domain to the other component; a new one comes *first* in the program, or last."""
        stack, name, sip_domain = domain
        program = self.world.programs[stack]
        new = NAMES[1 - NAMES.index(name)]
        if new not in program:
            component = {new: replace(program[name], domains={}, aliases=())}
            program = component | program if first else program | component
            self.world.programs[stack] = program
        domains = {**program[new].domains, sip_domain: self._take_out(domain)}
        self._change((stack, new), then, domains=domains)

    @precondition(lambda self: self.world.components())
    @rule(component=COMPONENT, aliased=st.booleans(), then=THEN)
    def rename(self, component: Home, aliased: bool, then: Up | None) -> None:
        """Give a component the other name; two of them exchange theirs, which no alias can say."""
        stack = component[0]
        program = self.world.programs[stack]
        alone = len(program) == 1
        self.world.programs[stack] = {
            NAMES[1 - NAMES.index(name)]: self._aliased(name, old)
            if aliased and alone
            else replace(old, aliases=())
            for name, old in program.items()
        }
        self._then(stack, then)

    @precondition(lambda self: self.world.components())
    @rule(component=COMPONENT, aliased=st.booleans(), then=THEN)
    def put_elsewhere(self, component: Home, aliased: bool, then: Up | None) -> None:
        """Put a component under another, or take it from there."""
        stack, name = component
        old = self.world.programs[stack][name]
        new = self._aliased(name, old) if aliased else replace(old, aliases=())
        self._change(component, then, parent="" if old.parent else "my:index:Office$", aliases=new.aliases)

    @precondition(lambda self: self.world.components())
    @rule(
        component=COMPONENT, zone=st.sampled_from(tuple(SERVERS)), option=st.sampled_from(OPTIONS), then=THEN
    )
    def switch(self, component: Home, zone: str, option: str, then: Up | None) -> None:
        """Switch an option of a zone on or off."""
        stack, name = component
        zones = self.world.programs[stack][name].zones
        if zone in zones:
            value = {option: not getattr(zones[zone], option)}
            self._change(component, then, zones={**zones, zone: replace(zones[zone], **value)})

    @precondition(lambda self: self.world.components())
    @rule(component=COMPONENT, then=THEN)
    def split(self, component: Home, then: Up | None) -> None:
        """Make emea.contoso.com a zone of its own, or a part of contoso.com again."""
        stack, name = component
        zones = dict(self.world.programs[stack][name].zones)
        if not zones.pop("emea.contoso.com", None):
            zones["emea.contoso.com"] = zones["contoso.com"]
        self._change(component, then, zones=zones)

    @rule(then=THEN)
    def copy(self, then: Up | None) -> None:
        """Copy the file of one stack for the other."""
        self.world.programs["test"] = dict(self.world.programs["prod"])
        self._then("test", then)

    @rule(hand=HAND)
    def edit(self, hand: Hand) -> None:
        self.world.edit(hand)

    @rule(changes=st.integers(0, 2))
    def fall_behind(self, changes: int) -> None:
        """Let the answers to queries be some changes behind."""
        self.world.primary.lag = changes

    @rule(stack=STACK, how=UP)
    def up(self, stack: str, how: Up) -> None:
        self.world.up(stack, how)

    @rule(stack=STACK, trouble=st.none() | TROUBLE)
    def destroy(self, stack: str, trouble: Trouble | None) -> None:
        self.world.destroy(stack, trouble)

    @rule(stack=STACK)
    def refresh(self, stack: str) -> None:
        self.world.refresh(stack)

    @rule(stack=STACK)
    def set_right(self, stack: str) -> None:
        self.world.set_right(stack)

    @rule(stack=STACK, position=st.integers(0, 5), then=THEN)
    def taint(self, stack: str, position: int, then: Up | None) -> None:
        """Mark a resource as to be replaced, or as not."""
        resources = self.world.stacks[stack].resources
        if resources:
            position %= len(resources)
            resources[position] = replace(resources[position], tainted=not resources[position].tainted)
        self._then(stack, then)

    def _change(self, home: Home, then: Up | None, **changes: Any) -> None:
        self.world.change(*home, **changes)
        self._then(home[0], then)

    def _take_out(self, domain: Domain) -> int:
        stack, name, sip_domain = domain
        domains = dict(self.world.programs[stack][name].domains)
        address = domains.pop(sip_domain)
        self.world.change(stack, name, domains=domains)
        return address

    def _aliased(self, name: str, component: Component) -> Component:
        return replace(component, aliases=(*component.aliases, (name, component.parent)))

    def _then(self, stack: str, then: Up | None) -> None:
        if then:
            self.world.up(stack, then)
