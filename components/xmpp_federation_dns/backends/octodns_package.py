"""What an octoDNS provider class is asked for, and what becomes of its errors. Nothing else here knows octoDNS.

Its pattern is to plan the difference of two zones; `plan` of a provider may rewrite foreign records that it cannot
hold, so a plan of ours has our own changes alone, and all of the zone beside them (octoDNS 1.22, 2026-11).
"""

import os
import re
import sys
import threading
from collections import defaultdict
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from inspect import Parameter, signature
from typing import Any

from xmpp_federation_dns.backends.client import DeniedError, RefusedError, UnservedError, UpdateError
from xmpp_federation_dns.backends.octodns_options import known, present
from xmpp_federation_dns.backends.octodns_said import logged, silent
from xmpp_federation_dns.backends.octodns_secrets import Secrets
from xmpp_federation_dns.changes import Batch
from xmpp_federation_dns.problems import Problem, one_line

TYPES = ("A", "AAAA", "SRV")
"""What a class has to be able to publish."""
MOST = 400
"""Characters of what a package says that a line shows."""

_VERSIONS = (1, 22), (2, 0)
_OURS = {"self", "id", "apply_disabled", "strict_supports"}
"""Arguments that are no stack's to say."""
_NAMED = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
_DENIED = re.compile(r"unauthori[sz]ed|forbidden|denied|\b40[13]\b", re.IGNORECASE)
_VALIDATORS = threading.Lock()


class Records:
    """A zone as one object of a provider class has read it."""

    def __init__(self, provider: Any, zone: Any) -> None:
        self.provider = provider
        self.zone = zone
        self.by_name: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        """The records, which are sets in octoDNS, by name without final dot and by type."""
        for record in zone.records:
            self.by_name[record.fqdn.lower().removesuffix(".")][record._type] = record  # noqa: SLF001 its type


class Package:
    """A provider class with its arguments; a new object of it for each read, since most remember what they read.

    Raises ``ModuleNotFoundError`` without octoDNS, as zones do whose client cannot be made.
    """

    def __init__(self, where: str, provider_class: str, arguments: Mapping[str, Any]) -> None:
        import_module("octodns")
        self.where = where
        self.provider_class = provider_class
        self._secrets = Secrets()
        self._arguments = {name: self._resolved(name, value) for name, value in arguments.items()}

    def read(self, name: str, *, unanswered: bool = False) -> Records:
        """Return the records of a zone; *unanswered*: of what an error is to be, after something was sent."""
        from octodns.zone import Zone

        of_octodns: Any = Zone
        zone = of_octodns(f"{name}.", [])
        with self._told("not read", UpdateError, unanswered=unanswered):
            provider = self._provider()
            exists = provider.populate(zone, target=True, lenient=True)
            if missing := _missing_types(provider.SUPPORTS):
                raise UpdateError(f"{self.where}: the class publishes {missing}")
            if not exists:
                text = f"no such zone, as far as {self.provider_class} can tell"
                way_out = "create it there, or correct its name or the arguments of the class"
                raise UnservedError(f"{self.where}: {text}; {way_out} (docs/octodns.md)")
            # Scaleway answers 403 with no records, which reads as this (octodns-scaleway, 2026-11).
            if not zone.records and provider.SUPPORTS_ROOT_NS:
                text = "it reads as empty, without its NS records: the key may not be allowed to read it"
                raise DeniedError(f"{self.where}: {text} (docs/octodns.md)")
        return Records(provider, zone)

    def apply(self, there: Records, batch: Batch, what: str) -> None:
        """Carry out *batch* in what is *there*; raises :class:`RefusedError`, after which anything may be done."""
        from octodns.provider.plan import Plan
        from octodns.record import Create, Delete, Record, Rrset, Update

        makes: Any = {"plan": Plan, "create": Create, "delete": Delete, "update": Update, "set": Rrset}
        of_octodns: Any = Record
        desired = there.zone.copy()
        changes: list[Any] = []
        with self._told(what, RefusedError, unanswered=True):
            for change in batch:
                old = there.by_name[change.name].get(change.type)
                if change.new is None:
                    desired.remove_record(old)
                    changes.append(makes["delete"](old))
                    continue
                made = makes["set"](f"{change.name}.", change.type, change.new.ttl, change.new.values)
                new = of_octodns.from_rrset(desired, made, source=there.provider)
                desired.add_record(new, replace=True)
                changes.append(makes["update"](old, new) if old else makes["create"](new))
            there.provider.apply(makes["plan"](there.zone, desired, changes, exists=True))

    def zones(self) -> list[str]:
        """Return the names of all zones that the class lists."""
        with self._told("zones not listed", UpdateError):
            return [name.lower().removesuffix(".") for name in self._provider().list_zones()]

    def _provider(self) -> Any:
        try:
            kind = loaded(self.provider_class)
        except ValueError as error:
            raise UpdateError(f"{self.where}: {error}") from None
        from octodns.record import Record

        of_octodns: Any = Record
        with _VALIDATORS:
            # Of the whole process, and told as a warning where nobody says it; what is published was judged before.
            if not of_octodns.validators.configured:
                of_octodns.enable_validators({"legacy"})
        return kind("xmpp-federation-dns", **self._arguments)

    def _resolved(self, name: str, value: Any) -> Any:
        """Return an argument; octoDNS's own way makes numbers of what only looks like one."""
        if not (isinstance(value, str) and value.startswith("env/")):
            return value
        variable = value.removeprefix("env/")
        text = os.environ.get(variable)
        if not text:
            fault = f"the environment variable {variable} is not set where this runs"
            raise UpdateError(
                f"{self.where}: arguments.{name}: {fault}; set it there, for refresh and destroy as well"
            )
        self._secrets.add(text, value)
        return text

    @contextmanager
    def _told(self, what: str, kind: type[UpdateError], *, unanswered: bool = False) -> Generator[None]:
        """Tell in one line what the class raises: the reason often stands in its log or in the answer alone."""
        with logged() as lines, silent():
            try:
                yield
            except UpdateError as error:
                error.unanswered = unanswered
                raise
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 packages raise whatever they like, and may end the process
                answer = getattr(getattr(error, "response", None), "text", "")
                # PowerDNS's package logs the answer as well.
                said = [
                    f"{type(error).__name__}: {error}",
                    answer,
                    *(line for line in lines if answer not in line),
                ]
                text = one_line(self._secrets.hidden("; ".join(filter(None, said))))
                text = text if len(text) <= MOST else f"{text[:MOST]}…"
                denied = _DENIED.search(text)
                # What was sent goes on with the next update.
                way_out = (
                    ""
                    if kind is RefusedError
                    else "; look at the arguments of the class, and at the service (docs/octodns.md)"
                )
                if denied:
                    way_out = "; see what its key is allowed (docs/octodns.md)"
                raise (DeniedError if denied and kind is UpdateError else kind)(
                    f"{self.where}: {what}: {text}{way_out}", unanswered=unanswered
                ) from None


