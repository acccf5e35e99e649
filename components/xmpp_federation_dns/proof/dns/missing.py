"""What a proof that goes on waits for, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence

from xmpp_federation_dns.federation import Federation
from xmpp_federation_dns.proof.dns.questions import Answers, Question
from xmpp_federation_dns.proof.report import Verdict


def missing(waiting: Sequence[Federation], verdicts: Mapping[str, Verdict], answers: Answers) -> str:
    """Return in one line who does not yet say what is expected of the first of *waiting*, and how many more there are.

    Nothing where nothing is missing.
    """
    if not waiting:
        return ""
    first, more = waiting[0], len(waiting) - 1
    others = f", and {more:,} more SIP domain{'' if more == 1 else 's'}" if more else ""
    return (_behind(first, answers) or _found(verdicts[first.domain])) + others


def _behind(expected: Federation, answers: Answers) -> str:
    for record_set in (*expected.services, *expected.addresses):
        question = Question(record_set.name, record_set.type)
        every = answers.all(question)
        late = [each for each in every.values() if each.values(*question) != sorted(record_set.values)]
        if late:
            one = len(late) == 1
            [(said, _)] = Counter(str(each) for each in late if each.usable).most_common(1) or [("", 0)]
            told = (
                f"still {'says' if one else 'say'} {said}"
                if said
                else f"{'does' if one else 'do'} not answer"
            )
            servers = f"{len(late)} of {len(every)} servers of {expected.zones[record_set.name]}"
            return f"{servers} {told} for {question.name} {question.type}"
    return ""


def _found(verdict: Verdict) -> str:
    """Return what keeps a proof open that the answers for the record sets do not: a zone, a resolver, a leftover."""
    open_ = [
        found for found in verdict.findings if found.severity in ("error", "unknown") or found.check == "V14"
    ]
    return f"{open_[0].subject}: {open_[0].text}"
