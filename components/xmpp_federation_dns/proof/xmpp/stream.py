"""XMPP streams between servers (RFC 6120 §4), as far as they tell what a server offers.

What is read comes from anybody: elements of bounded size, no document type, no entities.
"""

import re
import ssl
from base64 import b64encode
from collections import deque
from dataclasses import dataclass
from secrets import token_hex
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from xmpp_federation_dns.problems import described
from xmpp_federation_dns.proof.xmpp.connection import Connection

_STREAMS = "{http://etherx.jabber.org/streams}"
_ERRORS = "{urn:ietf:params:xml:ns:xmpp-streams}"
_TLS = "{urn:ietf:params:xml:ns:xmpp-tls}"
_SASL = "{urn:ietf:params:xml:ns:xmpp-sasl}"
_DIALBACK = "{urn:xmpp:features:dialback}dialback"
_BIDI = "{urn:xmpp:features:bidi}bidi"
_IQ = "{jabber:server}iq"
_END = "</stream:stream>"
_STANZA_ERRORS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"
_DIALBACK_NAMESPACE = "jabber:server:dialback"
_ALONE = re.compile(rb"\s*<[^<>]*(/>|[^/]>\s*</[^<>]*>)")
"""One element without content, and nothing after it."""


class NoStreamError(Exception):
    """Something other than an XMPP stream; says what, of "it"."""


class ClosedError(NoStreamError):
    """The end of a stream where more of it was to come."""


class ConditionError(Exception):
    """A refusal with a *condition*, which the server may explain in words of its own."""

    def __init__(self, condition: str, text: str) -> None:
        self.condition = condition
        super().__init__(f"{condition} {described(text)}" if text else condition)


class StreamError(ConditionError):
    """An error that ends the stream (RFC 6120 §4.9)."""


class RefusedError(ConditionError):
    """A refusal to authenticate the domain that calls (RFC 6120 §6.5), or an error as answer (§8.3)."""


class NoTlsError(Exception):
    """A server that refuses the STARTTLS which it offers, or misuses it; says how, of "it", and the way out."""

    def __init__(self, text: str, way_out: str) -> None:
        self.way_out = way_out
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Features:
    """What a server offers (RFC 6120 §4.3.2): STARTTLS, dialback (XEP-0220), SASL EXTERNAL (XEP-0178).

    *bidi*: answers come over the same connection (XEP-0288).
    """

    starttls: bool
    dialback: bool
    external: bool
    bidi: bool


class Stream:
    """One stream after another on *connection*, to the SIP domain *to*, as the server of *origin*.

    Both names are U-labels: servers compare them with the names that they serve.
    """

    def __init__(self, connection: Connection, to: str, origin: str) -> None:
        self._connection, self._to, self._origin = connection, to, origin
        self.strays = 0
        """Stanzas that came and nobody had asked for."""
        self._elements = _Elements()

    async def open(self) -> Features:
        """Open a stream anew and return what the server offers.

        Raises :class:`StreamError` or :class:`NoStreamError`.
        """
        self._elements = _Elements()
        await self._connection.send(
            f"<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:db='{_DIALBACK_NAMESPACE}' "
            f"xmlns:stream={quoteattr(_STREAMS[1:-1])} to={quoteattr(self._to)} from={quoteattr(self._origin)} "
            "version='1.0'>".encode()
        )
        features = await self._element(features=True)
        names = {element.tag for element in features.iter()}
        mechanisms = features.iterfind(f"{_SASL}mechanisms/{_SASL}mechanism")
        return Features(
            starttls=_TLS + "starttls" in names,
            dialback=_DIALBACK in names or _DIALBACK_NAMESPACE in self._elements.namespaces,
            external="EXTERNAL" in {(mechanism.text or "").strip() for mechanism in mechanisms},
            bidi=_BIDI in names,
        )

    async def start_tls(self, context: ssl.SSLContext, name: str) -> None:
        """Go over to TLS (RFC 6120 §5.4); a new stream has to follow.

        Raises :class:`NoTlsError` also where more comes in the clear after the server's consent: somebody between
        may have added it, to be taken for protected (CVE-2011-0411).
        """
        await self._connection.send(f"<starttls xmlns='{_TLS[1:-1]}'/>".encode())
        answer = await self._element()
        if answer.tag != _TLS + "proceed":
            answered = described(answer.tag.rpartition("}")[2])
            text = f"it offers STARTTLS and answers {answered} to it"
            raise NoTlsError(text, "give the server a certificate and a key that it can read")
        if not _ALONE.fullmatch(self._connection.received):
            rest = described(_text(self._connection.received))
            text = f"it says more in the clear than its consent to TLS: {rest}"
            raise NoTlsError(text, "update the server, and look for who else writes into the connection")
        await self._connection.start_tls(context, name)

    async def authenticate(self, *, bidi: bool) -> None:
        """Authenticate by SASL EXTERNAL as servers do (XEP-0178 §3); a new stream has to follow.

        With *bidi* answers are to come over this connection, which is asked for before (XEP-0288 §2.2).
        Raises :class:`RefusedError`, :class:`StreamError` or :class:`NoStreamError`.
        """
        both = "<bidi xmlns='urn:xmpp:bidi'/>" if bidi else ""
        identity = b64encode(self._origin.encode()).decode()
        await self._connection.send(
            f"{both}<auth xmlns='{_SASL[1:-1]}' mechanism='EXTERNAL'>{identity}</auth>".encode()
        )
        answer = await self._element()
        if answer.tag == _SASL + "failure":
            raise RefusedError(*_condition(answer, _SASL))
        if answer.tag != _SASL + "success":
            answered = described(answer.tag.rpartition("}")[2])
            raise NoStreamError(f"it answers {answered} where success or failure belongs")

    async def ping(self, *, bidi: bool) -> bool:
        """Ask the SIP domain for a sign of life (XEP-0199 §4.4); tell whether the answer came over this connection.

        Without *bidi* it need not. The stream is ended then, so that a refusal comes before the end of its other
        direction. Stanzas that are no answer are counted as *strays*. Raises :class:`RefusedError` where the answer is
        an error, :class:`StreamError` or :class:`NoStreamError`.
        """
        token = token_hex(8)
        await self._connection.send(
            f"<iq type='get' id='{token}' to={quoteattr(self._to)} from={quoteattr(self._origin)}>"
            f"<ping xmlns='urn:xmpp:ping'/></iq>{'' if bidi else _END}".encode()
        )
        while True:
            try:
                answer = await self._element()
            except ClosedError:
                if bidi:
                    raise
                return False
            if (answer.tag, answer.get("id"), answer.get("from", "").lower()) == (_IQ, token, self._to):
                break
            self.strays += 1
        if answer.get("type") != "result":
            raise RefusedError(*_condition(answer.find("{jabber:server}error"), _STANZA_ERRORS))
        return True

    async def end(self) -> None:
        """End the stream (RFC 6120 §4.4), and wait until the server does; what it still sends is counted.

        Raises what :meth:`ping` does.
        """
        await self._connection.send(_END.encode())
        try:
            while True:
                await self._element()
                self.strays += 1
        except ClosedError:
            return

    async def _element(self, *, features: bool = False) -> Element:
        while (element := self._elements.next(features=features)) is None:
            octets = b"" if self._elements.ended else await self._connection.receive()
            if not octets:
                before = self._elements.text
                after = f" after {described(before)}" if before and features else ""
                raise ClosedError(f"it closes the connection{after}")
            self._elements.feed(octets)
        if element.tag == _STREAMS + "error":
            raise StreamError(*_condition(element, _ERRORS))
        if features and element.tag != _STREAMS + "features":
            raise NoStreamError(
                f"it sends {described(element.tag.rpartition('}')[2])} where stream features belong"
            )
        return element