def loaded(provider_class: str) -> Any:
    """Return the class of this name; raise ``ValueError`` with the way out where there is none that publishes."""
    from octodns import __version__ as version
    from octodns.provider.base import BaseProvider

    least, below = _VERSIONS
    if not least <= tuple(map(int, version.split(".")[:2])) < below:
        raise ValueError(f"octoDNS {version} is installed: pip install 'octodns>=1.22,<2'")
    module, _, name = provider_class.rpartition(".")
    if (package := module.partition(".")[0]) in sys.stdlib_module_names:
        # Some of these do something when they are loaded.
        raise ValueError(f"{provider_class} is no octoDNS provider; {package} is a part of Python")
    try:
        with silent():
            there = import_module(module)
            found: Any = getattr(there, name, None)
    except ModuleNotFoundError as error:
        raise ValueError(_not_found(error.name or module, provider_class)) from None
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 packages do whatever they like when they are loaded
        text = one_line(f"{type(error).__name__}: {error}")
        raise ValueError(f"{module} cannot be loaded: {text}") from None
    if found is None:
        raise ValueError(f"{module} has no class {name}")
    base: Any = BaseProvider
    publishes = isinstance(found, type) and issubclass(found, base)
    if not publishes or vars(base)["_apply"] is getattr(found, "_apply", None):
        raise ValueError(f"{provider_class} is no octoDNS provider; a source only reads")
    return found


def _not_found(name: str, provider_class: str) -> str:
    """Return why there is no module *name*, which the class needs, and the way out."""
    package, _, inside = name.partition(".")
    if not (inside and find_spec(package)):
        text = f"the Python package {package} is not installed where this runs"
        return f"{text}: pip install {package.replace('_', '-')}"
    text = f"{package} has no module {inside}"
    if present_name := present(provider_class):
        way_out = (
            known(present_name).refused or f"pip install {present_name.partition('.')[0].replace('_', '-')}"
        )
        return f"{text} any more; the class is {present_name}: {way_out}"
    return text


def _missing_types(supported: object) -> str:
    """Return which types of ours are not among those that a class says it publishes, and the way out."""
    if not isinstance(supported, Collection):
        return ""
    missing = [each for each in TYPES if each not in supported]
    way_out = "use another class, or move the zone to where they are"
    return f"no {' and no '.join(missing)} records; {way_out} (docs/octodns.md)" if missing else ""


def faults(provider_class: str, arguments: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with a class, or with the names of its arguments, without an object of it."""
    try:
        kind = loaded(provider_class)
    except ValueError as error:
        yield Problem(("providerClass",), str(error))
        return
    # A few know it only when they have asked the service.
    if missing := _missing_types(getattr(kind, "SUPPORTS", None)):
        yield Problem(("providerClass",), f"{provider_class} publishes {missing}")
        return
    # Most pass what they do not know on to what they are made from.
    known = {
        name
        for base in kind.__mro__
        for name, parameter in signature(base.__init__).parameters.items()
        if parameter.kind in _NAMED
    } - _OURS
    meant: set[str] = set()
    for name in arguments:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            meant.update(close)
            hint = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(sorted(known))}"
            yield Problem(("arguments", name), f"{provider_class} has no such argument; {hint}")
    own = signature(kind.__init__).parameters
    for name in sorted(known & own.keys() - {*arguments} - meant):
        if own[name].default is Parameter.empty:
            yield Problem(("arguments",), f"{provider_class} needs the argument '{name}'")
