"""Gauges for the textfile collector of Prometheus (text format 0.0.4)."""

from collections.abc import Iterable, Iterator, Mapping

Sample = tuple[Mapping[str, str], float]
"""Labels and value of one gauge."""


def gauge(name: str, meaning: str, samples: Iterable[Sample]) -> Iterator[str]:
    """Yield the lines of a gauge: what it means, and each of its values by label."""
    yield f"# HELP xmpp_federation_dns_{name} {meaning}"
    yield f"# TYPE xmpp_federation_dns_{name} gauge"
    for labels, value in samples:
        shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"xmpp_federation_dns_{name}{f'{{{shown}}}' if shown else ''} {value:.0f}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