class _Elements:
    """The elements of one stream, as they come."""

    def __init__(self) -> None:
        self.namespaces: set[str | None] = set()
        self.ended = False
        self._ready: deque[Element] = deque()
        self._fault: NoStreamError | None = None
        self._raw = bytearray()
        self._depth = 0
        self._version = ""
        self._builder = TreeBuilder()
        parser = self._parser = expat.ParserCreate("UTF-8", "}")
        # Where expat may put off what is complete (2.6), it must not.
        getattr(parser, "SetReparseDeferralEnabled", bool)(False)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._finish
        parser.CharacterDataHandler = self._data
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._refuse

    @property
    def text(self) -> str:
        """What came since the last element was taken."""
        return _text(bytes(self._raw))

    def feed(self, octets: bytes) -> None:
        self._raw += octets
        try:
            self._parser.Parse(octets)
        except expat.ExpatError:
            self._fault = NoStreamError(f"it speaks no XMPP: {described(self.text)}")
        except NoStreamError as fault:
            self._fault = fault

    def next(self, *, features: bool) -> Element | None:
        """Return the next element, if it is there; before version 1.0 there are no *features* (§4.7.5)."""
        if self._ready:
            self._raw.clear()
            return self._ready.popleft()
        if self._fault:
            raise self._fault
        if features and self._depth and not self._version:
            return Element(_STREAMS + "features")
        return None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0:
            if name != _STREAMS[1:] + "stream":
                raise NoStreamError(f"it speaks no XMPP: {described(self.text)}")
            self._version = attributes.get("version", "")
        elif self._depth == 1:
            self._builder = TreeBuilder()
        self._depth += 1
        if self._depth > 1:
            self._builder.start("{" + name if "}" in name else name, attributes)

    def _data(self, text: str) -> None:
        if self._depth > 1:
            self._builder.data(text)

    def _finish(self, name: str) -> None:
        if self._depth > 1:
            self._builder.end("{" + name if "}" in name else name)
        self._depth -= 1
        if self._depth == 1:
            self._ready.append(self._builder.close())
        self.ended = self._depth == 0

    def _declare(self, _prefix: str | None, uri: str | None) -> None:
        if self._depth == 0:
            self.namespaces.add(uri)

    def _refuse(self, *_: object) -> None:
        raise NoStreamError("it sends a document type, which XMPP forbids")


def _condition(element: Element | None, namespace: str) -> tuple[str, str]:
    """Return the condition that an error holds, and its text."""
    children = [] if element is None else [child for child in element if child.tag.startswith(namespace)]
    conditions = [child.tag.removeprefix(namespace)[:40] for child in children]
    texts = [child.text or "" for child in children if child.tag == namespace + "text"]
    condition = next((name for name in conditions if name != "text"), "undefined-condition")
    return condition, texts[0] if texts else ""


def _text(octets: bytes) -> str:
    return octets.decode(errors="replace")
