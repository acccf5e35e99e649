"""What an octoDNS provider class is asked for, and what becomes of its errors. Nothing else here knows octoDNS.

Its pattern is to plan the difference of two zones; `plan` of a provider may rewrite foreign records that it cannot
hold, so a plan of ours has our own changes alone, and all of the zone beside them (octoDNS 1.22, 2026-11).
"""

import logging
import os
import re
import threading
from collections import defaultdict
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from importlib import import_module
from inspect import Parameter, signature
from typing import Any

from xmpp_federation_dns.backends.client import DeniedError, RefusedError, UnservedError, UpdateError
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
    """A provider class with its arguments; a new object of it for each read, since most remember what they read."""

    def __init__(self, where: str, provider_class: str, arguments: Mapping[str, Any]) -> None:
        self.where = where
        self.provider_class = provider_class
        self._secrets: dict[str, str] = {}
        self._arguments = {name: self._resolved(name, value) for name, value in arguments.items()}

    def read(self, name: str, *, unanswered: bool = False) -> Records:
        """Return the records of a zone; *unanswered*: of what an error is to be, after something was sent."""
        from octodns.zone import Zone

        of_octodns: Any = Zone
        zone = of_octodns(f"{name}.", [])
        with self._told("not read", UpdateError, unanswered=unanswered):
            provider = self._provider()
            exists = provider.populate(zone, target=True, lenient=True)
            if missing := [each for each in TYPES if each not in provider.SUPPORTS]:
                raise UpdateError(f"{self.where}: the class publishes no {' and no '.join(missing)} records")
            if not exists:
                raise UnservedError(f"{self.where}: no such zone, as far as {self.provider_class} can tell")
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
            raise UpdateError(
                f"{self.where}: arguments.{name}: the environment variable {variable} is not set where this runs"
            )
        self._secrets[text] = value
        return text

    @contextmanager
    def _told(self, what: str, kind: type[UpdateError], *, unanswered: bool = False) -> Generator[None]:
        """Tell in one line what the class raises: the reason often stands in its log or in the answer alone."""
        with logged() as lines:
            try:
                yield
            except UpdateError as error:
                error.unanswered = unanswered
                raise
            except Exception as error:  # noqa: BLE001 packages raise whatever they like
                answer = getattr(getattr(error, "response", None), "text", "")
                # PowerDNS's package logs the answer as well.
                said = [
                    f"{type(error).__name__}: {error}",
                    answer,
                    *(line for line in lines if answer not in line),
                ]
                text = one_line("; ".join(filter(None, said)))
                for secret, name in self._secrets.items():
                    text = text.replace(secret, f"[{name}]")
                text = text if len(text) <= MOST else f"{text[:MOST]}…"
                denied = _DENIED.search(text)
                way_out = "; see what its key is allowed (docs/octodns.md)" if denied else ""
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
    try:
        found: Any = getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        package = str(error.name).partition(".")[0]
        text = f"the Python package {package} is not installed where this runs"
        raise ValueError(f"{text}: pip install {package.replace('_', '-')}") from None
    except AttributeError:
        raise ValueError(f"{module} has no class {name}") from None
    except Exception as error:  # noqa: BLE001 packages do whatever they like when they are loaded
        raise ValueError(f"{module} cannot be loaded: {type(error).__name__}: {error}") from None
    base: Any = BaseProvider
    publishes = isinstance(found, type) and issubclass(found, base)
    if not publishes or vars(base)["_apply"] is getattr(found, "_apply", None):
        raise ValueError(f"{provider_class} is no octoDNS provider; a source only reads")
    return found


def faults(provider_class: str, arguments: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with a class, or with the names of its arguments, without an object of it."""
    try:
        kind = loaded(provider_class)
    except ValueError as error:
        yield Problem(("providerClass",), str(error))
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


@contextmanager
def logged() -> Generator[list[str]]:
    """Collect the warnings and errors that this thread logs."""
    lines: list[str] = []
    thread = threading.get_ident()

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # Several zones may be read at a time.
            if record.thread == thread:
                lines.append(record.getMessage())

    collector = Lines(logging.WARNING)
    logging.getLogger().addHandler(collector)
    try:
        yield lines
    finally:
        logging.getLogger().removeHandler(collector)
