"""The query for a question, which many name servers are asked."""

from xmpp_federation_dns.proof.dns import messages
from xmpp_federation_dns.proof.dns.answers import Answer
from xmpp_federation_dns.proof.dns.questions import Question


class Query:
    """A name and a type, ready to be sent: without recursion, unless a resolver is asked.

    *signed*: with the signatures of DNSSEC (RFC 3225).
    """

    def __init__(self, name: str, kind: str, *, recursive: bool = False, signed: bool = False) -> None:
        self.question = Question(name, kind)
        self.message, self._section = messages.query(name, kind, recursive=recursive, signed=signed)
        """The query without its id."""
        self.reply = b""
        """The last message that was read, without its id."""
        self._answer = Answer()

    def is_answered_by(self, reply: bytes) -> bool:
        """Tell whether *reply* is a response to it; a server that cannot read the question need not repeat it."""
        if len(reply) < messages.HEADER or reply[2] & 0xF8 != 0x80:
            return False
        if reply[4:6] == b"\0\0":
            return reply[3] & 0x0F != 0
        end = messages.HEADER + len(self._section)
        return reply[messages.HEADER : end].lower() == self._section

    def read(self, reply: bytes) -> Answer:
        """Return what *reply* says; servers that agree send the same octets, which are read once."""
        if reply[2:] != self.reply:
            self._answer = messages.read(reply)
            self.reply = reply[2:]
        return self._answer
